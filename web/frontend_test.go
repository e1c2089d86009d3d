package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web"
)

func site(t testing.TB) http.Handler {
	t.Helper()
	dir := t.TempDir()
	site := filepath.Join(dir, "site")
	for name, text := range map[string]string{
		"site/index.html": "web", "site/god-mode/index.html": "admin", "site/assets/app-1a2b.js": "js", "site/favicon.ico": "icon", "secret": "secret",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "secret"), filepath.Join(site, "link")); err != nil {
		t.Fatal(err)
	}
	h, err := web.Frontend(site)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestFrontend(t *testing.T) {
	h := site(t)
	for _, tt := range []struct {
		path   string
		status int
		body   string
		cache  string
	}{
		{"/", 200, "web", "no-cache"},
		{"/acme/projects/", 200, "web", "no-cache"},
		{"/god-mode/", 200, "admin", "no-cache"},
		{"/god-mode/general/", 200, "admin", "no-cache"},
		{"/assets/app-1a2b.js", 200, "js", "public, max-age=31536000, immutable"},
		{"/assets/gone.js", 404, "", ""},
		{"/favicon.ico", 200, "icon", "no-cache"},
		{"/../secret", 200, "web", "no-cache"},
		{"/%2e%2e/secret", 200, "web", "no-cache"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", tt.path, nil))
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body || tt.cache != "" && w.Header().Get("Cache-Control") != tt.cache {
			t.Errorf("%s: %d %q %q", tt.path, w.Code, w.Body, w.Header().Get("Cache-Control"))
		}
	}
}

func FuzzFrontendNeverLeavesItsFolder(f *testing.F) {
	h := site(f)
	for _, p := range []string{"/", "/../secret", "/link", "/a/../../secret", "/..%2fsecret", "/god-mode/../../secret"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = p
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%q: %d %q", p, w.Code, w.Body)
		}
	})
}
