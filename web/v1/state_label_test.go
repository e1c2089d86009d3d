package v1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What is wrong with a state or a label is told by the field; what is missing is missing by whatever method.
func TestBadStatesAndLabels(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "bad")
		long := strings.Repeat("x", 256)
		theirs := newPlace(s, "theirs")
		foreign := theirs.key.Must("POST", theirs.base+"labels/", map[string]any{"name": "foreign"}).ID()
		state := p.key.Must("POST", p.base+"states/", map[string]any{"name": "Mine", "color": "#fff"}).ID()
		label := p.key.Must("POST", p.base+"labels/", map[string]any{"name": "Mine"}).ID()
		states, labels := p.base+"states/", p.base+"labels/"
		walk(t, []step{
			{p.key, "POST", states, map[string]any{"color": "#fff"}, 400, `"name":["This field is required."]`},
			{p.key, "POST", states, map[string]any{"name": "x"}, 400, `"color":["This field is required."]`},
			{p.key, "POST", states, map[string]any{"name": "", "color": "#fff"}, 400, `"name":["This field may not be blank."]`},
			{p.key, "POST", states, map[string]any{"name": long, "color": "#fff"}, 400, `"name":["Ensure this field has no more`},
			{p.key, "POST", states, map[string]any{"name": "x", "color": long}, 400, `"color":["Ensure this field has no more`},
			{p.key, "POST", states, map[string]any{"name": "x", "color": "#fff", "group": "odd"}, 400,
				`"group":["\"odd\" is not a valid choice."]`},
			{p.key, "POST", states, map[string]any{"name": "x", "color": "#fff", "sequence": "first"}, 400, `"sequence":`},
			{p.key, "POST", states, map[string]any{"name": "Mine", "color": "#fff"}, 409, ""},
			{p.key, "PATCH", states + state + "/", map[string]any{"name": nil}, 400, `"name":["This field may not be null."]`},
			{p.key, "PATCH", states + state + "/", map[string]any{"group": "odd"}, 400, `"group":`},
			{p.key, "GET", states + state + "/", nil, 200, `"name":"Mine"`},
			{p.key, "GET", states + label + "/", nil, 404, ""},
			{p.key, "PATCH", states + store.NewID() + "/", map[string]any{"name": "y"}, 404, ""},
			{p.key, "DELETE", states + store.NewID() + "/", nil, 404, ""},
			{p.key, "DELETE", states + state + "/", nil, 204, ""},
			{p.key, "GET", states + state + "/", nil, 404, ""},

			{p.key, "POST", labels, map[string]any{}, 400, `"name":["This field is required."]`},
			{p.key, "POST", labels, map[string]any{"name": long}, 400, `"name":["Ensure this field has no more`},
			{p.key, "POST", labels, map[string]any{"name": "Mine"}, 409, label},
			{p.key, "POST", labels, map[string]any{"name": "x", "parent": "y"}, 400, `"parent":`},
			{p.key, "POST", labels, map[string]any{"name": "x", "parent": store.NewID()}, 400, `"parent":`},
			{p.key, "POST", labels, map[string]any{"name": "x", "parent": foreign}, 400, `"parent":`},
			{p.key, "PATCH", labels + label + "/", map[string]any{"parent": foreign}, 400, `"parent":`},
			{p.key, "PATCH", labels + label + "/", map[string]any{"sort_order": "high"}, 400, `"sort_order":`},
			{p.key, "GET", labels + label + "/", nil, 200, `"parent":null`},
			{p.key, "PATCH", labels + foreign + "/", map[string]any{"name": "taken"}, 404, ""},
			{p.key, "DELETE", labels + foreign + "/", nil, 404, ""},
			{theirs.key, "GET", theirs.base + "labels/" + foreign + "/", nil, 200, `"name":"foreign"`},
			{p.key, "DELETE", labels + label + "/", nil, 204, ""},
			{p.key, "DELETE", labels + label + "/", nil, 404, ""},
			{p.key, "POST", labels, map[string]any{"name": "Mine"}, 201, ""},
		})
	})
}

// A project has one default state, which is not deleted, nor is one in which there are work items.
func TestStatesThatStay(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "states")
		states := p.base + "states/"
		byName := map[string]string{}
		defaults := []any{}
		for _, row := range results(t, p.key.Must("GET", states, nil)) {
			byName[row["name"].(string)] = row["id"].(string)
			if row["default"] == true {
				defaults = append(defaults, row["name"])
			}
		}
		if d := cmp.Diff([]any{"Backlog"}, defaults); d != "" {
			t.Errorf("defaults of a new project (-want +got):\n%s", d)
		}
		p.item(map[string]any{"name": "busy", "state": byName["Todo"]})
		walk(t, []step{
			{p.key, "DELETE", states + byName["Backlog"] + "/", nil, 400, "Default state cannot be deleted"},
			{p.key, "DELETE", states + byName["Todo"] + "/", nil, 400, "not empty"},
			{p.key, "DELETE", states + byName["Done"] + "/", nil, 204, ""},
			{p.key, "GET", states + byName["Todo"] + "/", nil, 200, `"name":"Todo"`},
		})
		item := p.key.Must("GET", p.base+"work-items/", nil)
		if got := column(t, item, "state"); !slices.Equal(got, []any{byName["Todo"]}) {
			t.Errorf("the work item is in %v", got)
		}
	})
}

// Lists of states and labels are paged; each row is shown once, whole or in the fields asked for.
func TestListsOfStatesAndLabels(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "lists")
		parent := p.key.Must("POST", p.base+"labels/", map[string]any{"name": "parent"}).ID()
		for _, name := range []string{"a", "b", "c", "d"} {
			p.key.Must("POST", p.base+"labels/", map[string]any{"name": name, "parent": parent, "color": "#123456"})
		}
		for _, kind := range []string{"states/", "labels/"} {
			seen := []any{}
			cursor := "2:0:0"
			for range 3 {
				a := p.key.Must("GET", p.base+kind+"?per_page=2&fields=id&cursor="+cursor, nil)
				if a.At("total_count") != 5.0 || a.At("total_pages") != 3.0 {
					t.Errorf("%s: %s", kind, a.Raw)
				}
				seen = append(seen, column(t, a, "id")...)
				cursor, _ = a.At("next_cursor").(string)
			}
			whole := column(t, p.key.Must("GET", p.base+kind, nil), "id")
			if d := cmp.Diff(whole, seen); d != "" || len(seen) != 5 {
				t.Errorf("%s by pages (-whole +pages):\n%s", kind, d)
			}
		}
		for _, row := range results(t, p.key.Must("GET", p.base+"labels/?fields=name,parent&expand=parent", nil)) {
			want := map[string]any{"id": parent, "project_id": p.project()}
			if row["name"] == "parent" {
				want = map[string]any{}
			}
			if d := cmp.Diff(map[string]any{"name": row["name"], "parent": want}, row); d != "" {
				t.Errorf("expanded (-want +got):\n%s", d)
			}
		}
		for _, row := range results(t, p.key.Must("GET", p.base+"states/?fields=project,workspace&expand=project,workspace",
			nil)) {
			project, _ := row["project"].(map[string]any)
			workspace, _ := row["workspace"].(map[string]any)
			if project["identifier"] != "ONE" || workspace["slug"] != "lists" || len(row) != 2 {
				t.Errorf("expanded: %v", row)
			}
		}
	})
}
