package factor

import (
	"cmp"
	"strings"
)

// How many recovery codes somebody has, and how they look: xxxx-xxxx-xxxx-xxxx, some 80 bits.
const (
	RecoveryCodes = 10
	recoverySize  = 16
	recoveryGroup = 4
)

// NewRecoveryCodes are codes as people see them, made of what random makes.
func NewRecoveryCodes(random func(n int) string) []string {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		raw := random(recoverySize)
		var groups []string
		for at := 0; at < len(raw); at += recoveryGroup {
			groups = append(groups, raw[at:at+recoveryGroup])
		}
		codes[i] = strings.Join(groups, "-")
	}
	return codes
}

// alike are characters that look like others on paper.
var alike = map[rune]rune{'o': '0', 'i': '1', 'l': '1'}

// Plain is a code as it counts, however somebody has typed it.
func Plain(typed string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' {
			return -1
		}
		return cmp.Or(alike[r], r)
	}, strings.ToLower(typed))
}
