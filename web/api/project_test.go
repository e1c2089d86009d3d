package api_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		second := ann.Must("POST", wsProjects,
			map[string]any{"name": "Second", "identifier": "TWO", "project_lead": bob.User.ID})
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
		ann.Must("POST", wsProjects+first.ID()+"/members/",
			map[string]any{"members": []any{map[string]any{"member_id": bob.User.ID, "role": 15}}})
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

// PUT changes what it says, wants more than PATCH, and moves or deletes no project.
func TestPuttingAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		made := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "description": "stays"})
		at, home := wsProjects+made.ID()+"/", made.At("workspace")
		body := map[string]any{"name": "Put", "identifier": "put", "workspace": home, "deleted_at": nil}

		if a := ann.Must("PUT", at, body); a.At("name") != "Put" || a.At("identifier") != "PUT" ||
			a.At("description") != "stays" {
			t.Errorf("put: %s", a.Raw)
		}
		if a := bob.Do("PUT", at, body); a.Status != 403 {
			t.Errorf("put by somebody else: %d %s", a.Status, a.Raw)
		}
		nowhere := "00000000-0000-0000-0000-000000000000"
		for _, tt := range []struct {
			method, path string
			body         map[string]any
			status       int
			want         map[string]any
		}{
			{"PUT", at, map[string]any{"archive_in": 99}, 400, map[string]any{
				"name": []any{"This field is required."}, "identifier": []any{"This field is required."},
				"workspace": []any{"This field is required."}, "deleted_at": []any{"This field is required."},
				"archive_in": []any{"Ensure this value is less than or equal to 12."}}},
			{"PUT", at, map[string]any{"name": "No!", "identifier": "P/T", "workspace": nowhere,
				"deleted_at": "2020-01-01T00:00:00Z"}, 400, map[string]any{
				"identifier": []any{"PROJECT_IDENTIFIER_CANNOT_CONTAIN_SPECIAL_CHARACTERS"},
				"workspace":  []any{`Invalid pk "` + nowhere + `" - object does not exist.`},
				"deleted_at": []any{"Projects are deleted with DELETE."}}},
			{"PUT", wsProjects + nowhere + "/", body, 404, map[string]any{"detail": "No Project matches the given query."}},
			{"PATCH", at, map[string]any{"inbox_view": "maybe", "archive_in": 99, "project_lead": nowhere}, 400, map[string]any{
				"intake_view":  []any{"Must be a valid boolean."},
				"archive_in":   []any{"Ensure this value is less than or equal to 12."},
				"project_lead": []any{`Invalid pk "` + nowhere + `" - object does not exist.`}}},
			{"POST", at + "issue-labels/", map[string]any{"color": []any{}, "parent": nowhere}, 400, map[string]any{
				"name":   []any{"This field is required."},
				"color":  []any{"Not a valid string."},
				"parent": []any{`Invalid pk "` + nowhere + `" - object does not exist.`}}},
		} {
			a := ann.Do(tt.method, tt.path, tt.body)
			if diff := cmp.Diff(any(tt.want), a.JSON()); a.Status != tt.status || diff != "" {
				t.Errorf("%s %s: %d (-want +got):\n%s", tt.method, tt.path, a.Status, diff)
			}
		}
	})
}

func TestHowOnesMembershipLooks(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		ann.Must("POST", at+"project-views/",
			map[string]any{"view_props": map[string]any{"a": 1}, "sort_order": 77.5, "role": 5})
		ann.Must("POST", at+"project-views/", map[string]any{})
		me := ann.Must("GET", at+"project-members/me/", nil)
		if diff := cmp.Diff(map[string]any{"a": 1.0}, me.At("view_props")); diff != "" || me.At("sort_order") != 77.5 ||
			me.At("role") != 20.0 {
			t.Errorf("membership: %s", me.Raw)
		}
		for _, tt := range []struct {
			who    *webtest.Client
			path   string
			status int
			answer string
		}{
			{bob, at + "project-views/", 403, `{"error":"Forbidden"}`},
			{ann, wsProjects + "00000000-0000-0000-0000-000000000000/project-views/", 404,
				`{"error":"The required object does not exist."}`},
			{s.User("cid"), "/api/workspaces/ws/workspace-views/", 404, `{"error":"The required object does not exist."}`},
			{ann, "/api/workspaces/nowhere/workspace-views/", 404, `{"error":"The required object does not exist."}`},
		} {
			if a := tt.who.Do("POST", tt.path, map[string]any{}); a.Status != tt.status || string(a.Raw) != tt.answer {
				t.Errorf("%s: %d %s, want %d %s", tt.path, a.Status, a.Raw, tt.status, tt.answer)
			}
		}
	})
}
