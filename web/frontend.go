package web

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

// Frontend serves a static build of the web frontend from a folder; builds of the administrators' pages and of the
// published projects' pages lie in subfolders named like their paths (god-mode, spaces). Paths that are no file get
// the index.html of the nearest such folder, so that an application's own routes work.
func Frontend(dir string) (http.Handler, error) {
	root, err := os.OpenRoot(dir) // holds every path inside it, links included
	if err != nil {
		return nil, err
	}
	if _, err := root.Stat("index.html"); err != nil {
		return nil, errors.Join(errors.New("a frontend has an index.html"), err)
	}
	files := root.FS()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if name == "" {
			name = "."
		}
		if !fs.ValidPath(name) || strings.ContainsRune(name, 0) {
			http.NotFound(w, r)
			return
		}
		secure(w.Header())
		if info, err := fs.Stat(files, name); err == nil && !info.IsDir() {
			w.Header().Set("Cache-Control", cacheControl(name))
			http.ServeFileFS(w, r, files, name)
			return
		}
		index, ok := nearestIndex(files, name)
		if !ok || path.Ext(name) != "" && strings.Contains(name, "assets/") { // a missing script is not a page
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		page, err := fs.ReadFile(files, index)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page) //nolint:errcheck // the client is gone
	}), nil
}

func nearestIndex(files fs.FS, name string) (string, bool) {
	for dir := name; ; dir = path.Dir(dir) {
		index := path.Join(dir, "index.html")
		if _, err := fs.Stat(files, index); err == nil {
			return index, true
		}
		if dir == "." || dir == "" {
			return "", false
		}
	}
}

// cacheControl lets browsers keep what has a hash in its name, and ask again for the rest.
func cacheControl(name string) string {
	if strings.Contains(name, "assets/") || strings.Contains(name, "_next/static/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

func secure(h http.Header) {
	h.Set("Content-Security-Policy", "frame-ancestors 'self'; object-src 'none'; base-uri 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
}
