package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

func TestJoiningByInvitation(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, ben := s.User("ann"), s.User("ben")
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "Acme", "slug": "acme"})
		members := "/api/workspaces/acme/members/"
		if a := ben.Do("GET", members, nil); a.Status != 403 {
			t.Fatalf("a stranger sees the members: %d %s", a.Status, a.Raw)
		}
		ann.Must("POST", "/api/workspaces/acme/invitations/",
			map[string]any{"emails": []any{map[string]any{"email": "Ben@sailplane.test", "role": 5}}})
		mine := ben.Must("GET", "/api/users/me/workspaces/invitations/", nil).JSON().([]any)
		if len(mine) != 1 {
			t.Fatalf("ben has %d invitations, want 1", len(mine))
		}
		ben.Must("POST", "/api/users/me/workspaces/invitations/",
			map[string]any{"invitations": []any{mine[0].(map[string]any)["id"]}})
		if a := ben.Do("GET", members, nil); a.Status != 200 || len(a.JSON().([]any)) != 2 {
			t.Errorf("the new member sees %d %s, want two members", a.Status, a.Raw)
		}
		if a := ben.Do("GET", "/api/users/me/workspaces/", nil); a.JSON().([]any)[0].(map[string]any)["role"] != 5.0 {
			t.Errorf("the new member's workspaces: %s", a.Raw)
		}
		if a := ben.Do("POST", "/api/workspaces/acme/invitations/",
			map[string]any{"emails": []any{map[string]any{"email": "x@sailplane.test"}}}); a.Status != 403 {
			t.Errorf("a guest may invite: %d %s", a.Status, a.Raw)
		}
	})
}
