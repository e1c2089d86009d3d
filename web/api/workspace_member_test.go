package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// Nobody changes their own role in a workspace, nor gives one without administering it. Who is made a guest is one in
// all projects; who is put out, or leaves, is out of them all. The last administrator stays, and so does who alone has
// ever been in a project.
func TestRolesInAWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		members := map[string]string{}
		for _, row := range g.ann.Must("GET", "/api/workspaces/ws/members/", nil).JSON().([]any) {
			m := row.(map[string]any)
			members[m["member"].(map[string]any)["display_name"].(string)] = "/api/workspaces/ws/members/" +
				m["id"].(string) + "/"
		}
		role := func(n int) any { return map[string]any{"role": n} }
		const leave = "POST /api/workspaces/ws/members/leave/"
		state := map[string]any{"name": "S", "color": "#000"}
		alone := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "A", "identifier": "A"}).ID() + "/"
		play(t, g.at, []step{
			{g.bea, "PATCH " + members["cid"], role(20), 403, ""},
			{g.cid, "PATCH " + members["cid"], role(20), 403, ""},
			{g.ann, "PATCH " + members["ann"], role(15), 400, "You cannot update your own role"},
			{g.ann, "DELETE " + members["ann"], nil, 400, "You cannot remove yourself from the workspace"},
			{g.bea, "DELETE " + members["cid"], nil, 403, ""},
			{g.bea, "POST states/", state, 200, ""},
			{g.ann, "PATCH " + members["bea"], role(5), 200, `"role":5`},
			{g.bea, "POST states/", map[string]any{"name": "S2", "color": "#000"}, 403, ""}, // a guest of the project too
			{g.ann, "PATCH " + members["bea"], role(20), 200, `"role":20`},
			{g.ann, "PATCH " + members["cid"], role(20), 200, ""},
			{g.cid, "DELETE " + members["dan"], nil, 204, ""},
			{g.dan, "GET issues/", nil, 403, ""},
			{g.dan, "GET /api/workspaces/ws/", nil, 404, ""},
			{g.cid, "DELETE " + members["dan"], nil, 404, ""},
			{g.ann, leave, nil, 400, "projects where you are the only admin"},
			{g.ann, "DELETE " + alone, nil, 204, ""},
			{g.ann, leave, nil, 204, ""},
			{g.ann, "GET issues/", nil, 403, ""},
			{g.bea, leave, nil, 204, ""},
			{g.cid, leave, nil, 400, "you are the only admin of the workspace"},
			{g.cid, "GET issues/", nil, 200, ""},
			{g.eve, leave, nil, 204, ""},
			{g.eve, leave, nil, 403, ""},
		}...)
	})
}
