package web_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

// script is long enough to be worth compressing.
var script = strings.Repeat("console.log('sailplane');\n", 200)

// manifest is that of a made-up build for /boards/, with hostile names in it.
const manifest = `window.__reactRouterManifest={"entry":{"module":"/boards/assets/entry-1.js","imports":["/boards/assets/chunk-2.js"],"css":[]},"routes":{` +
	`"root":{"id":"root","path":"","hasLoader":false,"module":"/boards/assets/root-3.js","hydrateFallbackModule":"/boards/assets/wait-4.js","imports":["/boards/assets/chunk-2.js","/boards/assets/more-5.js"],"css":[]},` +
	`"issues/[anchor]/layout":{"id":"issues/[anchor]/layout","parentId":"root","hasLoader":true,"module":"/boards/assets/layout-6.js","imports":[],"css":[]},` +
	`"</script><b>":{"id":"</script><b>","parentId":"root","hasLoader":false,"module":"/boards/assets/</script>.js"}},` +
	`"url":"/boards/assets/manifest-7f.js","version":"7f"};`

// write makes a folder of files.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, dir string) *web.Frontend {
	t.Helper()
	f, err := web.OpenFrontend(&app.WebConfig{Frontend: dir, AdminPath: "/god-mode/", SpacePath: "/boards/"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func site(t testing.TB) http.Handler {
	t.Helper()
	dir := write(t, map[string]string{
		"site/index.html": "web", "site/god-mode/index.html": "admin", "site/assets/app-1a2b.js": script,
		"site/favicon.ico": "icon", "secret": "secret", "site/assets/small-3c4d.js": "js",
		"site/assets/picture-5e6f.png": "png", "site/boards/assets/manifest-7f.js": manifest,
		"site/boards/assets/globals-8a.css": "css", "site/boards/assets/favicon-9b.ico": "icon",
	})
	if err := os.Symlink(filepath.Join(dir, "secret"), filepath.Join(dir, "site", "link")); err != nil {
		t.Fatal(err)
	}
	return open(t, filepath.Join(dir, "site"))
}

// get asks a frontend; headers are name, value, name, value.
func get(h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
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
		{"/assets/small-3c4d.js", 200, "js", "public, max-age=31536000, immutable"},
		{"/assets/gone.js", 404, "", ""},
		{"/god-mode/assets/gone-1a2b.css", 404, "", ""},
		{"/boards/assets/gone-1a2b.js", 404, "", ""},
		{"/boards/favicon.png", 404, "", ""},
		{"/robots.txt", 404, "", ""},
		{"/god-mode", 301, "", ""},
		{"/boards?board=kanban", 301, "", ""},
		{"/favicon.ico", 200, "icon", "no-cache"},
		{"/../secret", 200, "web", "no-cache"},
		{"/%2e%2e/secret", 200, "web", "no-cache"},
	} {
		w := get(h, "GET", tt.path)
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body || tt.cache != "" &&
			w.Header().Get("Cache-Control") != tt.cache {
			t.Errorf("%s: %d %q %q", tt.path, w.Code, w.Body, w.Header().Get("Cache-Control"))
		}
	}
}

func TestPathsWithoutASlash(t *testing.T) {
	h := site(t)
	for path, want := range map[string]string{"/god-mode": "/god-mode/", "/boards": "/boards/",
		"/boards?a=b&c": "/boards/?a=b&c", "//boards": "/boards/"} {
		if w := get(h, "GET", path); w.Code != 301 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d %q, want %q", path, w.Code, w.Header().Get("Location"), want)
		}
	}
}

