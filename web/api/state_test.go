package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// defaults lists the names of the states that new work items begin with.
func (g *team) defaults() (names []string) {
	for _, row := range g.ann.Must("GET", g.at+"states/", nil).JSON().([]any) {
		if state := row.(map[string]any); state["default"] == true {
			names = append(names, state["name"].(string))
		}
	}
	return names
}

// Of the states of a project one is the default, whichever way another one becomes it, and it is not deleted. Neither
// is one that work items are in.
func TestTheDefaultStateAndThoseInUseStay(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		state := func(name string, more ...any) string {
			body := map[string]any{"name": name, "color": "#fff"}
			for n := 0; n < len(more); n += 2 {
				body[more[n].(string)] = more[n+1]
			}
			return "states/" + g.ann.Must("POST", g.at+"states/", body).ID() + "/"
		}
		one := func(after, want string) {
			t.Helper()
			if got := g.defaults(); len(got) != 1 || got[0] != want {
				t.Errorf("after %s the defaults are %q, not %s", after, got, want)
			}
		}
		one("nothing", "Backlog")
		a, b := state("A", "default", true), state("B", "group", "started")
		one("making A as it", "A")
		g.ann.Must("PATCH", g.at+b, map[string]any{"default": true})
		one("changing B", "B")
		g.ann.Must("POST", g.at+a+"mark-default/", nil)
		one("marking A", "A")
		g.ann.Must("PATCH", g.at+b, map[string]any{"name": "B2"})
		one("renaming B", "A")
		item := g.item(map[string]any{})
		if got := g.ann.Must("GET", g.at+"issues/"+item+"/", nil).At("state_id"); "states/"+got.(string)+"/" != a {
			t.Errorf("a new work item begins in %v", got)
		}
		play(t, g.at, []step{
			{g.ann, "DELETE " + a, nil, 400, "Default state cannot be deleted"},
			{g.ann, "POST " + b + "mark-default/", nil, 204, ""},
			{g.ann, "DELETE " + a, nil, 400, "The state is not empty"},
			{g.ann, "DELETE issues/" + item + "/", nil, 204, ""},
			{g.cid, "DELETE " + a, nil, 403, ""},
			{g.ann, "DELETE " + a, nil, 204, ""},
			{g.ann, "GET " + a, nil, 404, ""},
			{g.ann, "DELETE " + a, nil, 404, ""},
		}...)
	})
}

// Names of states are one of a project, and the intake's hidden state is nobody's to make, change or delete.
func TestNamesOfStates(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		hidden := "states/" + g.ann.Must("GET", g.at+"intake-state/", nil).ID() + "/"
		named := func(name string) map[string]any { return map[string]any{"name": name, "color": "#fff"} }
		mine := "states/" + g.ann.Must("POST", g.at+"states/", named("Mine")).ID() + "/"
		const taken = "The state name is already taken"
		play(t, g.at, []step{
			{g.ann, "POST states/", named("Mine"), 400, taken},
			{g.ann, "POST " + other + "states/", named("Mine"), 200, ""},
			{g.ann, "PATCH " + mine, map[string]any{"name": "Backlog"}, 400, taken},
			{g.ann, "PATCH " + mine, map[string]any{"name": "Mine"}, 200, ""},
			{g.ann, "POST states/", map[string]any{"color": "#fff"}, 400, `"name":["This field is required."]`},
			{g.ann, "POST states/", named(""), 400, `"name":["This field may not be blank."]`},
			{g.ann, "POST states/", map[string]any{"name": "T", "color": "#fff", "group": "triage"}, 400,
				"Cannot create triage state"},
			{g.ann, "POST states/", map[string]any{"name": "T", "color": "#fff", "group": "later"}, 400,
				"is not a valid choice"},
			{g.ann, "PATCH " + mine, map[string]any{"group": "triage"}, 400, "Cannot create triage state"},
			{g.ann, "PATCH " + hidden, named("Shown"), 404, ""},
			{g.ann, "DELETE " + hidden, nil, 404, ""},
			{g.cid, "POST states/", named("By a member"), 403, ""},
			{g.cid, "PATCH " + mine, map[string]any{"color": "#000"}, 200, `"color":"#000"`},
			{g.dan, "PATCH " + mine, map[string]any{"color": "#111"}, 403, ""},
			{g.dan, "GET " + mine, nil, 200, `"color":"#000"`},
			{g.ann, "PATCH " + other + mine, named("Elsewhere"), 404, ""},
			{g.ann, "DELETE " + mine, nil, 204, ""},
			{g.ann, "POST states/", named("Mine"), 200, ""}, // a deleted one's name is free
		}...)
	})
}
