package routes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func TestNamesAndIdentifiers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		v1 := "/api/v1/workspaces/acme/projects/"
		for n, name := range []string{"Foo & Bar", "Foo (v2.0)", "O'Brien", "hyphen-ated", "C#", "a/b", "50% off!", "Größe",
			"プロジェクト", "проект", "مشروع", "🚀 ship", `"quoted" <x> {y} [z] | ~ ^ $ = + ; : ?`} {
			one := x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": name, "identifier": fmt.Sprintf("A%d", n)})
			if one.At("name") != name {
				t.Errorf("%s: %s", name, one.Raw)
			}
			x.ann.Must("PATCH", x.ws+"projects/"+one.ID()+"/", map[string]any{"name": name + "!", "description": "x"})
			x.key.Must("POST", v1, map[string]any{"name": name, "identifier": fmt.Sprintf("B%d", n)})
			for path, body := range map[string]map[string]any{"states/": {"name": name, "color": "#fff", "group": "started"},
				"issue-labels/": {"name": name}, "cycles/": {"name": name}, "modules/": {"name": name}, "views/": {"name": name}} {
				x.ann.Must("POST", x.p+path, body)
			}
		}
		for _, bad := range []string{"A/B", "A%B", "A?B", "A#B", "A B", "A.B", "A-B", "A&B", `A\B`, "A:B", "A+B", "🚀",
			"A\u200bB", "A;B"} {
			refused(t, x.ann, "POST", x.ws+"projects/", map[string]any{"name": "bad", "identifier": bad}, "identifier")
			refused(t, x.ann, "PATCH", x.p, map[string]any{"identifier": bad}, "identifier")
			if a := x.key.Do("POST", v1, map[string]any{"name": "bad", "identifier": bad}); a.Status != 400 ||
				!strings.Contains(string(a.Raw), "identifier") {
				t.Errorf("v1 %q: %d %s", bad, a.Status, a.Raw)
			}
		}
		x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": "race", "identifier": " race "})
		for _, twin := range []string{"RACE", "race", " Race "} {
			for _, a := range []webtest.Answer{x.ann.Do("POST", x.ws+"projects/",
				map[string]any{"name": "other", "identifier": twin}), x.ann.Do("PATCH", x.p, map[string]any{"identifier": twin})} {
				if a.Status != 400 || !strings.Contains(fmt.Sprint(a.At("identifier")), "PROJECT_IDENTIFIER_ALREADY_EXIST") {
					t.Errorf("%q: %d %s", twin, a.Status, a.Raw)
				}
			}
		}
		letters := x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": "letters", "identifier": "größe_9"}).ID()
		id := x.ann.Must("POST", x.ws+"projects/"+letters+"/issues/", map[string]any{"name": "n"}).ID()
		for _, a := range []webtest.Answer{x.ann.Do("GET", x.ws+"work-items/gr%C3%B6%C3%9Fe_9-1/", nil),
			x.key.Do("GET", "/api/v1/workspaces/acme/work-items/gr%C3%B6%C3%9Fe_9-1/", nil)} {
			if a.ID() != id {
				t.Errorf("by number: %d %s", a.Status, a.Raw)
			}
		}
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { // as it came from elsewhere
			return store.Projects.SetWhere(tx, dbx.Params{"identifier": "O/L D"}, dbx.HashExp{"id": letters})
		})
		if err != nil {
			t.Fatal(err)
		}
		x.ann.Must("PATCH", x.ws+"projects/"+letters+"/", map[string]any{"identifier": "O/L D", "description": "old"})
		first := x.item("first")
		for path, want := range map[string]int{"p-1": 200, "P-1": 200, "NOPE-1": 404, "p-99": 404} {
			if a := x.key.Do("GET", "/api/v1/workspaces/acme/work-items/"+path+"/", nil); a.Status != want || want == 200 &&
				a.ID() != first {
				t.Errorf("%s: %d %s", path, a.Status, a.Raw)
			}
		}
	})
}

func TestReservedSlugs(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		for _, slug := range []string{"api", "API", "God-Mode", "spaces", "login", "register", "assets", "auth", "uploads",
			"healthz", "my-instances", "instances2", "sign-in"} {
			if a := ann.Must("GET", "/api/workspace-slug-check/?slug="+slug, nil); a.At("status") != false {
				t.Errorf("check %s: %s", slug, a.Raw)
			}
			refused(t, ann, "POST", "/api/workspaces/", map[string]any{"name": "W", "slug": slug}, "slug")
		}
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "fine"})
		refused(t, ann, "PATCH", "/api/workspaces/fine/", map[string]any{"slug": "api"}, "slug")
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { // as it came from elsewhere
			return store.Workspaces.SetWhere(tx, dbx.Params{"slug": "my-instances"}, dbx.HashExp{"slug": "fine"})
		})
		if err != nil {
			t.Fatal(err)
		}
		ann.Must("GET", "/api/workspaces/my-instances/", nil)
		ann.Must("PATCH", "/api/workspaces/my-instances/", map[string]any{"name": "V", "slug": "my-instances"})
	})
}

// Whichever way a state becomes the default, it is the only one.
func TestOneDefaultState(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		defaults := func() (names []string) {
			list, _ := x.ann.Must("GET", x.p+"states/", nil).JSON().([]any)
			for _, s := range list {
				if m, _ := s.(map[string]any); m["default"] == true {
					names = append(names, fmt.Sprint(m["name"]))
				}
			}
			return names
		}
		for want, mark := range map[string]func(){
			"Todo":        func() { x.key.Must("PATCH", x.v1+"states/"+x.state("Todo")+"/", map[string]any{"default": true}) },
			"Done":        func() { x.ann.Must("PATCH", x.p+"states/"+x.state("Done")+"/", map[string]any{"default": true}) },
			"In Progress": func() { x.ann.Must("POST", x.p+"states/"+x.state("In Progress")+"/mark-default/", nil) },
			"New": func() {
				x.ann.Must("POST", x.p+"states/", map[string]any{"name": "New", "color": "#fff", "default": true})
			},
			"Newer": func() {
				x.key.Must("POST", x.v1+"states/", map[string]any{"name": "Newer", "color": "#fff", "default": true})
			},
		} {
			if mark(); fmt.Sprint(defaults()) != "["+want+"]" {
				t.Errorf("after %s: %v", want, defaults())
			}
		}
		x.ann.Must("POST", x.p+"states/"+x.state("Todo")+"/mark-default/", nil) // whichever was the last above
		x.ann.Must("PATCH", x.p+"states/"+x.state("Done")+"/", map[string]any{"name": "Finished", "default": false})
		if len(defaults()) != 1 {
			t.Errorf("one that was none: %v", defaults())
		}
	})
}
