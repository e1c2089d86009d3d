package zxcvbn

import "math"

// A single character and several are never guessed faster as parts of more.
const (
	leastSingle  = 10
	leastSeveral = 50
)

// step is the last part of the best way found to compose the password up to a character of so many parts.
type step struct {
	parts   int
	product float64 // of the guesses of the parts
	guesses float64 // of the whole, which its number of parts makes harder
	brute   bool
}

// path holds, for each character, the steps that may end there.
type path [][]step

// cheapest composes a password of n characters of parts that are found and parts that are tried by brute force, so that
// the whole takes the fewest guesses: parts! * product + 10000^(parts-1).
func cheapest(n int, found spans) float64 {
	p := make(path, n)
	for last := range n {
		for first := range last + 1 {
			if guesses, ok := found[span{first, last}]; ok {
				p.extend(first, last, max(guesses, least(last-first+1, n)), false)
			}
		}
		for first := range last + 1 {
			length := last - first + 1
			guesses := max(math.Pow(10, float64(length)), brute(length))
			p.extend(first, last, max(guesses, least(length, n)), true)
		}
	}
	best := math.Inf(1)
	for _, s := range p[n-1] {
		best = min(best, s.guesses)
	}
	return best
}

func least(length, of int) float64 {
	switch {
	case length == of:
		return 1
	case length == 1:
		return leastSingle
	}
	return leastSeveral
}

// brute is one guess more than anything else that is as long, which so goes first.
func brute(length int) float64 {
	if length == 1 {
		return leastSingle + 1
	}
	return leastSeveral + 1
}

// extend adds the part to all ways that end before it. Two parts by brute force are never better than one.
func (p path) extend(first, last int, guesses float64, brute bool) {
	if first == 0 {
		p.update(last, step{parts: 1, product: guesses, brute: brute})
		return
	}
	for _, before := range p[first-1] {
		if !brute || !before.brute {
			p.update(last, step{parts: before.parts + 1, product: guesses * before.product, brute: brute})
		}
	}
}

// update keeps the step unless one of as many parts, or fewer, is as good.
func (p path) update(last int, s step) {
	s.guesses = math.Gamma(float64(s.parts+1))*s.product + math.Pow(10000, float64(s.parts-1))
	same := -1
	for i, other := range p[last] {
		if other.parts <= s.parts && other.guesses <= s.guesses {
			return
		}
		if other.parts == s.parts {
			same = i
		}
	}
	if same < 0 {
		p[last] = append(p[last], s)
		return
	}
	p[last][same] = s
}
