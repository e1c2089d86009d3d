package api_test

import (
	"context"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const wsProjects = "/api/workspaces/ws/projects/"

// workspace makes the workspace "ws" with its people: the first one is its administrator, the others members.
func workspace(t *testing.T, s *webtest.Server, people ...*webtest.Client) {
	t.Helper()
	err := s.App.DB.Write(context.Background(), people[0].User.ID, func(t *store.Tx) error {
		w := &store.Workspace{Name: "ws", Slug: "ws", OwnerID: people[0].User.ID, Timezone: "UTC"}
		if err := store.Workspaces.Insert(t, w); err != nil {
			return err
		}
		role := 20
		for _, p := range people {
			m := &store.WorkspaceMember{Role: role, MemberID: p.User.ID, WorkspaceID: w.ID, IsActive: true}
			if err := store.WorkspaceMembers.Insert(t, m); err != nil {
				return err
			}
			role = 15
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatAProjectBeginsWith(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		first := ann.Must("POST", wsProjects, map[string]any{"name": "First", "identifier": "one"})
		second := ann.Must("POST", wsProjects, map[string]any{"name": "Second", "identifier": "TWO", "project_lead": bob.User.ID})
		if first.At("identifier") != "ONE" || first.At("sort_order") != 65535.0 || second.At("sort_order") != 55535.0 {
			t.Errorf("first %s\nsecond %s", first.Raw, second.Raw)
		}
		at := wsProjects + second.ID() + "/"
		if n := len(ann.Must("GET", at+"states/", nil).JSON().([]any)); n != 5 {
			t.Errorf("%d states", n)
		}
		if me := bob.Must("GET", at+"project-members/me/", nil); me.At("role") != 20.0 {
			t.Errorf("the lead: %s", me.Raw)
		}
		if a := bob.Do("GET", wsProjects+first.ID()+"/", nil); a.Status != 409 {
			t.Errorf("a public project from outside: %d %s", a.Status, a.Raw)
		}
		ann.Must("POST", wsProjects+first.ID()+"/members/", map[string]any{"members": []any{map[string]any{"member_id": bob.User.ID, "role": 15}}})
		if list := bob.Must("GET", wsProjects+"details/", nil).JSON().([]any); len(list) != 2 {
			t.Errorf("bob sees %v", list)
		}
		bob.Must("POST", wsProjects+first.ID()+"/archive/", nil)
		if a := bob.Do("GET", wsProjects+first.ID()+"/", nil); a.Status != 404 {
			t.Errorf("archived: %d %s", a.Status, a.Raw)
		}
		stranger := ann.Do("PATCH", at, map[string]any{"project_lead": "00000000-0000-0000-0000-000000000000"})
		if stranger.Status != 400 {
			t.Errorf("a lead from nowhere: %d %s", stranger.Status, stranger.Raw)
		}
	})
}
