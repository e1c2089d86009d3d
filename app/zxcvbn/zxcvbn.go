// Package zxcvbn estimates how hard a password is to guess, on the scale that the reference's gate uses. It is a port
// of zxcvbn 4.4.28 for Python (MIT, embed/zxcvbn/LICENSE), which knows guesses only: of all that a part of a password
// may be, the likeliest alone bears on the score.
package zxcvbn

// Strong is the lowest score that a new password may have. Plane: authentication/adapter/base.py
const Strong = 3

// maxRunes bounds the work, which grows faster than the password. Only the first so many characters are rated, where
// Python rates all: a repeat that is cut in its middle can so score higher.
const maxRunes = 128

// Score rates a password from 0 (guessed at once) to 4, as Python's zxcvbn does without user inputs. An empty one is 0.
func Score(password string) int {
	runes := []rune(password)
	if len(runes) == 0 {
		return 0
	}
	tables := loaded()
	guesses := tables.guesses(runes[:min(len(runes), maxRunes)])
	score := 0
	for _, limit := range []float64{1e3, 1e6, 1e8, 1e10} {
		if guesses >= limit+5 {
			score++
		}
	}
	return score
}

// span is a part of a password, from its first character to its last.
type span struct{ first, last int }

// spans are how many guesses each part takes that is something known.
type spans map[span]float64

func (s spans) add(first, last int, guesses float64) {
	at := span{first, last}
	if known, ok := s[at]; !ok || guesses < known {
		s[at] = guesses
	}
}

// guesses is how many an attacker needs who tries what is likeliest first.
func (t *tables) guesses(password []rune) float64 {
	found := spans{}
	t.words(password, found)
	t.reversed(password, found)
	t.leet(password, found)
	t.keys(password, found)
	t.repeats(password, found)
	sequences(password, found)
	years(password, found)
	dates(password, found)
	return cheapest(len(password), found)
}
