package v1_test

import (
	"fmt"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// The catalogue of what projects are sorted by is the workspace's: everybody reads it, its administrators write it.
func TestCatalogue(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "mine"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		for _, kind := range []struct{ name, place string }{{"project-states", "sequence"},
			{"project-labels", "sort_order"}} {
			at := p.workspace + kind.name + "/"
			made := p.key.Must("POST", at, map[string]any{"name": "first", "color": "#fff", "description": "d"})
			second := p.key.Must("POST", at, map[string]any{"name": "second"})
			one := at + made.ID() + "/"
			theirs := other.key.Must("POST", other.workspace+kind.name+"/", map[string]any{"name": "first"}).ID()
			walk(t, []step{
				{p.key, "POST", at, map[string]any{"name": "first"}, 409, made.ID()},
				{p.key, "POST", at, map[string]any{}, 400, `{"name":["This field is required."]}`},
				{p.key, "POST", at, map[string]any{"name": " "}, 400, `{"name":["This field may not be blank."]}`},
				{p.key, "PATCH", at + second.ID() + "/", map[string]any{"name": "first"}, 409, made.ID()},
				{p.key, "PATCH", one, map[string]any{"name": "first", "color": "#000"}, 200, `"description":"d","color":"#000"`},
				{p.key, "PATCH", at + theirs + "/", map[string]any{"name": "x"}, 404, ""},
				{p.key, "DELETE", at + theirs + "/", nil, 404, ""},
				{all.guest, "GET", at, nil, 200, `"name":"first"`}, {all.member, "GET", at, nil, 200, `"name":"first"`},
				{all.elsewhere, "GET", at, nil, 403, ""}, {all.member, "POST", at, map[string]any{"name": "m"}, 403, ""},
				{all.admin, "PATCH", one, map[string]any{"name": "m"}, 403, ""}, // of the project only
				{all.guest, "DELETE", one, nil, 403, ""},
				{p.key, "PATCH", at + second.ID() + "/", map[string]any{kind.place: 1}, 200, fmt.Sprintf("%q:1", kind.place)},
			})
			if rows := rows(p.key.Must("GET", at, nil)); len(rows) != 2 || rows[0]["id"] != second.ID() {
				t.Errorf("%s are %v", kind.name, rows)
			}
			walk(t, []step{{p.key, "DELETE", one, nil, 204, ""}, {p.key, "DELETE", one, nil, 404, ""},
				{p.key, "POST", at, map[string]any{"name": "first"}, 201, `"name":"first"`},
				{p.key, "PATCH", at + second.ID() + "/", map[string]any{kind.place: 1e9}, 200, ""},
				{p.key, "POST", at, map[string]any{"name": "behind"}, 201, ""}})
			if rows := rows(p.key.Must("GET", at, nil)); rows[len(rows)-1]["name"] != "behind" {
				t.Errorf("what is made last is not the last: %v", rows)
			}
		}
		label := rows(p.key.Must("GET", p.workspace+"project-labels/", nil))[0]["id"].(string)
		theirs := rows(other.key.Must("GET", other.workspace+"project-labels/", nil))[0]["id"].(string)
		states := p.workspace + "project-states/"
		a := p.key.Must("POST", states, map[string]any{"name": "a", "group": "planning", "default": true}).ID()
		walk(t, []step{
			{all.guest, "GET", p.workspace + "project-labels/" + label + "/", nil, 200, label},
			{p.key, "GET", p.workspace + "project-labels/" + theirs + "/", nil, 404, ""},
			{p.key, "POST", states, map[string]any{"name": "b", "group": "triage"}, 400, `{"group":["`},
			{p.key, "POST", states, map[string]any{"name": "b", "default": true}, 201, `"group":"backlog"`},
			{p.key, "PATCH", states + a + "/", map[string]any{}, 200, `"default":false`},
		})
	})
}

// Whoever asks for states of a workspace is told where they are, by the code that programs know.
func TestStatesOfAWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "mine")
		all, code := p.workspace+"states/", `"code":"workspace_not_managed"`
		one := all + store.NewID() + "/"
		walk(t, []step{{p.key, "GET", all, nil, 400, code}, {p.key, "POST", all, map[string]any{"name": "x"}, 400, code},
			{p.key, "GET", one, nil, 400, code}, {p.key, "PATCH", one, map[string]any{"name": "x"}, 400, code},
			{p.key, "DELETE", one, nil, 400, code}, {s.User("elsewhere").WithKey(), "GET", all, nil, 403, ""}})
	})
}

// Lists that are whole have an end.
func TestCatalogueIsBounded(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "mine")
		for _, name := range []string{"project-states", "project-labels"} {
			at := p.workspace + name + "/"
			for n := range 250 {
				p.key.Must("POST", at, map[string]any{"name": fmt.Sprint(n)})
			}
			walk(t, []step{{p.key, "POST", at, map[string]any{"name": "more"}, 400, "no more than 250"}})
		}
	})
}
