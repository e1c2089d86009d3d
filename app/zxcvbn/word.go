package zxcvbn

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words finds what is in a list.
func (t *tables) words(password []rune, found spans) {
	t.lookUp(password, func(first, last int, _ string, rank float64) {
		found.add(first, last, rank*capitals(password[first:last+1]))
	})
}

// reversed finds what is in a list when it is read backwards.
func (t *tables) reversed(password []rune, found spans) {
	backwards := slices.Clone(password)
	slices.Reverse(backwards)
	end := len(password) - 1
	t.lookUp(backwards, func(first, last int, _ string, rank float64) {
		found.add(end-last, end-first, 2*rank*capitals(password[end-last:end-first+1]))
	})
}

// lookUp tells of each word in the password, whatever its case. Where a lower-case email takes two characters, what
// follows is found one character late, as in Python.
func (t *tables) lookUp(password []rune, tell func(first, last int, word string, rank float64)) {
	lowered := []rune(lower(password))[:len(password)]
	ascii := make([]byte, len(lowered)) // no list has other characters than those of ASCII: they end a word
	for i, r := range lowered {
		ascii[i] = byte(min(r, utf8.RuneSelf))
	}
	for first := range ascii {
		for last := first; last < min(len(ascii), first+t.longest) && ascii[last] < utf8.RuneSelf; last++ {
			if rank, ok := t.ranks[string(ascii[first:last+1])]; ok {
				tell(first, last, string(ascii[first:last+1]), float64(rank))
			}
		}
	}
}

// lower is Python's, where the dotted İ alone becomes two characters.
func lower(s []rune) string {
	var b strings.Builder
	for _, r := range s {
		if r == 'İ' {
			b.WriteString("i\u0307")
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// capitals is how many ways there are to set as many letters of the word in capitals; the usual ones count as two.
func capitals(word []rune) float64 {
	isUpper := func(r rune) bool { return 'A' <= r && r <= 'Z' }
	isLower := func(r rune) bool { return 'a' <= r && r <= 'z' }
	end := len(word) - 1
	switch {
	case !slices.ContainsFunc(word, isUpper), lower(word) == string(word):
		return 1
	case end > 0 && isUpper(word[0]) && !slices.ContainsFunc(word[1:], isUpper),
		end > 0 && isUpper(word[end]) && !slices.ContainsFunc(word[:end], isUpper),
		!slices.ContainsFunc(word, isLower):
		return 2
	}
	var upper, lower int
	for _, r := range word {
		if unicode.In(r, unicode.Lu, unicode.Other_Uppercase) {
			upper++
		}
		if unicode.In(r, unicode.Ll, unicode.Other_Lowercase) {
			lower++
		}
	}
	return variations(upper, lower)
}

// variations is how many ways there are to change up to the lesser of a and b of a+b characters.
func variations(a, b int) float64 {
	sum := 0.0
	for i := 1; i <= min(a, b); i++ {
		sum += choose(a+b, i)
	}
	return sum
}

func choose(n, k int) float64 {
	if k > n {
		return 0
	}
	r := 1.0
	for d := 1; d <= k; d++ {
		r = r * float64(n) / float64(d)
		n--
	}
	return r
}
