package space_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// boards is a frontend with a build that has no page.
func boards(t *testing.T, a *app.App) *web.Frontend {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"index.html": "web",
		"spaces/assets/manifest-1.js": `window.__reactRouterManifest={"entry":{"module":"/spaces/assets/e.js","imports":[]},` +
			`"routes":{"root":{"id":"root","module":"/spaces/assets/r.js"}},"url":"/spaces/assets/manifest-1.js","version":"1"};`} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := web.OpenFrontend(&app.WebConfig{Frontend: dir, SpacePath: "/spaces/"}, a)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// shown is what a page says of itself, and how many elements it has of each kind.
func shown(t *testing.T, f *web.Frontend, path string) (about map[string]string, elements map[string]int) {
	t.Helper()
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	doc, err := html.Parse(w.Body)
	if err != nil || w.Code != 200 {
		t.Fatalf("%s: %d %v", path, w.Code, err)
	}
	about, elements = map[string]string{}, map[string]int{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		elements[n.Data]++
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		switch n.Data {
		case "title":
			if n.FirstChild != nil {
				about["title"] = n.FirstChild.Data
			}
		case "meta":
			about[attributes["property"]+attributes["name"]] = attributes["content"]
		}
	}
	return about, elements
}

func (p *place) rename(t *testing.T, change func(*store.Project)) {
	t.Helper()
	if err := p.s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		row, err := store.Projects.Get(tx, dbx.HashExp{"identifier": "PROJ"})
		if err != nil {
			return err
		}
		change(row)
		return store.Projects.Set(tx, row, "name", "description", "cover_image", "cover_image_asset_id")
	}); err != nil {
		t.Fatal(err)
	}
}

func TestPreviewsOfBoards(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		f := boards(t, s.App)
		at := "/spaces/issues/" + strings.Split(p.board, "/")[4] + "/"
		_, plain := shown(t, f, "/spaces/")
		cover := sent(t, p.ann, "/api/assets/v2/workspaces/work/",
			map[string]any{"entity_type": "PROJECT_COVER", "entity_identifier": strings.Split(p.project, "/")[5]})
		for _, tt := range []struct {
			name, description, cover string
			asset                    *string
			image                    string
		}{
			{"Ünï \"q\" 'a' & </title></script><b>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", nil, ""},
			{"Project", "", "", nil, ""},
			{"Project", "What we do", "https://pictures.test/a.jpg?b=\"><b>", nil, `https://pictures.test/a.jpg?b="><b>`},
			{"Project", "What we do", "/assets/image_1.jpg", nil, "http://example.com/assets/image_1.jpg"},
			{"Project", "What we do", "//elsewhere.test/a.jpg", nil, ""},
			{"Project", "What we do", "", &cover, "http://example.com/api/assets/v2/static/" + cover + "/"},
		} {
			p.rename(t, func(row *store.Project) {
				row.Name, row.Description, row.CoverImage, row.CoverImageAssetID = tt.name, tt.description, &tt.cover, tt.asset
			})
			about, elements := shown(t, f, at)
			for key, want := range map[string]string{"title": tt.name, "og:title": tt.name, "og:description": tt.description,
				"description": tt.description, "og:image": tt.image, "og:type": "website"} {
				if about[key] != want {
					t.Errorf("%s of %q: %q, want %q", key, tt.name, about[key], want)
				}
			}
			delete(elements, "meta")
			delete(plain, "meta")
			if diff := cmp.Diff(plain, elements); diff != "" {
				t.Errorf("elements for %q (-want +got):\n%s", tt.name, diff)
			}
		}
		for _, path := range []string{"/spaces/", "/spaces/issues/nowhere/", "/spaces/issues/%22%3E%3Cb%3E/",
			"/spaces/work/x"} {
			if about, elements := shown(t, f, path); about["title"] != "Plane" || about["og:title"] != "" || elements["b"] > 0 {
				t.Errorf("%s: %v", path, about)
			}
		}
		p.ann.Must("DELETE", p.project+"project-deploy-boards/"+p.boardID+"/", nil)
		if about, _ := shown(t, f, at); about["title"] != "Plane" {
			t.Errorf("unpublished: %v", about)
		}
	})
}

// Whatever a project is called, the page says just that.
func TestHostileNames(t *testing.T) {
	s := webtest.New(t, apptest.New(t, storetest.SQLite(t))) // one database is enough: names come out of both alike
	p := publish(t, s)
	f := boards(t, s.App)
	at := "/spaces/issues/" + strings.Split(p.board, "/")[4] + "/"
	_, plain := shown(t, f, "/spaces/")
	part := rapid.SampledFrom([]string{"<", ">", "</title>", "</script>", "<!--", "-->", "\"", "'", "`", "&", "&lt;",
		"&#60", "{{", "}}", "\\", "\u2028", "ü", "x", " "})
	rapid.Check(t, func(r *rapid.T) {
		name := "n" + strings.Join(rapid.SliceOfN(part, 1, 8).Draw(r, "name"), "") + "n"
		p.rename(t, func(row *store.Project) { row.Name, row.Description = name, name })
		about, elements := shown(t, f, at)
		if about["title"] != name || about["og:title"] != name || about["og:description"] != name {
			r.Fatalf("%q: %v", name, about)
		}
		if elements["script"] != plain["script"] || elements["title"] != 1 {
			r.Fatalf("%q: %v", name, elements)
		}
	})
}
