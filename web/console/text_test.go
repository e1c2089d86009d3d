package console

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/embed"
)

// literal fits the keys of texts, which are written out wherever they are used.
var literal = regexp.MustCompile(`["=]([a-z]+(?:-[a-z]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*)"`)

// used are the keys that templates and Go files name.
func used(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	note := func(where, source string) {
		for _, m := range literal.FindAllStringSubmatch(source, -1) {
			all[m[1]] = where
		}
	}
	pages, err := fs.Glob(embed.Console, "console/*.html")
	if err != nil || len(pages) < 15 {
		t.Fatalf("%d templates, %v", len(pages), err)
	}
	for _, name := range pages {
		raw, err := embed.Console.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		note(name, string(raw))
		if page := strings.TrimSuffix(filepath.Base(name), ".html"); page != "layout" && page != "parts" {
			all[page+".title"] = "layout.html"
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		note(name, string(raw))
	}
	for key := range all {
		if ext := filepath.Ext(key); ext == ".html" || ext == ".css" || ext == ".js" || ext == ".svg" || ext == ".txt" {
			delete(all, key)
		}
	}
	delete(all, "config.toml")
	return all
}

func TestTexts(t *testing.T) {
	keys := used(t)
	for key, where := range keys {
		if _, ok := texts()[key]; !ok {
			t.Errorf("%s uses the text %q, which there is not", where, key)
		}
	}
	for key := range texts() {
		if keys[key] == "" {
			t.Errorf("nobody uses the text %q", key)
		}
	}
}

func TestMark(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"fault.other", "<b>`x`</b>", "Refused: &lt;b&gt;<code>x</code>&lt;/b&gt;."},
		{"health.lead", "", "What <code>sailplane doctor</code> says, just now."},
	} {
		values := []any{}
		if c.value != "" {
			values = append(values, c.value)
		}
		if got := string(mark(c.key, values...)); got != c.want {
			t.Errorf("%s: %s, want %s", c.key, got, c.want)
		}
	}
}

func TestOnward(t *testing.T) {
	for next, want := range map[string]string{
		"/console/people/":            "/console/people/",
		"/console/people/?search=a":   "/console/people/?search=a",
		"/":                           Home,
		"":                            Home,
		"https://evil.test/console/":  Home,
		"//evil.test/console/":        Home,
		"/console/\r\nSet-Cookie: a":  Home,
		"/console/\\evil.test":        Home,
		"/console//evil.test":         Home,
		"/console":                    Home,
		"javascript:alert(1)/console": Home,
	} {
		if got := onward(next); got != want {
			t.Errorf("onward(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestListing(t *testing.T) {
	for page, want := range map[string]int{"": 1, "0": 1, "-1": 1, "x": 1, "2": 2, "99999999999999999999": 1,
		"1048577": 1} {
		if got := (listing{Page: page}).number(); got != want {
			t.Errorf("page %q is %d, want %d", page, got, want)
		}
	}
	p := listing{Search: "a&b", Page: "2"}.pager("/x/", 120)
	if p.Before != "/x/?page=1&search=a%26b" || p.After != "/x/?page=3&search=a%26b" || p.Of != 3 {
		t.Errorf("the pager is %+v", p)
	}
}
