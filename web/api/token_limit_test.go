package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/web/webtest"
)

const atKeys = "/api/users/api-tokens/"

// The same API that makes keys for Plane's frontend takes what a key is bound to, and changes it; a key that was made
// without any is as it always was.
func TestKeysTakeLimits(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, ben := s.User("ann"), s.User("ben")
		ws := ann.Must("POST", "/api/workspaces/", map[string]any{"name": "A", "slug": "a"}).ID()
		theirs := ben.Must("POST", "/api/workspaces/", map[string]any{"name": "B", "slug": "b"}).ID()
		project := ann.Must("POST", "/api/workspaces/a/projects/", map[string]any{"name": "one", "identifier": "ONE"}).ID()
		plain := ann.Must("POST", atKeys, map[string]any{"label": "as ever"})
		for _, field := range []string{"read_only", "scopes", "only_workspace", "only_projects", "against_policy"} {
			if strings.Contains(string(plain.Raw), field) {
				t.Errorf("a key without limits has %s: %s", field, plain.Raw)
			}
		}
		type m = map[string]any
		for _, tt := range []struct {
			body   m
			status int
			says   string
		}{
			{m{"read_only": true}, 201, `"read_only":true`},
			{m{"scopes": []string{"pages:*", "work_items:read", "pages:*"}}, 201, `"scopes":["pages:*","work_items:read"]`},
			{m{"only_workspace": ws}, 201, `"only_workspace":"` + ws},
			{m{"only_workspace": ws, "only_projects": []string{project}}, 201, `"only_projects":["` + project},
			{m{"scopes": nil, "only_workspace": nil, "only_projects": nil}, 201, ""},
			{m{"scopes": []string{"pages"}}, 400, "is no scope"},
			{m{"scopes": []string{"*:write"}}, 400, "is no scope"},
			{m{"scopes": []string{}}, 400, "at least one"},
			{m{"scopes": "pages:*"}, 400, "scopes"},
			{m{"only_workspace": theirs}, 400, "only_workspace"},
			{m{"only_workspace": "a"}, 400, "only_workspace"},
			{m{"only_projects": []string{project}}, 400, "only_workspace"},
			{m{"only_workspace": ws, "only_projects": []string{theirs}}, 400, "only_projects"},
		} {
			tt.body["label"] = "x"
			if a := ann.Do("POST", atKeys, tt.body); a.Status != tt.status || !strings.Contains(string(a.Raw), tt.says) {
				t.Errorf("%v: %d %s", tt.body, a.Status, a.Raw)
			}
		}
		secret, _ := plain.At("token").(string)
		key := s.Stranger().With("X-Api-Key", secret)
		key.Must("POST", "/api/v1/workspaces/a/projects/", m{"name": "two", "identifier": "TWO"})
		ann.Must("PATCH", atKeys+plain.ID()+"/", m{"scopes": []string{"projects:read"}})
		if a := key.Do("POST", "/api/v1/workspaces/a/projects/", m{"name": "three"}); a.Status != 403 ||
			!strings.Contains(string(a.Raw), "This key lacks the scope projects:write.") {
			t.Errorf("a key that was narrowed is answered %d %s", a.Status, a.Raw)
		}
		ann.Must("PATCH", atKeys+plain.ID()+"/", m{"scopes": nil, "label": "wide"})
		key.Must("POST", "/api/v1/workspaces/a/projects/", m{"name": "three", "identifier": "THR"})
		for _, path := range []string{atKeys, "/api/users/me/"} { // a key is none where sessions are asked for
			if a := key.Do("GET", path, nil); a.Status != 401 {
				t.Errorf("%s by a key: %d", path, a.Status)
			}
		}
	})
}

// What the settings do not let anybody make is refused with the reason; what is there stays, and is shown.
func TestPolicyOfKeys(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		old := ann.Must("POST", atKeys, map[string]any{"label": "old"})
		now := s.App.DB.Now()
		soon, late := now.AddDate(0, 0, 29).Format(time.RFC3339), now.AddDate(0, 0, 40).Format(time.RFC3339)
		scopes := []string{"pages:read"}
		for _, tt := range []struct {
			name string
			set  func()
			body map[string]any
			says string // empty: it is made
		}{
			{"an end is wanted", func() { s.App.Config.Keys.Endless = false }, map[string]any{}, "Keys have to end here."},
			{"an end is there", nil, map[string]any{"expired_at": late}, ""},
			{"of a month", func() { s.App.Config.Keys.MaxDays = 30 }, map[string]any{"expired_at": late}, "at most 30 days"},
			{"within it", nil, map[string]any{"expired_at": soon}, ""},
			{"none", nil, map[string]any{}, "after at most 30 days"},
			{"scopes are wanted", func() { s.App.Config.Keys.ScopedOnly = true }, map[string]any{"expired_at": soon}, "their scopes"},
			{"scopes are there", nil, map[string]any{"expired_at": soon, "scopes": scopes}, ""},
		} {
			if tt.set != nil {
				tt.set()
			}
			tt.body["label"] = tt.name
			a := ann.Do("POST", atKeys, tt.body)
			if tt.says == "" && a.Status != 201 || tt.says != "" && (a.Status != 400 || !strings.Contains(string(a.Raw), tt.says)) {
				t.Errorf("%s: %d %s", tt.name, a.Status, a.Raw)
			}
		}
		if a := ann.Must("GET", atKeys+old.ID()+"/", nil); a.At("against_policy") != "Keys have to end here, after at most 30 days." {
			t.Errorf("the old key is %s", a.Raw)
		}
		secret, _ := old.At("token").(string)
		s.Stranger().With("X-Api-Key", secret).Must("GET", "/api/v1/users/me/", nil)
		ann.Must("PATCH", atKeys+old.ID()+"/", map[string]any{"label": "older"})
	})
}
