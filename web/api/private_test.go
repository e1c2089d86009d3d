package api_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Who was put out of a project, and then of the workspace, learns no more of what is called how there now, also not by
// what they did there once.
func TestFormerMembersReadNothing(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		owner, member := s.User("owner"), s.User("member")
		owner.Must("POST", "/api/workspaces/", map[string]any{"name": "Left", "slug": "left", "organization_size": "2-10"})
		const w = "/api/workspaces/left/"
		p := w + "projects/" + owner.Must("POST", w+"projects/",
			map[string]any{"name": "Secret", "identifier": "SEC", "network": 0}).ID() + "/"
		put := func(table string, active bool) {
			t.Helper()
			if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.ForgetAll()
				_, err := tx.Exec("UPDATE "+table+" SET is_active = ? WHERE member_id = ?", active, member.User.ID)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		admit(t, s, "left", strings.Split(p, "/")[5], member, app.Member)
		item := p + "issues/" + owner.Must("POST", p+"issues/", map[string]any{"name": "before"}).ID() + "/"
		member.Must("PATCH", item, map[string]any{"priority": "high"})
		member.Must("POST", item+"comments/", map[string]any{"comment_html": "<p>x</p>"})
		mine := p + "issues/" + member.Must("POST", p+"issues/", map[string]any{"name": "mine"}).ID() + "/"
		if a := member.Must("GET", "/api/users/me/activities/", nil); !strings.Contains(string(a.Raw), "before") {
			t.Fatalf("a member has done nothing: %s", a.Raw)
		}
		reads := []string{"/api/users/me/activities/", w + "user-activity/" + member.User.ID + "/",
			w + "users/notifications/", w + "recent-visits/", "/api/users/me/workspaces/left/dashboard/?month=1",
			w + "user-issues/" + member.User.ID + "/", w + "search/?search=after", item, mine, w + "user-favorites/"}
		for _, table := range []string{"project_members", "workspace_members"} {
			put(table, false)
			owner.Must("PATCH", item, map[string]any{"name": "after " + table})
			owner.Must("PATCH", mine, map[string]any{"name": "after " + table})
			for _, path := range reads {
				if a := member.Do("GET", path, nil); strings.Contains(string(a.Raw), "after") ||
					strings.Contains(string(a.Raw), "Secret") {
					t.Errorf("without %s %s: %d %.300s", table, path, a.Status, a.Raw)
				}
			}
			for _, method := range []string{"PATCH", "DELETE"} {
				if a := member.Do(method, mine, map[string]any{"name": "still mine"}); a.Status != 403 {
					t.Errorf("without %s %s of what one made: %d", table, method, a.Status)
				}
			}
		}
	})
}

func admit(t *testing.T, s *webtest.Server, slug, project string, c *webtest.Client, role app.Role) {
	t.Helper()
	if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		p, err := store.Projects.Find(tx, project)
		if err != nil {
			return err
		}
		if err := store.WorkspaceMembers.Insert(tx,
			&store.WorkspaceMember{WorkspaceID: p.WorkspaceID, MemberID: c.User.ID, Role: int(role),
				IsActive: true}); err != nil {
			return err
		}
		return store.ProjectMembers.Insert(tx,
			&store.ProjectMember{WorkspaceID: p.WorkspaceID, ProjectID: project, MemberID: &c.User.ID, Role: int(role),
				IsActive: true})
	}); err != nil {
		t.Fatalf("admit to %s: %v", slug, err)
	}
}

// What only the server sets of a key is passed over.
func TestKeysAreNoServices(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		c := s.User("ann")
		sent := map[string]any{"label": "mine", "is_service": true, "allowed_rate_limit": "9000/min", "user_type": 1,
			"is_active": false}
		id := c.Must("POST", "/api/users/api-tokens/", sent).ID()
		c.Must("PATCH", "/api/users/api-tokens/"+id+"/", sent)
		k, err := store.APITokens.Find(s.App.DB.Read(t.Context()), id)
		if err != nil {
			t.Fatal(err)
		}
		if k.IsService || k.AllowedRateLimit != "60/min" || k.UserType != 0 || !k.IsActive || k.UserID != c.User.ID {
			t.Errorf("the key is %+v", k)
		}
	})
}
