package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// Frontend serves static builds of the frontends from a folder: the web frontend's at its root, the administrators' and
// the published boards' in the folders below it that are named like their paths. Paths that are no file get the page of
// the nearest folder that has one, so that an application's own routes work: its index.html, or a shell in place of
// one.
type Frontend struct {
	Warnings []string // what was found in the builds that people should know

	files   fs.FS
	folders []string          // of the administrators' and the boards' frontend
	shells  map[string]*shell // by folder
	packed  *packed
	preview func(r *http.Request, anchor string) preview
}

// OpenFrontend looks at the builds that the settings name. Without an application no board has a preview.
func OpenFrontend(cfg *app.WebConfig, a *app.App) (*Frontend, error) {
	root, err := os.OpenRoot(cfg.Frontend) // holds every path inside it, links included
	if err != nil {
		return nil, err
	}
	f := &Frontend{files: root.FS(), shells: map[string]*shell{}, packed: newPacked(), preview: previews(a)}
	for _, p := range []string{cfg.AdminPath, cfg.SpacePath} {
		if folder := strings.Trim(p, "/"); folder != "" {
			f.folders = append(f.folders, folder)
		}
	}
	for _, folder := range append([]string{"."}, f.folders...) {
		f.openShell(folder)
	}
	if _, ok := f.nearest("."); !ok {
		return nil, errors.Join(errors.New("a frontend has an index.html"), root.Close())
	}
	return f, nil
}

// openShell makes the page of a build that has none.
func (f *Frontend) openShell(folder string) {
	if _, err := fs.Stat(f.files, path.Join(folder, "index.html")); err == nil {
		return
	}
	s, err := newShell(f.files, folder)
	switch {
	case err != nil:
		f.Warnings = append(f.Warnings, err.Error())
	case s != nil:
		f.shells[folder] = s
		f.Warnings = append(f.Warnings, s.warnings...)
	}
}

// ServeHTTP returns with a file, or with the page of the application that the path is one of.
func (f *Frontend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" {
		name = "."
	}
	if !fs.ValidPath(name) || !readable(name) {
		http.NotFound(w, r)
		return
	}
	if slices.Contains(f.folders, name) && !strings.HasSuffix(r.URL.Path, "/") {
		to := "/" + name + "/"
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return
	}
	if info, err := fs.Stat(f.files, name); err == nil && info.Mode().IsRegular() {
		secure(w.Header())
		w.Header().Set("Cache-Control", cacheControl(name))
		f.packed.serve(w, r, f.files, name, info)
		return
	}
	folder, ok := f.nearest(name)
	if !ok || isAsset(name) { // a missing script is not a page
		http.NotFound(w, r)
		return
	}
	if err := f.page(w, r, folder, strings.TrimPrefix(strings.TrimPrefix(name, folder), "/")); err != nil {
		http.NotFound(w, r)
	}
}

// nearest is the folder that has the page of a path.
func (f *Frontend) nearest(name string) (string, bool) {
	for dir := name; ; dir = path.Dir(dir) {
		if _, err := fs.Stat(f.files, path.Join(dir, "index.html")); err == nil || f.shells[dir] != nil {
			return dir, true
		}
		if dir == "." {
			return "", false
		}
	}
}

// page returns with the page of a folder; rest is the path below that.
func (f *Frontend) page(w http.ResponseWriter, r *http.Request, folder, rest string) error {
	h := w.Header()
	secure(h)
	h.Set("Cache-Control", "no-cache")
	s := f.shells[folder]
	if s == nil {
		content, err := fs.ReadFile(f.files, path.Join(folder, "index.html"))
		if err != nil {
			return fmt.Errorf("read the page of %s: %w", folder, err)
		}
		servePage(w, r, content)
		return nil
	}
	if rest == "__manifest" { // a tab that was opened when another server served the same build asks for it
		h.Set("X-Remix-Reload-Document", "true")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	var about preview
	if anchor, ok := boardOf(rest); ok {
		about = f.preview(r, anchor)
	}
	if rest != "" && rest != "." { // boards may stand in frames of other sites, as they may with the frontend's own server
		h.Set("Content-Security-Policy", "object-src 'none'; base-uri 'self'")
		h.Del("X-Frame-Options")
	}
	h.Set("X-DNS-Prefetch-Control", "on")
	h.Set("Referrer-Policy", "origin-when-cross-origin")
	content, err := s.page(about)
	if err != nil {
		return err
	}
	servePage(w, r, content)
	return nil
}

// assetTypes are how names end that no application has in its own paths.
var assetTypes = []string{".js", ".mjs", ".css", ".map", ".json", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp",
	".avif", ".ico", ".woff", ".woff2", ".ttf", ".otf", ".wasm", ".txt", ".xml", ".mp4", ".webm", ".webmanifest"}

func isAsset(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return slices.Contains(assetTypes, ext) || ext != "" && strings.Contains(name, "assets/")
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

// FrontendWarnings opens a build of the frontends as the server does, and returns what people should know of it.
func FrontendWarnings(cfg *app.Config, build string) ([]string, error) {
	settings := cfg.Web
	settings.Frontend = build
	f, err := OpenFrontend(&settings, nil)
	if err != nil {
		return nil, err
	}
	return f.Warnings, nil
}
