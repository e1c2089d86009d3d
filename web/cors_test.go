package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

const tools = "https://tools.example.org"

// allowed is what a browser would be told: the origin, whether with credentials, and whether caches keep origins apart.
func allowed(a webtest.Answer) (origin string, credentials, varies bool) {
	return a.Header.Get("Access-Control-Allow-Origin"), a.Header.Get("Access-Control-Allow-Credentials") != "",
		slices.ContainsFunc(a.Header.Values("Vary"), func(v string) bool { return strings.Contains(v, "Origin") })
}

func TestOriginsThatAreNamedReadTheAPI(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		key := ann.WithKey()
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "w"})
		const one, two = "/api/v1/workspaces/w/projects/", "/api/workspaces/w/projects/"
		if origin, _, varies := allowed(key.With("Origin", tools).Do("GET", one, nil)); origin != "" || varies {
			t.Errorf("off by default, and answers %q", origin)
		}
		s.App.Config.Server.CORSOrigins = []string{tools, "https://app.example.org"}
		s.App.Config.Web.AppURL = "https://app.example.org"
		for _, tt := range []struct {
			name, origin string
			reads, lends bool
		}{
			{"named", tools, true, false},
			{"the frontend's", "https://app.example.org", true, true},
			{"another", "https://evil.example", false, false},
			{"a sibling's", "https://x.tools.example.org", false, false},
			{"one that begins so", tools + ".evil.example", false, false},
			{"another scheme", "http://tools.example.org", false, false},
			{"another port", tools + ":8443", false, false},
			{"hidden", "null", false, false},
			{"none", "", false, false},
		} {
			var header []string
			if tt.origin != "" {
				header = []string{"Origin", tt.origin}
			}
			for _, c := range []struct {
				who    string
				client *webtest.Client
				path   string
				status int
			}{
				{"a key", key, one, 200}, {"a session", ann, two, 200}, {"nobody", s.Stranger(), two, 401},
				{"nobody with no key", s.Stranger(), one, 401},
			} {
				a := c.client.With(header...).Do("GET", c.path, nil)
				origin, credentials, varies := allowed(a)
				reads := origin == tt.origin && origin != ""
				if a.Status != c.status || reads != tt.reads || credentials != tt.lends || !varies {
					t.Errorf("%s, %s at %s: %d, %q, credentials %v, varies %v", tt.name, c.who, c.path, a.Status, origin,
						credentials, varies)
				}
			}
			for _, path := range []string{one, two, "/auth/get-csrf-token/"} {
				a := s.Stranger().With(append(header, "Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers",
					"x-api-key")...).Do("OPTIONS", path, nil)
				origin, credentials, _ := allowed(a)
				if tt.reads && (a.Status != http.StatusNoContent || origin != tt.origin || credentials != tt.lends ||
					!strings.Contains(a.Header.Get("Access-Control-Allow-Methods"), "PATCH") ||
					!strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "X-Api-Key") ||
					!strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "Authorization")) {
					t.Errorf("%s asks before %s: %d %v", tt.name, path, a.Status, a.Header)
				}
				if !tt.reads && (a.Status == http.StatusNoContent || origin != "" || a.Header.Get("Access-Control-Allow-Methods") != "") {
					t.Errorf("%s asks before %s: %d %v", tt.name, path, a.Status, a.Header)
				}
			}
		}
		// What a session writes is looked at once more: a page that may read with a key may not write with a session.
		made := map[string]any{"name": "P", "identifier": "P"}
		page := []string{"Origin", tools, "Sec-Fetch-Site", "cross-site"}
		if a := ann.With(page...).Do("POST", two, made); a.Status != http.StatusForbidden {
			t.Errorf("a page of another site writes with a session: %d %s", a.Status, a.Raw)
		}
		if a := key.With(page...).Do("POST", one, made); a.Status != http.StatusCreated {
			t.Errorf("with a key: %d %s", a.Status, a.Raw)
		}
		// Preflights count for no limit and are no operation; an OPTIONS that is none is answered as ever.
		if a := s.Stranger().With("Origin", tools).Do("OPTIONS", two, nil); a.Status == http.StatusNoContent {
			t.Errorf("an OPTIONS that asks for nothing: %d", a.Status)
		}
	})
}

// A key in Authorization is the same key as in X-Api-Key, with the same rights, refusals and limits.
func TestKeysAsBearer(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "w"})
		key, _ := ann.Must("POST", "/api/users/api-tokens/", map[string]any{"label": "k"}).At("token").(string)
		const path = "/api/v1/workspaces/w/projects/"
		for _, tt := range []struct {
			name   string
			header []string
			status int
		}{
			{"X-Api-Key", []string{"X-Api-Key", key}, 200},
			{"Bearer", []string{"Authorization", "Bearer " + key}, 200},
			{"in small letters", []string{"Authorization", "bearer  " + key + " "}, 200},
			{"both, the other for a proxy", []string{"X-Api-Key", key, "Authorization", "Bearer other"}, 200},
			{"both, the first wrong", []string{"X-Api-Key", "other", "Authorization", "Bearer " + key}, 403},
			{"a wrong key", []string{"Authorization", "Bearer plane_api_0"}, 403},
			{"no key", []string{"Authorization", "Bearer"}, 401},
			{"another scheme", []string{"Authorization", "Basic " + key}, 401},
			{"no scheme", []string{"Authorization", key}, 401},
			{"nothing", nil, 401},
		} {
			if a := s.Stranger().With(tt.header...).Do("GET", path, nil); a.Status != tt.status {
				t.Errorf("%s: %d %s", tt.name, a.Status, a.Raw)
			}
		}
		if a := s.Stranger().With("Authorization", "Bearer "+key).Do("GET", "/api/users/me/", nil); a.Status != 401 {
			t.Errorf("what the frontend uses: %d", a.Status)
		}
		s.App.Config.Limits.APIKeyPerMinute = 4
		var left []string
		for n := range 5 {
			header := []string{"X-Api-Key", key}
			if n%2 == 1 {
				header = []string{"Authorization", "Bearer " + key}
			}
			a := s.Stranger().With(header...).Do("GET", path, nil)
			left = append(left, a.Header.Get("X-RateLimit-Remaining"))
			if over := a.Status == http.StatusTooManyRequests; over != (n == 4) {
				t.Errorf("request %d: %d", n, a.Status)
			}
		}
		if got := strings.Join(left, " "); got != "3 2 1 0 0" {
			t.Errorf("left: %s", got)
		}
	})
}
