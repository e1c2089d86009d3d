package zxcvbn

import (
	"slices"
	"strings"
	"unicode"
)

// Years are counted from the reference year, and the nearest ones all guessed alike.
const (
	referenceYear = 2017
	leastYears    = 20
	minYear       = 1000
	maxYear       = 2050
)

// splits are where the second and the third number of a date without separators may begin, by its length.
var splits = map[int][][2]int{
	4: {{1, 2}, {2, 3}},
	5: {{1, 3}, {2, 3}},
	6: {{1, 2}, {2, 4}, {4, 5}},
	7: {{1, 3}, {2, 3}, {4, 5}, {4, 6}},
	8: {{2, 4}, {4, 6}},
}

// years finds 1900 to 2019, the last three or two digits in any script.
func years(password []rune, found spans) {
	for first := 0; first+4 <= len(password); first++ {
		token := password[first : first+4]
		century := string(token[:2])
		recent := century == "20" && (token[2] == '0' || token[2] == '1')
		year, ok := number(token)
		if ok && (century == "19" || recent) {
			found.add(first, first+3, yearSpace(year))
			first += 3
		}
	}
}

func yearSpace(year int) float64 {
	return float64(max(year-referenceYear, referenceYear-year, leastYears))
}

// dates finds days, with separators or without, that are not parts of longer ones.
func dates(password []rune, found spans) {
	all := spans{}
	for first := range password {
		for last := first + 3; last < min(first+10, len(password)); last++ {
			token := password[first : last+1]
			for _, year := range plainDate(token) {
				all.add(first, last, yearSpace(year)*365)
			}
			if year, ok := separatedDate(token); ok {
				all.add(first, last, yearSpace(year)*365*4)
			}
		}
	}
	for at, guesses := range all {
		if !all.contains(at) {
			found.add(at.first, at.last, guesses)
		}
	}
}

// contains tells whether the part lies within another.
func (s spans) contains(at span) bool {
	for other := range s {
		if other != at && other.first <= at.first && other.last >= at.last {
			return true
		}
	}
	return false
}

// plainDate gives the years that the token may be of, when it is all digits. As in Python, a line break may end it.
func plainDate(token []rune) []int {
	digits := unbroken(token)
	if _, ok := number(digits); !ok || len(digits) < 4 {
		return nil
	}
	var found []int
	for _, split := range splits[len(token)] {
		var parts [3]int
		for i, part := range [][]rune{digits[:split[0]], digits[split[0]:split[1]], digits[split[1]:]} {
			parts[i], _ = number(part)
		}
		if year, ok := yearOf(parts); ok {
			found = append(found, year)
		}
	}
	return found
}

// separatedDate gives the year of a token such as 1/1/91.
func separatedDate(token []rune) (int, bool) {
	if len(token) < 6 {
		return 0, false
	}
	token = unbroken(token)
	at := slices.IndexFunc(token, func(r rune) bool { return !unicode.IsDigit(r) })
	if at < 1 || at > 4 || !separates(token[at]) {
		return 0, false
	}
	rest := token[at+1:]
	second := slices.Index(rest, token[at])
	if second < 1 || second > 2 || len(rest)-second-1 > 4 {
		return 0, false
	}
	var parts [3]int
	for i, part := range [][]rune{token[:at], rest[:second], rest[second+1:]} {
		var ok bool
		if parts[i], ok = number(part); !ok {
			return 0, false
		}
	}
	return yearOf(parts)
}

func unbroken(token []rune) []rune {
	if end := len(token) - 1; token[end] == '\n' {
		return token[:end]
	}
	return token
}

// separates tells what parts a date; Python holds four more control characters for white space than we do.
func separates(r rune) bool {
	return strings.ContainsRune(`/\_.-`, r) || unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f
}

// number reads digits of any script; no digits are no number.
func number(s []rune) (n int, ok bool) {
	for _, r := range s {
		if !unicode.IsDigit(r) {
			return 0, false
		}
		n = n*10 + digit(r)
	}
	return n, len(s) > 0
}

// digit is the value of one: each script has its ten in a row, so that a range of digits begins with a zero.
func digit(r rune) int {
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10
		}
	}
	return 0
}

// yearOf takes three numbers for a day, whose year is first or last.
func yearOf(n [3]int) (int, bool) {
	var over12, over31, zeros int
	for _, x := range n {
		if 99 < x && x < minYear || x > maxYear {
			return 0, false
		}
		if x > 31 {
			over31++
		}
		if x > 12 {
			over12++
		}
		if x == 0 {
			zeros++
		}
	}
	if n[1] > 31 || n[1] == 0 || over31 > 1 || over12 == 3 || zeros > 1 {
		return 0, false
	}
	first, last := isDay(n[1], n[2]), isDay(n[0], n[1])
	switch {
	case n[2] >= minYear:
		return n[2], last
	case n[0] >= minYear:
		return n[0], first
	case last:
		return fourDigits(n[2]), true
	case first:
		return fourDigits(n[0]), true
	}
	return 0, false
}

// isDay tells whether two numbers are a day and a month, in either order.
func isDay(a, b int) bool {
	return 1 <= a && 1 <= b && (a <= 31 && b <= 12 || b <= 31 && a <= 12)
}

func fourDigits(year int) int {
	switch {
	case year > 99:
		return year
	case year > 50:
		return year + 1900
	}
	return year + 2000
}