func TestCompression(t *testing.T) {
	h := site(t)
	const js = "/assets/app-1a2b.js"
	for _, tt := range []struct {
		path, accept string
		gzip         bool
	}{
		{js, "", false}, {js, "gzip", true}, {js, "br, gzip;q=0.5", true}, {js, "*", true}, {js, "GZIP", true},
		{js, "gzip;q=0", false}, {js, "gzip; q=0.0", false}, {js, "gzip;q=x", false}, {js, "br", false},
		{js, "gzipped", false},
		{"/assets/small-3c4d.js", "gzip", false}, // it would grow
		{"/", "gzip", true}, {"/boards/", "gzip", true}, {"/boards/issues/a", "", false},
	} {
		w := get(h, "GET", tt.path, "Accept-Encoding", tt.accept)
		if got := w.Header().Get("Content-Encoding") == "gzip"; w.Code != 200 || got != tt.gzip ||
			w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("ETag") == "" {
			t.Errorf("%s for %q: %d %v", tt.path, tt.accept, w.Code, w.Header())
		}
		if tt.path != js {
			continue
		}
		body := w.Body.Bytes()
		if tt.gzip {
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if string(body) != script {
			t.Errorf("%s for %q: %d bytes, want %d", tt.path, tt.accept, len(body), len(script))
		}
	}
	if w := get(h, "GET", "/assets/picture-5e6f.png", "Accept-Encoding",
		"gzip"); w.Header().Get("Content-Encoding") != "" || w.Body.String() != "png" || w.Header().Get("ETag") == "" {
		t.Errorf("a picture: %v %q", w.Header(), w.Body)
	}
}

func TestTagsRangesAndHead(t *testing.T) {
	h := site(t)
	const js = "/assets/app-1a2b.js"
	for _, encoding := range []string{"gzip", "identity"} {
		for _, path := range []string{js, "/", "/boards/"} {
			whole := get(h, "GET", path, "Accept-Encoding", encoding)
			tag := whole.Header().Get("ETag")
			if w := get(h, "GET", path, "Accept-Encoding", encoding, "If-None-Match", tag); w.Code != 304 || w.Body.Len() > 0 ||
				w.Header().Get("Vary") == "" {
				t.Errorf("%s %s again: %d, %d bytes", encoding, path, w.Code, w.Body.Len())
			}
			head := get(h, "HEAD", path, "Accept-Encoding", encoding)
			if diff := cmp.Diff(whole.Header(), head.Header()); head.Code != 200 || head.Body.Len() > 0 || diff != "" {
				t.Errorf("%s HEAD %s: %d, %d bytes (-get +head):\n%s", encoding, path, head.Code, head.Body.Len(), diff)
			}
		}
	}
	if a, b := get(h, "GET", js, "Accept-Encoding", "gzip").Header().Get("ETag"),
		get(h, "GET", js).Header().Get("ETag"); a == b {
		t.Errorf("both encodings have the tag %s", a)
	}
	if w := get(h, "GET", js, "Accept-Encoding", "gzip", "Range", "bytes=2-4"); w.Code != 206 ||
		w.Body.String() != script[2:5] || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("a range: %d %q %v", w.Code, w.Body, w.Header())
	}
}

// A build that was replaced by one of the same size, at the same time by its files' dates, is not taken for the old
// one.
func TestTagsAreOfTheContent(t *testing.T) {
	tags := map[string]bool{}
	for _, text := range []string{"one", "two"} {
		dir := write(t, map[string]string{"index.html": text, "app.js": text})
		f := open(t, dir)
		for _, path := range []string{"/", "/app.js"} {
			tags[get(f, "GET", path).Header().Get("ETag")+path] = true
		}
	}
	if len(tags) != 4 {
		t.Errorf("tags %v", tags)
	}
}

func TestShell(t *testing.T) {
	h := site(t)
	got := get(h, "GET", "/boards/issues/abc123/").Body.Bytes()
	golden := filepath.Join("testdata", "shell.html")
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the shell (-want +got):\n%s", diff)
	}
	for path, framed := range map[string]bool{"/boards/": false, "/boards/issues/abc/": true, "/boards/acme/p": true} {
		if w := get(h, "GET", path); (w.Header().Get("X-Frame-Options") == "") != framed ||
			w.Header().Get("Referrer-Policy") != "origin-when-cross-origin" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	if w := get(h, "GET", "/boards/__manifest?paths=%2F&version=1"); w.Code != 204 ||
		w.Header().Get("X-Remix-Reload-Document") != "true" {
		t.Errorf("a tab of another server's: %d %v", w.Code, w.Header())
	}
}

func TestDoubtfulBuilds(t *testing.T) {
	for _, tt := range []struct {
		name, from, to string
		warnings       int
		page           string // of a board: the shell, or the web frontend's
	}{
		{"as it is", "", "", 0, "reactRouter"},
		{"built for another path", "/boards/", "/spaces/", 1, "reactRouter"},
		{"another page with a loader", `"</script><b>","parentId":"root","hasLoader":false`, `"x","hasLoader":true`, 1,
			"reactRouter"},
		{"no manifest", "window.__reactRouterManifest=", "", 1, "web"},
		{"cut short", `"version":"7f"};`, "", 1, "web"},
		{"no root", `"root":`, `"route":`, 1, "web"},
	} {
		text := strings.ReplaceAll(manifest, tt.from, tt.to)
		if tt.from == "" {
			text = manifest
		}
		f := open(t, write(t, map[string]string{"index.html": "web", "boards/assets/manifest-7f.js": text}))
		if page := get(f, "GET", "/boards/issues/a").Body.String(); len(f.Warnings) != tt.warnings ||
			!strings.Contains(page, tt.page) {
			t.Errorf("%s: %q, %s", tt.name, f.Warnings, page)
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
