package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
)

// The published boards' frontend is built for a server that renders its pages: its client build has no index.html. A
// shell in place of that is enough, in the mode that React Router has for single pages: it is made from the build's
// manifest, once, and only what stands in previews of links is filled in for each board.

// shell is the page of a build that has none.
type shell struct {
	warnings []string
	data     shellData
}

type shellData struct {
	Icon     string
	Styles   []string
	Preloads []string
	Context  routerContext
	Manifest map[string]any
	Roots    []string // modules of the root
	Entry    string
}

// routerContext is what the client looks for on the page.
type routerContext struct {
	Basename  string            `json:"basename"`
	Future    struct{}          `json:"future"`
	Discovery map[string]string `json:"routeDiscovery"`
	SSR       bool              `json:"ssr"`
	SPA       bool              `json:"isSpaMode"`
}

// builtManifest is the part of a manifest that the shell is made from.
type builtManifest struct {
	Entry struct {
		Module  string   `json:"module"`
		Imports []string `json:"imports"`
	} `json:"entry"`
	Routes map[string]map[string]any `json:"routes"`
	URL    string                    `json:"url"`
}

const (
	manifestPrefix = "window.__reactRouterManifest="
	// knownLoader is the route whose data only its titles need; of others a page may need what only a rendering server
	// knows.
	knownLoader = "issues/[anchor]/layout"
)

// newShell makes the shell of the build in a folder; nil when it is no such build.
func newShell(files fs.FS, folder string) (*shell, error) {
	found, err := fs.Glob(files, path.Join(folder, "assets/manifest-*.js"))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	name := found[0]
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var m builtManifest
	var whole map[string]any
	text, ok := bytes.CutPrefix(bytes.TrimSpace(content), []byte(manifestPrefix))
	text = bytes.TrimRight(text, "; \n")
	if err = errors.Join(json.Unmarshal(text, &m), json.Unmarshal(text, &whole)); err != nil {
		return nil, fmt.Errorf("read the manifest %s: %w", name, err)
	}
	root := m.Routes["root"]
	if !ok || m.Entry.Module == "" || root == nil {
		return nil, fmt.Errorf("%s is no manifest of React Router's", name)
	}
	s := &shell{}
	base, _, ok := strings.Cut(m.URL, "assets/")
	if want := path.Join("/", folder); !ok || path.Clean(base) != want {
		s.warnings = append(s.warnings,
			fmt.Sprintf("the frontend in %s was built for the path %s and is served at %s", folder, base, want))
	}
	for _, id := range slices.Sorted(maps.Keys(m.Routes)) {
		if m.Routes[id]["hasLoader"] == true && id != knownLoader {
			s.warnings = append(s.warnings,
				fmt.Sprintf("the frontend in %s has a page that wants data from a server of its own: %s", folder, id))
		}
		m.Routes[id]["hasLoader"] = false
	}
	whole["routes"] = m.Routes
	s.data = shellData{Context: routerContext{Basename: base, Discovery: map[string]string{"mode": "initial"}, SPA: true},
		Manifest: whole, Entry: m.Entry.Module, Roots: rootModules(root)}
	s.data.Preloads = append(append([]string{m.Entry.Module}, m.Entry.Imports...), s.data.Roots...)
	for _, imported := range textsOf(root["imports"]) {
		if !slices.Contains(s.data.Preloads, imported) {
			s.data.Preloads = append(s.data.Preloads, imported)
		}
	}
	return s, s.find(files, folder, base)
}

// rootModules are the files of the root, which later versions split.
func rootModules(root map[string]any) []string {
	var modules []string
	for _, part := range []string{"module", "clientLoaderModule", "clientActionModule", "clientMiddlewareModule",
		"hydrateFallbackModule"} {
		if m, _ := root[part].(string); m != "" {
			modules = append(modules, m)
		}
	}
	return modules
}

func textsOf(v any) []string {
	list, _ := v.([]any)
	var texts []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// find looks for what hangs on the page and stands in no manifest.
func (s *shell) find(files fs.FS, folder, base string) error {
	for _, kind := range []struct {
		pattern string
		add     func(at string)
	}{
		{"assets/*.css", func(at string) { s.data.Styles = append(s.data.Styles, at) }},
		{"assets/favicon-*.ico", func(at string) { s.data.Icon = at }},
	} {
		found, err := fs.Glob(files, path.Join(folder, kind.pattern))
		if err != nil {
			return err
		}
		for _, name := range found {
			kind.add(base + "assets/" + path.Base(name))
		}
	}
	return nil
}

// preview is what programs show of a link to a page.
type preview struct {
	Board                     bool
	Title, Description, Image string
}

// boardOf returns the address of the board that a path below the boards' frontend shows.
func boardOf(rest string) (anchor string, ok bool) {
	parts := strings.Split(rest, "/")
	if len(parts) < 2 || parts[0] != "issues" || parts[1] == "" {
		return "", false
	}
	return parts[1], !strings.ContainsFunc(parts[1], func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	})
}

// previews reads what boards are about; a board that is not there has no preview.
func previews(a *app.App) func(r *http.Request, anchor string) preview {
	return func(r *http.Request, anchor string) preview {
		if a == nil {
			return preview{}
		}
		c := &app.Call{Context: r.Context(), App: a, Access: &app.Access{}, Base: base(r, a.Config)}
		about, err := boardPreview(c, anchor)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			a.Log.Error("preview of a board failed", "error", err) // the page shows all the same
		}
		return about
	}
}

func boardPreview(c *app.Call, anchor string) (preview, error) {
	if err := board.Open(c, anchor); err != nil || c.Board == nil {
		return preview{}, err
	}
	b, err := project.OpenedBoard(c)
	if err != nil {
		return preview{}, err
	}
	about := preview{Board: true, Title: b.Project.Name, Description: b.Project.Description}
	if at := app.PictureURL(b.Project.CoverImageAssetID, b.Project.CoverImage); at != nil {
		about.Image = whole(c, *at)
	}
	return about, nil
}

// whole is a picture's address with its origin, as programs want it; nothing for other kinds of addresses.
func whole(c *app.Call, at string) string {
	switch {
	case strings.HasPrefix(at, "/") && !strings.HasPrefix(at, "//"):
		origin := c.Config.Web.AppURL
		if origin == "" {
			origin = c.Base
		}
		return strings.TrimSuffix(origin, "/") + at
	case strings.HasPrefix(at, "https://"), strings.HasPrefix(at, "http://"):
		return at
	}
	return ""
}
