package zxcvbn

import (
	"maps"
	"slices"
	"strings"
)

// leetspeak is what stands for emails.
var leetspeak = []struct {
	letter rune
	signs  string
}{
	{'a', "4@"}, {'b', "8"}, {'c', "({[<"}, {'e', "3"}, {'g', "69"}, {'i', "1!|"},
	{'l', "1|7"}, {'o', "0"}, {'s', "$5"}, {'t', "+7"}, {'x', "%"}, {'z', "2"},
}

// reading says which email each sign stands for.
type reading map[rune]rune

// leet finds the words that signs spell.
func (t *tables) leet(password []rune, found spans) {
	for _, read := range readings(password) {
		if len(read) == 0 {
			return
		}
		plain := make([]rune, len(password))
		for i, r := range password {
			plain[i] = r
			if letter, ok := read[r]; ok {
				plain[i] = letter
			}
		}
		t.lookUp(plain, func(first, last int, word string, rank float64) {
			token := password[first : last+1]
			if len(token) > 1 && lower(token) != word {
				found.add(first, last, rank*capitals(token)*read.variations(token))
			}
		})
	}
}

// variations is how many ways there are to write as many of the word's emails as signs.
func (read reading) variations(token []rune) float64 {
	product := 1.0
	lowered := lower(token)
	for sign, letter := range read {
		if !slices.Contains(token, sign) {
			continue
		}
		signs, letters := strings.Count(lowered, string(sign)), strings.Count(lowered, string(letter))
		if signs == 0 || letters == 0 {
			product *= 2
			continue
		}
		product *= variations(signs, letters)
	}
	return product
}

// readings are all that the signs in the password may mean, with one sign for each letter that has any, and one letter
// for each sign: 1 is either i or l.
func readings(password []rune) []reading {
	all := []reading{{}}
	for _, l := range leetspeak {
		var next []reading
		for _, sign := range l.signs {
			if !slices.Contains(password, sign) {
				continue
			}
			for _, read := range all {
				if _, taken := read[sign]; taken {
					next = append(next, read)
				}
				with := maps.Clone(read)
				with[sign] = l.letter
				next = append(next, with)
			}
		}
		if next != nil {
			all = distinct(next)
		}
	}
	return all
}

func distinct(all []reading) []reading {
	var kept []reading
	seen := map[string]bool{}
	for _, read := range all {
		var label strings.Builder
		for _, sign := range slices.Sorted(maps.Keys(read)) {
			label.WriteRune(sign)
			label.WriteRune(read[sign])
		}
		if !seen[label.String()] {
			seen[label.String()] = true
			kept = append(kept, read)
		}
	}
	return kept
}
