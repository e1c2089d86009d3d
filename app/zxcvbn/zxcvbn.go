// Package zxcvbn estimates how hard a password is to guess, on the scale that the reference's gate uses.
package zxcvbn

import (
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
)

// Strong is the lowest score that a new password may have. Plane: authentication/adapter/base.py
const Strong = 3

// maxRunes bounds the work, which grows faster than the password: at worst, full of l33t, a second is spent on so many. Only the
// first so many are rated, where Python rates all: a repeat that is cut in its middle can so score higher.
const maxRunes = 128

// Score rates a password from 0 (guessed at once) to 4, as Python's zxcvbn 4.4.28 does without user inputs. An empty one is 0.
func Score(password string) int {
	if password == "" {
		return 0
	}
	return zxcvbn.PasswordStrength(fold(password), nil).Score
}

// fold gives each character beyond ASCII one control character, near for near, equal for equal: the library counts bytes, so that it
// takes one letter for several and finds no end of some words; no list, keyboard or date has such characters, only repeats and sequences.
func fold(password string) string {
	const first, count = 0x0e, 18 // the control characters that are no white space, which separates the parts of a date
	var b strings.Builder
	runes := 0
	for _, r := range password {
		if runes++; runes > maxRunes {
			break
		}
		if r >= utf8.RuneSelf {
			r = first + r%count
		}
		b.WriteRune(r)
	}
	return b.String()
}
