package zxcvbn

import (
	"slices"
	"unicode"
)

// repeats finds what comes twice or more in a row, and rates what is repeated.
func (t *tables) repeats(password []rune, found spans) {
	for first := 0; first < len(password); {
		unit, times := repeated(password[first:])
		if times < 2 {
			first++
			continue
		}
		found.add(first, first+unit*times-1, t.guesses(password[first:first+unit])*float64(times))
		first += unit * times
	}
}

// repeated finds the repeat at the start that is made of the greatest unit, if it is longer than that of the least:
// aabaab, not aa. The unit is then the shortest that makes all of it: ab of abababab, not abab. No line break is
// repeated, as in Python.
func repeated(s []rune) (unit, times int) {
	if end := slices.Index(s, '\n'); end >= 0 {
		s = s[:end]
	}
	length := 0
	for u := 1; u <= len(s)/2; u++ {
		n := copies(s, u)
		if n < 2 {
			continue
		}
		if unit == 0 {
			unit = u
			times = n
		}
		length = u * n
	}
	if length <= unit*times {
		return unit, times
	}
	for unit = 1; length%unit != 0 || copies(s[:length], unit)*unit != length; {
		unit++
	}
	return unit, length / unit
}

// copies counts how often the first unit characters come in a row.
func copies(s []rune, unit int) int {
	n := 1
	for (n+1)*unit <= len(s) && slices.Equal(s[:unit], s[n*unit:(n+1)*unit]) {
		n++
	}
	return n
}

// maxDelta is how far apart the characters of a sequence may be.
const maxDelta = 5

// sequences finds characters of equal distance: abc, 9753.
func sequences(password []rune, found spans) {
	first := 0
	for last := 1; last < len(password); last++ {
		delta := password[last] - password[last-1]
		if last+1 < len(password) && password[last+1]-password[last] == delta {
			continue
		}
		if size := max(delta, -delta); 0 < size && size <= maxDelta && (last-first > 1 || size == 1) {
			found.add(first, last, sequence(password[first], delta > 0, last-first+1))
		}
		first = last
	}
}

func sequence(start rune, ascending bool, length int) float64 {
	guesses := 26.0
	switch {
	case slices.Contains([]rune("aAzZ019"), start):
		guesses = 4
	case unicode.IsDigit(start):
		guesses = 10
	}
	if !ascending {
		guesses *= 2
	}
	return guesses * float64(length)
}
