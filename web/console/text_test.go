package console

import (
	"errors"
	"html"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	g "maragu.dev/gomponents"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// literal fits the keys of texts, which are written out wherever they are used.
var literal = regexp.MustCompile(`"([a-z]+(?:-[a-z]+)*\.[a-z0-9]+(?:[-_][a-z0-9]+)*)"`)

// builtKeys are put together where they are used: of what an address says was done.
var builtKeys = []string{"done.connected"}

var comment = regexp.MustCompile(`(?m)^//.*$`)

// pageName fits the names of pages, each of which has a title.
var pageName = regexp.MustCompile(`\{Page: "([a-z-]+)"`)

// used are the keys that Go files name.
func used(t *testing.T) map[string]string {
	t.Helper()
	all, pages := map[string]string{}, 0
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
		code := comment.ReplaceAll(raw, nil)
		for _, m := range literal.FindAllStringSubmatch(string(code), -1) {
			all[m[1]] = name
		}
		for _, m := range pageName.FindAllStringSubmatch(string(code), -1) {
			all[m[1]+".title"], pages = name, pages+1
		}
	}
	if pages < 15 {
		t.Fatalf("%d pages", pages)
	}
	for _, group := range app.KeyGroups {
		all["key-group."+group] = "the form of keys"
	}
	for _, key := range builtKeys {
		all[key] = "a key that is put together"
	}
	for key := range all {
		if ext := filepath.Ext(key); ext == ".css" || ext == ".js" || ext == ".svg" || ext == ".txt" {
			delete(all, key)
		}
	}
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

func TestMarkedTexts(test *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"fault.other", "<b>`x`</b>", "Refused: &lt;b&gt;<code>x</code>&lt;/b&gt;."},
		{"health.lead", "", "What <code>sailplane doctor</code> says, just now."},
	} {
		values := []any{}
		if c.value != "" {
			values = append(values, c.value)
		}
		if got := written(test, t(c.key, values...)); got != c.want {
			test.Errorf("%s: %s, want %s", c.key, got, c.want)
		}
	}
}

// written is a node as HTML.
func written(t *testing.T, n g.Node) string {
	t.Helper()
	var b strings.Builder
	if err := n.Render(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOnward(t *testing.T) {
	for next, want := range map[string]string{
		"/console/people/":            "/console/people/",
		"/console/people/?search=a":   "/console/people/?search=a",
		"/":                           "/",
		"/harbour/projects/":          "/harbour/projects/",
		"/auth/sign-out/":             Home,
		"":                            Home,
		"https://evil.test/console/":  Home,
		"//evil.test/console/":        Home,
		"/console/\r\nSet-Cookie: a":  Home,
		"/console/\\evil.test":        Home,
		"/console//evil.test":         Home,
		"/console":                    "/console",
		"javascript:alert(1)/console": Home,
	} {
		if got := onward(next); got != want {
			t.Errorf("onward(%q) = %q, want %q", next, got, want)
		}
	}
}

// Wherever somebody wanted to go, they stay on this server.
func TestOnwardStaysHere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		next := rapid.OneOf(rapid.String(), rapid.Map(rapid.String(), func(s string) string { return Home + s }),
			rapid.StringMatching(`[a-z:/\\.@%?#-]{0,30}`)).Draw(t, "next")
		u, err := url.Parse(onward(next))
		if stays := strings.HasPrefix(onward(next), "/") && !strings.HasPrefix(onward(next), "//"); !stays || err == nil && (u.Host != "" || u.Scheme != "") {
			t.Errorf("onward(%q) = %q", next, onward(next))
		}
	})
}

// What refuses a request when not even the database answers is a page, and says so.
func TestRefusedWithoutADatabase(t *testing.T) {
	r := httptest.NewRequest("GET", "/console/people/", nil)
	for status, c := range map[int]struct {
		err  error
		want string
	}{
		503: {store.ErrDown, "The database can't be reached; nothing was changed."},
		500: {errors.New("secret detail"), "Something went wrong on the server."},
		404: {app.ErrNoPage, "There is no such page"},
	} {
		reply := refused(nil, r, status, c.err)
		if page := html.UnescapeString(string(reply.HTML)); reply.Status != status || !strings.Contains(page, c.want) ||
			strings.Contains(page, "secret detail") {
			t.Errorf("%d: %s", status, page)
		}
	}
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"": "unknown", "my-script/1.0": "my-script/1.0", "curl/8.5.0": "curl",
		"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0":                                                    "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0": "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1":       "Safari on iPhone",
	} {
		if got := device(agent); got != want {
			t.Errorf("device(%q) = %q, want %q", agent, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1 << 10: "1.0 KiB", 5 << 20: "5.0 MiB",
		3 << 29: "1.5 GiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
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
