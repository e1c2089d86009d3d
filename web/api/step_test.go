package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// step is a request, and what it has to be answered with.
type step struct {
	who    *webtest.Client
	does   string // method and path
	with   any    // the body; nil: none
	status int
	says   string // a part of the answer
}

// play sends one request after the other; paths that begin with no slash are below base.
func play(t *testing.T, base string, steps ...step) {
	t.Helper()
	for n, s := range steps {
		method, path, _ := strings.Cut(s.does, " ")
		if !strings.HasPrefix(path, "/") {
			path = base + path
		}
		a := s.who.Do(method, path, s.with)
		if a.Status != s.status || !strings.Contains(string(a.Raw), s.says) {
			t.Errorf("step %d: %s as %s with %v: %d %.400s, want %d %s", n, s.does, s.who.User.Username, s.with, a.Status,
				a.Raw, s.status, s.says)
		}
	}
}

// team is a workspace with a project: ann administers both; bea, a member of the workspace, administers the project
// too; cid is a member of both, dan a guest of both, eve a member of the workspace alone, fay a guest of it alone.
type team struct {
	ann, bea, cid, dan, eve, fay *webtest.Client
	project, at                  string // its id, and the path below which its operations are
}

func newTeam(t *testing.T, s *webtest.Server) *team {
	t.Helper()
	g := &team{ann: s.User("ann"), bea: s.User("bea"), cid: s.User("cid"), dan: s.User("dan"), eve: s.User("eve"),
		fay: s.User("fay")}
	workspace(t, s, g.ann, g.bea, g.cid, g.dan, g.eve, g.fay)
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		_, err := tx.Exec("UPDATE workspace_members SET role = ? WHERE member_id IN (?, ?)", app.Guest, g.dan.User.ID,
			g.fay.User.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	g.project = g.ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "cycle_view": true,
		"module_view": true, "page_view": true, "issue_views_view": true, "intake_view": true}).ID()
	g.at = wsProjects + g.project + "/"
	g.ann.Must("POST", g.at+"members/", map[string]any{"members": []any{
		map[string]any{"member_id": g.bea.User.ID, "role": 20}, map[string]any{"member_id": g.cid.User.ID, "role": 15},
		map[string]any{"member_id": g.dan.User.ID, "role": 5}}})
	return g
}

// membership is the path of a person's membership in the project.
func (g *team) membership(t *testing.T, who *webtest.Client) string {
	t.Helper()
	for _, m := range g.ann.Must("GET", g.at+"members/", nil).JSON().([]any) {
		if row := m.(map[string]any); row["member"] == who.User.ID {
			return "members/" + row["id"].(string) + "/"
		}
	}
	t.Fatalf("%s is not in the project", who.User.Username)
	return ""
}

// item makes a work item and returns its id.
func (g *team) item(fields map[string]any) string {
	if fields["name"] == nil {
		fields["name"] = "item"
	}
	return g.ann.Must("POST", g.at+"issues/", fields).ID()
}

// states are the ids of the project's states by their groups.
func (g *team) states() map[string]string {
	ids := map[string]string{}
	for _, row := range g.ann.Must("GET", g.at+"states/", nil).JSON().([]any) {
		state := row.(map[string]any)
		ids[state["group"].(string)] = state["id"].(string)
	}
	return ids
}
