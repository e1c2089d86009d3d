package stream

import "testing"

// What is taken for a place is what was written as one, letter by letter: nothing else says where somebody is.
func FuzzPlace(f *testing.F) {
	for _, text := range []string{"0-00000000", "12-0badcafe", "-1-00000000", "012-00000000", "1-FFFFFFFF", "1", "", "0",
		"9223372036854775807-ffffffff", "9223372036854775808-ffffffff", "1-1-1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePlace(text)
		if err == nil && (p.String() != text || p.number < 0) {
			t.Errorf("%q is read as %s", text, p)
		}
		if (err == nil || text == Oldest) != IsPlace(text) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
