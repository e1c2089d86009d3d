package v1_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What is wrong with a project is told by the field, and nothing of it is kept.
func TestBadProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "bad")
		at := p.workspace + "projects/"
		elsewhere := s.User("elsewhere").User.ID
		with := func(more map[string]any) map[string]any {
			body := map[string]any{"name": "two", "identifier": "TWO"}
			for k, v := range more {
				body[k] = v
			}
			return body
		}
		for _, tt := range []struct {
			field  string
			value  any
			status int
			says   string
		}{
			{"name", nil, 400, `"name":["This field may not be null."]`},
			{"name", "", 400, `"name":["This field may not be blank."]`},
			{"name", strings.Repeat("n", 256), 400, `"name":["Ensure this field has no more than 255 characters."]`},
			{"name", "bad", 409, "name"},
			{"identifier", "ONE", 409, "already taken"},
			{"identifier", "", 400, `"identifier":`},
			{"identifier", strings.Repeat("I", 13), 400, `"identifier":`},
			{"network", "secret", 201, `"network":2`}, // programs do not say it
			{"timezone", "Mars/Olympus", 400, `"timezone":["\"Mars/Olympus\" is not a valid choice."]`},
			{"archive_in", 13, 400, `"archive_in":`},
			{"archive_in", -1, 400, `"archive_in":`},
			{"close_in", 13, 400, `"close_in":`},
			{"cycle_view", "perhaps", 400, `"cycle_view":["Must be a valid boolean."]`},
			{"project_lead", "x", 400, `"project_lead":`},
			{"project_lead", store.NewID(), 400, `"project_lead":["Invalid pk`},
			{"project_lead", elsewhere, 400, ""},
			{"default_assignee", elsewhere, 400, ""},
		} {
			before := len(p.key.Must("GET", at, nil).At("results").([]any))
			a := p.key.Do("POST", at, with(map[string]any{tt.field: tt.value}))
			if a.Status != tt.status || !strings.Contains(string(a.Raw), tt.says) {
				t.Errorf("%s %v: %d %.300s, want %d %s", tt.field, tt.value, a.Status, a.Raw, tt.status, tt.says)
			}
			if a.Status == 201 {
				p.key.Must("DELETE", at+a.ID()+"/", nil)
			}
			if after := len(p.key.Must("GET", at, nil).At("results").([]any)); after != before {
				t.Errorf("%s %v: there were %d projects and are %d", tt.field, tt.value, before, after)
			}
		}
		walk(t, []step{
			{p.key, "POST", at, map[string]any{"identifier": "X"}, 400, `"name":["This field is required."]`},
			{p.key, "POST", at, map[string]any{"name": "X"}, 400, `"identifier":["This field is required."]`},
			{p.key, "POST", at, "[]", 400, ""},
			{p.key, "POST", at, "{", 400, ""},
			{p.key, "GET", at + store.NewID() + "/", nil, 404, ""},
			{p.key, "GET", at + "nonsense/", nil, 404, ""},
			{p.key, "PATCH", p.base, map[string]any{"default_state": store.NewID()}, 400, `"default_state":`},
			{p.key, "PATCH", p.base, map[string]any{"name": ""}, 400, `"name":["This field may not be blank."]`},
			{p.key, "GET", p.base, nil, 200, `"name":"bad"`},
		})
	})
}

// Who makes, changes and deletes projects: members of the workspace make them, the project's administrators do the
// rest.
func TestWhoMayWhatWithProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "mine")
		all := newCrowd(t, s, p)
		visitor := p.join(t, s, "visitor", app.Guest, app.Nobody).WithKey()
		body := func(name string) map[string]any {
			return map[string]any{"name": name, "identifier": strings.ToUpper(name)}
		}
		at := p.workspace + "projects/"
		walk(t, []step{
			{all.elsewhere, "POST", at, body("a"), 403, ""},
			{visitor, "POST", at, body("b"), 403, ""},
			{all.outsider, "POST", at, body("c"), 201, `"member_role":20`},
			{all.guest, "PATCH", p.base, map[string]any{"description": "x"}, 403, ""},
			{all.member, "PATCH", p.base, map[string]any{"description": "x"}, 403, ""},
			{all.outsider, "PATCH", p.base, map[string]any{"description": "x"}, 403, ""},
			{all.admin, "PATCH", p.base, map[string]any{"description": "x"}, 200, `"description":"x"`},
			{all.guest, "DELETE", p.base, nil, 403, ""},
			{all.member, "DELETE", p.base, nil, 403, ""},
			{all.outsider, "DELETE", p.base, nil, 403, ""},
			{all.elsewhere, "DELETE", p.base, nil, 403, ""},
			{all.admin, "DELETE", p.base, nil, 204, ""},
			{p.key, "GET", p.base, nil, 404, ""},
			{p.key, "GET", p.base + "work-items/", nil, 403, ""},
			{p.key, "POST", at, body("mine"), 201, ""}, // name and identifier are free again
			{p.key, "POST", at, map[string]any{"name": "again", "identifier": "ONE"}, 201, ""},
		})
	})
}

