package embed

import "testing"

func TestFill(t *testing.T) {
	told := map[string]string{"name": "Ann ${host} $1", "host": "h", "empty": ""}
	for text, want := range map[string]string{
		"Hello ${name}, $5 $name {{.name}}": "Hello Ann ${host} $1, $5 $name {{.name}}",
		"${host}${host}${empty}":            "hh",
		"${Name}":                           "${Name}",
	} {
		if got, err := Fill(text, told); err != nil || got != want {
			t.Errorf("Fill(%q) = %q, %v", text, got, err)
		}
	}
	if got, err := Fill("${host} ${nobody}", told); err == nil {
		t.Errorf("a hole that nothing fills: %q", got)
	}
}
