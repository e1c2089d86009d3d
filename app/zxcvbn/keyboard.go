package zxcvbn

import (
	"math"
	"strings"
)

// shifted are the characters that take the shift key.
const shifted = `~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?`

// keyboard knows which keys are side by side.
type keyboard struct {
	neighbours map[string][]string // clockwise; of each key what it gives without and with shift
	shifts     bool
	starts     float64 // where a way over the keys may begin
	degree     float64 // how many neighbours a key has on average
}

// newKeyboard counts starts and neighbours on another keyboard that stands for all of its kind.
func newKeyboard(neighbours map[string][]string, shifts bool, kind map[string][]string) keyboard {
	keys := 0
	for _, beside := range kind {
		for _, key := range beside {
			if key != "" {
				keys++
			}
		}
	}
	starts := float64(len(kind))
	return keyboard{neighbours: neighbours, shifts: shifts, starts: starts, degree: float64(keys) / starts}
}

// keys finds ways of three or more keys, each beside the one before.
func (t *tables) keys(password []rune, found spans) {
	for _, board := range t.keyboards {
		for first := 0; first < len(password)-1; {
			length, turns, shifts := board.way(password[first:])
			if length > 2 {
				found.add(first, first+length-1, board.guesses(length, turns, shifts))
			}
			first += length
		}
	}
}

// way follows the keys from the first one, and counts where the direction changes (the start is a change) and shifted
// keys.
func (b keyboard) way(password []rune) (length, turns, shifts int) {
	if b.shifts && strings.ContainsRune(shifted, password[0]) {
		shifts++
	}
	heading := -1
	for length = 1; length < len(password); length++ {
		direction, shift := b.direction(password[length-1], password[length])
		if direction < 0 {
			break
		}
		if shift {
			shifts++
		}
		if direction != heading {
			turns++
			heading = direction
		}
	}
	return length, turns, shifts
}

// direction is where a key lies from another, or -1 when it is not beside it.
func (b keyboard) direction(from, to rune) (direction int, shift bool) {
	for direction, key := range b.neighbours[string(from)] {
		if at := strings.IndexRune(key, to); at >= 0 {
			return direction, at == 1
		}
	}
	return -1, false
}

// guesses counts the ways that are as long or shorter, with as many turns or fewer.
func (b keyboard) guesses(length, turns, shifts int) float64 {
	sum := 0.0
	for l := 2; l <= length; l++ {
		for t := 1; t <= min(turns, l-1); t++ {
			sum += choose(l-1, t-1) * b.starts * math.Pow(b.degree, float64(t))
		}
	}
	switch shifts {
	case 0:
		return sum
	case length:
		return sum * 2
	}
	return sum * variations(shifts, length-shifts)
}