// An archived project stays in the list with the time when it was put away, and comes back as it was.
func TestProjectsThatArePutAway(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "away")
		p.item(map[string]any{"name": "item"})
		if p.key.Must("GET", p.base, nil).At("archived_at") != nil {
			t.Error("a new project is archived")
		}
		p.key.Must("POST", p.base+"archive/", nil)
		if p.key.Must("GET", p.base, nil).At("archived_at") == nil {
			t.Error("an archived project has no time")
		}
		walk(t, []step{
			{p.key, "PATCH", p.base, map[string]any{"name": "new"}, 400, "Archived project cannot be updated"},
			{p.key, "DELETE", p.base + "archive/", nil, 204, ""},
			{p.key, "PATCH", p.base, map[string]any{"name": "new"}, 200, `"archived_at":null`},
			{p.key, "GET", p.base + "work-items/", nil, 200, `"total_count":1`},
		})
	})
}

// The list of projects is paged, ordered and cut to the fields that are asked for.
func TestListsOfProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "many")
		at := p.workspace + "projects/"
		for _, name := range []string{"zeta", "alpha", "mid"} {
			p.key.Must("POST", at, map[string]any{"name": name, "identifier": strings.ToUpper(name)})
		}
		for _, tt := range []struct {
			query string
			want  []any
		}{
			{"?order_by=name", []any{"alpha", "many", "mid", "zeta"}},
			{"?order_by=-name", []any{"zeta", "mid", "many", "alpha"}},
			{"?order_by=created_at", []any{"many", "zeta", "alpha", "mid"}},
			{"?order_by=name&per_page=2", []any{"alpha", "many"}},
			{"?order_by=name&per_page=2&cursor=2:1:0", []any{"mid", "zeta"}},
			{"?order_by=name&per_page=2&cursor=2:2:0", []any{}},
		} {
			a := p.key.Must("GET", at+tt.query, nil)
			if d := cmp.Diff(tt.want, column(t, a, "name")); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.query, d)
			}
			if a.At("total_count") != 4.0 && a.At("total_results") != 4.0 {
				t.Errorf("%s: the number of all is missing: %s", tt.query, a.Raw)
			}
		}
		for _, bad := range []string{"?per_page=0", "?per_page=-1", "?per_page=many", "?per_page=1001", "?cursor=x",
			"?cursor=1:x:0", "?cursor=1:-1:0"} {
			if a := p.key.Do("GET", at+bad, nil); a.Status != 400 {
				t.Errorf("%s: %d %.200s", bad, a.Status, a.Raw)
			}
		}
		row := results(t, p.key.Must("GET", at+"?fields=name,identifier&order_by=name", nil))[0]
		if d := cmp.Diff(map[string]any{"name": "alpha", "identifier": "ALPHA"}, row); d != "" {
			t.Errorf("fields (-want +got):\n%s", d)
		}
	})
}

// A summary counts what is there, of what was asked for.
func TestSummaries(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "sum")
		p.key.Must("PATCH", p.base, map[string]any{"cycle_view": true, "module_view": true})
		p.item(map[string]any{"name": "a"})
		gone := p.item(map[string]any{"name": "b"})
		p.key.Must("DELETE", p.base+"work-items/"+gone+"/", nil)
		p.key.Must("POST", p.base+"labels/", map[string]any{"name": "l"})
		p.key.Must("POST", p.base+"modules/", map[string]any{"name": "m"})
		p.join(t, s, "guest", app.Guest, app.Guest)
		all := p.key.Must("GET", p.base+"summary/", nil)
		for key, want := range map[string]float64{"members": 2, "states": 5, "labels": 1, "cycles": 0, "modules": 1,
			"issues": 1, "intakes": 0, "pages": 0} {
			if got := all.At("counts." + key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		some, _ := p.key.Must("GET", p.base+"summary/?fields=labels,+issues", nil).At("counts").(map[string]any)
		if d := cmp.Diff(map[string]any{"labels": 1.0, "issues": 1.0}, some); d != "" {
			t.Errorf("two of them (-want +got):\n%s", d)
		}
	})
}
