package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// Names of labels are one of their project in letters of either case; labels stand below others of the project, never
// below themselves, and go with what is above them. Work items lose what is deleted.
func TestLabelsOfAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		label := func(name string, parent any) map[string]any { return map[string]any{"name": name, "parent": parent} }
		made := func(at, name string, parent any) string {
			return g.ann.Must("POST", at+"issue-labels/", label(name, parent)).ID()
		}
		top := made(g.at, "Top", nil)
		low := made(g.at, "Low", top)
		leaf, beside := made(g.at, "Leaf", low), made(g.at, "Beside", nil)
		abroad := made(other, "Abroad", nil)
		item := g.item(map[string]any{"label_ids": []string{leaf, beside}})
		at := "issue-labels/"
		play(t, g.at, []step{
			{g.ann, "POST " + at, label("Top", nil), 400, ""},
			{g.ann, "POST " + at, label("tOP", nil), 400, "LABEL_NAME_ALREADY_EXISTS"},
			{g.ann, "POST " + other + at, label("Top", nil), 201, ""},
			{g.ann, "POST " + at, label("X", abroad), 400, "object does not exist"},
			{g.ann, "POST " + at, label("", nil), 400, "may not be blank"},
			{g.ann, "PATCH " + at + low + "/", map[string]any{"name": "Top"}, 400, "Label with the same name already exists"},
			{g.ann, "PATCH " + at + low + "/", map[string]any{"name": "LOW"}, 200, `"name":"LOW"`}, // its own
			{g.ann, "PATCH " + at + top + "/", map[string]any{"parent": leaf}, 400, "parent"},
			{g.ann, "PATCH " + at + top + "/", map[string]any{"parent": top}, 400, "parent"},
			{g.ann, "PUT " + at + top + "/", map[string]any{"color": "#fff"}, 400, `"name":["This field is required."]`},
			{g.ann, "PUT " + at + top + "/", map[string]any{"name": "Top", "color": "#fff"}, 200, `"color":"#fff"`},
			{g.ann, "GET " + other + at + top + "/", nil, 404, "No Label matches"},
			{g.ann, "DELETE " + other + at + top + "/", nil, 404, ""},
			{g.cid, "POST " + at, label("By a member", nil), 403, ""},
			{g.cid, "PATCH " + at + top + "/", map[string]any{"name": "X"}, 403, ""},
			{g.cid, "DELETE " + at + top + "/", nil, 403, ""},
			{g.dan, "GET " + at + top + "/", nil, 200, `"name":"Top"`},
			{g.eve, "GET " + at + top + "/", nil, 404, ""},
			{g.eve, "GET " + at, nil, 200, "[]"}, // of a project that one is not in
		}...)
		read(t, g.at, list{g.dan, at, "name", "Top LOW Leaf Beside"})
		g.bea.Must("DELETE", g.at+at+top+"/", nil)
		read(t, g.at, list{g.dan, at, "name", "Beside"})
		play(t, g.at, []step{
			{g.ann, "GET issues/" + item + "/", nil, 200, `"label_ids":["` + beside + `"]`},
			{g.ann, "GET " + at + leaf + "/", nil, 404, ""},
			{g.ann, "POST " + at, label("Leaf", nil), 201, ""}, // the name is free again
		}...)
	})
}

// Of many labels that are made at once those whose name is taken are left out.
func TestManyLabelsAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		g.ann.Must("POST", g.at+"issue-labels/", map[string]any{"name": "A"})
		body := map[string]any{"label_data": []any{map[string]any{"name": "A"}, map[string]any{"name": "B"},
			map[string]any{"name": "B"}, map[string]any{}}}
		play(t, g.at, []step{
			{g.cid, "POST bulk-create-labels/", body, 403, ""},
			{g.ann, "POST bulk-create-labels/", body, 201, `"name":"B"`},
		}...)
		read(t, g.at, list{g.ann, "issue-labels/", "~name", "A B Migrated"})
	})
}

// The labels and states of the workspace are those of the projects that one is in.
func TestLabelsAndStatesOfTheWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		secret := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		g.ann.Must("POST", g.at+"issue-labels/", map[string]any{"name": "open"})
		g.ann.Must("POST", secret+"issue-labels/", map[string]any{"name": "secret"})
		g.estimated("points", "1")
		const ws = "/api/workspaces/ws/"
		read(t, ws, []list{
			{g.ann, "labels/", "~name", "open secret"},
			{g.cid, "labels/", "~name", "open"},
			{g.dan, "labels/", "~name", "open"},
			{g.eve, "labels/", "~name", ""},
			{g.cid, "states/", "~group", "backlog unstarted started completed cancelled"},
			{g.eve, "states/", "~group", ""},
			{g.cid, "estimates/", "name", "E"},
			{g.eve, "estimates/", "name", ""},
		}...)
		g.ann.Must("POST", g.at+"archive/", map[string]any{})
		read(t, ws, list{g.cid, "states/", "group", ""})
	})
}

// A point that is deleted leaves its work items to another one of the estimate, or to none, and those behind it move
// up.
func TestPointsOfAnEstimate(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		p := g.estimated("points", "1", "2", "3")
		one := "estimates/" + p[""] + "/estimate-points/"
		small, big := g.item(map[string]any{"estimate_point": p["1"]}), g.item(map[string]any{"estimate_point": p["3"]})
		point := func(key any, value any) any { return map[string]any{"key": key, "value": value} }
		play(t, g.at, []step{
			{g.cid, "POST " + one, point(0, "5"), 400, "Key and value are required"},
			{g.cid, "POST " + one, point(4, ""), 400, "Key and value are required"},
			{g.cid, "POST estimates/" + unknownID + "/estimate-points/", point(4, "5"), 404, ""},
			{g.dan, "POST " + one, point(4, "5"), 403, ""},
			{g.cid, "POST " + one, point(4, "5"), 200, `"value":"5"`},
			{g.cid, "PATCH " + one + p["2"] + "/", map[string]any{}, 400, "Estimate points are required"},
			{g.cid, "PATCH " + one + p["2"] + "/", map[string]any{"value": "123456789012345678901"}, 400, "20 characters"},
			{g.cid, "PATCH " + one + p["2"] + "/", map[string]any{"value": "two"}, 200, `"value":"two"`},
			{g.cid, "PATCH " + one + unknownID + "/", map[string]any{"value": "x"}, 404, ""},
			{g.dan, "DELETE " + one + p["1"] + "/", nil, 403, ""},
			{g.cid, "DELETE " + one + p["1"] + "/", map[string]any{"new_estimate_id": unknownID}, 404, ""},
			{g.ann, "GET issues/" + small + "/", nil, 200, `"estimate_point":"` + p["1"] + `"`},
			{g.cid, "DELETE " + one + p["1"] + "/", map[string]any{"new_estimate_id": p["2"]}, 200, `"key":1`},
			{g.ann, "GET issues/" + small + "/", nil, 200, `"estimate_point":"` + p["2"] + `"`},
			{g.cid, "DELETE " + one + p["3"] + "/", nil, 200, `"key":2`},
			{g.ann, "GET issues/" + big + "/", nil, 200, `"estimate_point":null`},
			{g.cid, "DELETE " + one + p["3"] + "/", nil, 404, ""},
		}...)
		read(t, g.at, []list{
			{g.cid, "project-estimates/", "value", "5 two"},
			{g.cid, "project-estimates/", "key", "2 1"},
			{g.dan, "estimates/", "name", "E"},
		}...)
		g.ann.Must("PATCH", g.at, map[string]any{"estimate": nil})
		read(t, g.at, list{g.cid, "project-estimates/", "value", ""})
	})
}
