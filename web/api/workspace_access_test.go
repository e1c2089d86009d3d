package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// crew is a workspace of ann's in which ben is a member.
func crew(t *testing.T, s *webtest.Server) (ann, ben *webtest.Client, ws, membership string) {
	t.Helper()
	ann, ben = s.User("ann"), s.User("ben")
	ann.Must("POST", "/api/workspaces/", map[string]any{"name": "Acme", "slug": "acme"})
	ws = "/api/workspaces/acme/"
	ann.Must("POST", ws+"invitations/",
		map[string]any{"emails": []any{map[string]any{"email": "ben@sailplane.test", "role": 15}}})
	mine := ben.Must("GET", "/api/users/me/workspaces/invitations/", nil).JSON().([]any)
	ben.Must("POST", "/api/users/me/workspaces/invitations/",
		map[string]any{"invitations": []any{mine[0].(map[string]any)["id"]}})
	return ann, ben, ws, ben.Must("GET", ws+"workspace-members/me/", nil).ID()
}

// Roles are cached: each change must be seen by the very next request.
func TestRolesChangeAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, ben, ws, membership := crew(t, s)
		expect := func(after, path string, status int) {
			t.Helper()
			if a := ben.Do("GET", path, nil); a.Status != status {
				t.Errorf("%s: GET %s is %d %s, want %d", after, path, a.Status, a.Raw, status)
			}
		}
		expect("as a member", ws+"user-favorites/", 200)
		ann.Must("PATCH", ws+"members/"+membership+"/", map[string]any{"role": 5})
		expect("made a guest", ws+"user-favorites/", 403)
		expect("made a guest", ws+"members/", 200)
		ann.Must("PATCH", ws+"members/"+membership+"/", map[string]any{"role": 20})
		expect("made an administrator", ws+"webhooks/", 200)
		ann.Must("DELETE", ws+"members/"+membership+"/", nil)
		expect("removed", ws+"members/", 403)
		expect("removed", ws, 404)
	})
}

func TestAWorkspaceMovesAndGoesAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, ben, ws, _ := crew(t, s)
		moved := "/api/workspaces/moved/"
		ann.Must("PATCH", ws, map[string]any{"slug": "moved"})
		if a := ben.Do("GET", ws+"members/", nil); a.Status != 403 {
			t.Errorf("under the old slug: %d %s", a.Status, a.Raw)
		}
		ben.Must("GET", moved+"members/", nil)
		ann.Must("DELETE", moved, nil)
		if a := ben.Do("GET", moved+"members/", nil); a.Status != 403 {
			t.Errorf("deleted: %d %s", a.Status, a.Raw)
		}
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "Again", "slug": "moved"})
		if a := ben.Do("GET", moved+"members/", nil); a.Status != 403 {
			t.Errorf("members of the one before are in the new one: %d %s", a.Status, a.Raw)
		}
	})
}

// What people keep is their own: nobody else reads or changes it, not even administrators.
func TestKeptThingsArePrivate(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, ben, ws, _ := crew(t, s)
		for path, body := range map[string]map[string]any{
			"quick-links/":    {"url": "https://example.com"},
			"stickies/":       {"name": "Note"},
			"user-favorites/": {"entity_type": "folder", "name": "Folder", "is_folder": true},
		} {
			one := ws + path + ben.Must("POST", ws+path, body).ID() + "/"
			for _, method := range []string{"PATCH", "DELETE"} {
				if a := ann.Do(method, one, map[string]any{"name": "Mine", "title": "Mine"}); a.Status != 403 && a.Status != 404 {
					t.Errorf("%s %s of somebody else: %d %s", method, path, a.Status, a.Raw)
				}
			}
			ben.Must("PATCH", one, map[string]any{"name": "Still here", "title": "Still here"})
		}
	})
}

func TestWebhooksStayOutside(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, _, ws, _ := crew(t, s)
		for _, url := range []string{"http://127.0.0.1:9/x", "http://[::1]/x", "http://10.0.0.1/", "http://169.254.169.254/",
			"http://[::ffff:10.0.0.1]/",
			"http://0.0.0.0/", "file:///etc/passwd", "http://"} {
			if a := ann.Do("POST", ws+"webhooks/", map[string]any{"url": url}); a.Status != 400 {
				t.Errorf("%s is taken: %d %s", url, a.Status, a.Raw)
			}
		}
	})
}
