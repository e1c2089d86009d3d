package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// join makes somebody a member of a place's workspace and, with a role in it, of its project.
func (p place) join(t *testing.T, s *webtest.Server, name string, workspace, project app.Role) *webtest.Client {
	t.Helper()
	c := s.User(name)
	id := strings.Split(p.base, "/")[6]
	if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		row, err := store.Projects.Find(tx, id)
		if err != nil {
			return err
		}
		if err := store.WorkspaceMembers.Insert(tx,
			&store.WorkspaceMember{WorkspaceID: row.WorkspaceID, MemberID: c.User.ID, Role: int(workspace),
				IsActive: true}); err != nil || project == app.Nobody {
			return err
		}
		return store.ProjectMembers.Insert(tx,
			&store.ProjectMember{WorkspaceID: row.WorkspaceID, ProjectID: id, MemberID: &c.User.ID, Role: int(project),
				IsActive: true})
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

// Who made something, and when, is what the credentials say; only a project's administrators may say it of others, who
// are members of the workspace.
func TestNobodySpeaksInAnothersName(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "mine")
		p.key.Must("PATCH", p.base, map[string]any{"guest_view_all_features": true, "cycle_view": true})
		owner, stranger := p.person.User.ID, s.User("stranger").User.ID
		member, guest := p.join(t, s, "member", app.Member, app.Member), p.join(t, s, "guest", app.Guest, app.Guest)
		item := p.item(map[string]any{"name": "own"})
		around, old := p.base+"work-items/"+item+"/", "2001-02-03T04:05:06Z"
		for _, tt := range []struct {
			name   string
			who    *webtest.Client
			path   string
			body   map[string]any
			field  string
			want   string
			status int
		}{
			{"an item", member, p.base + "work-items/", map[string]any{"name": "x", "created_by": owner, "created_at": old},
				"created_by", member.User.ID, 201},
			{"a comment of a guest", guest, around + "comments/",
				map[string]any{"comment_html": "x", "created_by": owner, "created_at": old}, "created_by", guest.User.ID, 201},
			{"a comment's actor", guest, around + "comments/",
				map[string]any{"comment_html": "x", "created_by": owner, "actor": owner}, "actor", guest.User.ID, 201},
			{"a link", member, around + "links/", map[string]any{"url": "https://x.test", "created_by": owner}, "created_by",
				member.User.ID, 201},
			{"a cycle", member, p.base + "cycles/", map[string]any{"name": "x", "owned_by": owner,
				"project_id": strings.Split(p.base, "/")[6]}, "owned_by", member.User.ID, 201},
			{"by an administrator", p.person, around + "comments/",
				map[string]any{"comment_html": "x", "created_by": member.User.ID}, "created_by", member.User.ID, 201},
			{"a link by an administrator", p.person, around + "links/",
				map[string]any{"url": "https://y.test", "created_by": member.User.ID}, "created_by", member.User.ID, 201},
			{"of a stranger", p.person, p.base + "work-items/", map[string]any{"name": "x", "created_by": stranger},
				"created_by", "", 400},
			{"of nobody there is", p.person, around + "comments/",
				map[string]any{"comment_html": "x", "created_by": store.NewID()}, "created_by", "", 400},
		} {
			a := tt.who.WithKey().Do("POST", tt.path, tt.body)
			if a.Status != tt.status || tt.want != "" && a.At(tt.field) != tt.want || tt.status == 400 && a.At(tt.field) == nil {
				t.Errorf("%s: %d %s", tt.name, a.Status, a.Raw)
			}
			if at, _ := a.At("created_at").(string); strings.HasPrefix(at, "2001") {
				t.Errorf("%s is said to be made at %s", tt.name, at)
			}
		}
		for _, row := range p.key.Must("GET", p.base+"work-items/", nil).At("results").([]any) {
			row := row.(map[string]any)
			if row["name"] == "x" &&
				(row["created_by"] != member.User.ID || strings.HasPrefix(row["created_at"].(string), "2001")) {
				t.Errorf("the work item is kept as made by %v at %v", row["created_by"], row["created_at"])
			}
		}
		imported := p.item(map[string]any{"name": "imported", "created_by": member.User.ID, "created_at": old})
		if a := p.key.Must("GET", p.base+"work-items/"+imported+"/", nil); a.At("created_by") != member.User.ID ||
			!strings.HasPrefix(a.At("created_at").(string), "2001") {
			t.Errorf("an administrator imports nothing: %s", a.Raw)
		}
	})
}

// Whoever changes a cycle does not become its owner, and so may not delete it.
func TestCyclesKeepTheirOwner(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "mine")
		p.key.Must("PATCH", p.base, map[string]any{"cycle_view": true})
		member := p.join(t, s, "member", app.Member, app.Member).WithKey()
		cycle := p.key.Must("POST", p.base+"cycles/",
			map[string]any{"name": "theirs", "project_id": strings.Split(p.base, "/")[6]}).ID()
		for _, body := range []map[string]any{{"name": "changed"}, {"owned_by": member.User.ID}} {
			if a := member.Must("PATCH", p.base+"cycles/"+cycle+"/", body); a.At("owned_by") != p.person.User.ID {
				t.Errorf("with %v it is owned by %v", body, a.At("owned_by"))
			}
		}
		if a := member.Do("DELETE", p.base+"cycles/"+cycle+"/", nil); a.Status != 403 {
			t.Errorf("somebody else deletes it: %d", a.Status)
		}
	})
}

// A project is archived by those who administer it; of a secret one others don't learn that it is there.
func TestOutsidersLeaveProjectsAlone(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "mine")
		outsider, member := p.join(t, s, "outsider", app.Member, app.Nobody).WithKey(),
			p.join(t, s, "member", app.Member, app.Member).WithKey()
		ask := func(who *webtest.Client, method, path string, status int) {
			t.Helper()
			if a := who.Do(method, p.base+path, map[string]any{"name": "intruder"}); a.Status != status ||
				strings.Contains(string(a.Raw), "ONE") && status > 299 {
				t.Errorf("%s %s: %d %s", method, path, a.Status, a.Raw)
			}
		}
		ask(outsider, "POST", "archive/", 403)
		ask(outsider, "POST", "labels/", 403)
		ask(outsider, "GET", "summary/", 200)
		ask(member, "POST", "archive/", 403)
		ask(member, "PUT", "work-items/", 405)
		ask(outsider, "PUT", "work-items/", 403)
		p.person.Must("PATCH", strings.Replace(p.base, "/v1/", "/", 1), map[string]any{"network": 0})
		ask(outsider, "POST", "archive/", 404)
		ask(outsider, "POST", "labels/", 404)
		ask(outsider, "GET", "summary/", 404)
		ask(member, "POST", "labels/", 201)
		ask(p.key, "POST", "archive/", 204)
	})
}
