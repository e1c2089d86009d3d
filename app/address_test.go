package app

import "testing"

func TestSafeLink(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/a?b=c#d": "", "HTTP://example.org": "", "mailto:ann@example.org": "", "/console/": "", "": "",
		"//example.org/": "", "?search=a:b": "", "#main": "", "a/b:c": "", "./a:b": "",
		"javascript:alert(1)": "#", "JavaScript:alert(1)": "#", " javascript:alert(1)": "#", "java\tscript:alert(1)": "#",
		"\x00javascript:alert(1)": "#", "data:text/html,x": "#", "vbscript:x": "#", "file:///etc/passwd": "#", "a:b": "#",
	} {
		if want == "" {
			want = address
		}
		if got := SafeLink(address); got != want {
			t.Errorf("SafeLink(%q) = %q, want %q", address, got, want)
		}
	}
}
