package v1_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/webtest"
)

// What a project has switched on is changed key by key, by its administrators, and what it switches works at once.
func TestFeaturesOfAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "features")
		all := newCrowd(t, s, p)
		at := p.base + "features/"
		want := map[string]any{"epics": false, "modules": false, "cycles": false, "views": false, "pages": true,
			"intakes": false, "work_item_types": false, "workflows": false, "parallel_cycles": false,
			"project_updates": false, "time_tracking": false, "manually_start_end_cycles": false}
		same := func(a webtest.Answer) {
			t.Helper()
			if d := cmp.Diff(any(want), a.JSON()); d != "" {
				t.Errorf("the features (-want +got):\n%s", d)
			}
		}
		same(p.key.Must("GET", at, nil))
		for key := range want {
			for _, on := range []bool{true, false, true} {
				want[key] = on
				same(p.key.Must("PATCH", at, map[string]any{key: on}))
			}
		}
		same(p.key.Must("PATCH", at, map[string]any{}))
		same(p.key.Must("PATCH", at, want))
		want["epics"], want["cycles"] = false, true
		walk(t, []step{
			{p.key, "POST", p.base + "cycles/", map[string]any{"name": "c", "project_id": p.project()}, 201, ""},
			{p.key, "POST", p.base + "modules/", map[string]any{"name": "m"}, 201, ""},
			{p.key, "POST", p.base + "intake-issues/", map[string]any{"issue": map[string]any{"name": "i"}}, 201, ""},
			{p.key, "GET", p.base, nil, 200, `"is_time_tracking_enabled":true,"is_issue_type_enabled":true`},
			{p.key, "PATCH", at, map[string]any{"epics": false, "cycles": "perhaps"}, 400, `{"cycles":["Must be a valid boolean."]}`},
			{p.key, "PATCH", at, map[string]any{"epics": nil}, 400, `{"epics":["This field may not be null."]}`},
			{p.key, "PATCH", at, "[]", 400, ""},
			{p.key, "GET", at, nil, 200, `"epics":true`}, // nothing of what was refused is kept
			{p.key, "PATCH", at, map[string]any{"epics": false}, 200, `"epics":false`},
			{all.elsewhere, "GET", at, nil, 403, ""}, {all.guest, "GET", at, nil, 200, ""},
			{all.outsider, "GET", at, nil, 200, ""}, // it is public
			{all.elsewhere, "PATCH", at, want, 403, ""}, {all.outsider, "PATCH", at, want, 403, ""},
			{all.guest, "PATCH", at, want, 403, ""}, {all.member, "PATCH", at, want, 403, ""},
			{all.admin, "PATCH", at, want, 200, ""},
			{p.person, "PATCH", appPath(p.base), map[string]any{"network": 0}, 200, ""},
			{all.outsider, "GET", at, nil, 404, ""}, // it is secret now
			{p.key, "POST", p.base + "archive/", nil, 204, ""},
			{p.key, "PATCH", at, map[string]any{"epics": true}, 400, "Archived project cannot be updated"},
		})
		same(p.key.Must("GET", at, nil))
	})
}

// What a workspace has switched on is changed by its administrators; what is not there is not switched on.
func TestFeaturesOfAWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "features"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		boss := p.join(t, s, "boss", app.Admin, app.Nobody).WithKey()
		at := p.workspace + "features/"
		want := map[string]any{"project_grouping": false, "initiatives": false, "teams": false, "customers": false,
			"wiki": false, "pi": false, "releases": false, "work_item_types": false, "states_owned_by_workspace": false}
		same := func(a webtest.Answer) {
			t.Helper()
			if d := cmp.Diff(any(want), a.JSON()); d != "" {
				t.Errorf("the features (-want +got):\n%s", d)
			}
		}
		same(p.key.Must("GET", at, nil))
		before := other.key.Must("GET", other.workspace+"features/", nil).Raw
		for _, key := range []string{"project_grouping", "initiatives", "teams", "customers", "wiki", "pi", "releases",
			"work_item_types"} {
			want[key] = true
			same(p.key.Must("PATCH", at, want))
		}
		walk(t, []step{
			{p.key, "PATCH", at, map[string]any{"wiki": false, "work_item_types": true, "pi": 7}, 400, `{"pi":["Must be`},
			{p.key, "PATCH", at, map[string]any{"wiki": false, "states_owned_by_workspace": true}, 400,
				`{"states_owned_by_workspace":["Every project has its own here`},
			{p.key, "PATCH", at, map[string]any{"states_owned_by_workspace": false}, 200, ""},
			{all.elsewhere, "GET", at, nil, 403, ""}, {all.guest, "GET", at, nil, 200, ""},
			{all.guest, "PATCH", at, want, 403, ""}, {all.admin, "PATCH", at, want, 403, ""},
			{boss, "PATCH", at, want, 200, ""},
		})
		same(boss.Must("GET", at, nil))
		if after := other.key.Must("GET", other.workspace+"features/", nil).Raw; string(after) != string(before) {
			t.Errorf("another workspace has %s and had %s", after, before)
		}
	})
}

// appPath is a path of this API in the frontend's.
func appPath(path string) string { return strings.Replace(path, "/v1/", "/", 1) }
