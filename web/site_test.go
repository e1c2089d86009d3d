package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What a page of another site makes a browser do with somebody's session is refused, whatever its body is; what our
// own pages, the configured frontends and programs do is not, and keys are no browser's.
func TestRequestsOfOtherSites(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		own := strings.TrimPrefix(s.URL, "http://")
		ann := s.User("ann")
		key := ann.WithKey()
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "w"})
		s.App.Config.Web.AppURL, s.App.Config.Web.AdminURL, s.App.Config.Web.SpaceURL = "https://App.test:443/",
			"https://admin.test:8443", ""
		for _, tt := range []struct {
			name   string
			header []string
			passes bool
		}{
			{"a program", nil, true},
			{"our page", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://" + own}, true},
			{"our page behind a proxy that ends TLS", []string{"Sec-Fetch-Site", "same-origin", "Origin", "https://" + own},
				true},
			{"our page in an older browser", []string{"Origin", "http://" + own}, true},
			{"our page in an older browser behind TLS", []string{"Origin", "https://" + own}, true},
			{"a typed address", []string{"Sec-Fetch-Site", "none"}, true},
			{"our page behind a proxy that keeps the host to itself",
				[]string{"Sec-Fetch-Site", "same-origin", "Origin", "https://plane.test"}, true},
			{"the app elsewhere", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://app.test"}, true},
			{"the administrators' pages elsewhere", []string{"Sec-Fetch-Site", "same-site", "Origin", "https://admin.test:8443"},
				true},
			{"another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false},
			{"another site that hides", []string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, false},
			{"another site without an origin", []string{"Sec-Fetch-Site", "cross-site"}, false},
			{"another site in an older browser", []string{"Origin", "https://evil.example"}, false},
			{"a hidden site in an older browser", []string{"Origin", "null"}, false},
			{"a sibling host", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://evil." + own}, false},
			{"another port", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, false},
			{"the app's host by another scheme", []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://app.test"}, false},
			{"a host that begins as the app's", []string{"Origin", "https://app.test.evil.example"}, false},
			{"a made up value", []string{"Sec-Fetch-Site", "same-planet", "Origin", "https://evil.example"}, false},
		} {
			for _, b := range []struct{ kind, body string }{
				{"application/json", `{"label": "x"}`}, {"", `{"label": "x"}`}, {"application/x-www-form-urlencoded", "label=x"},
				{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"label\"\r\n\r\nx\r\n--b--\r\n"},
			} {
				a := ann.With(tt.header...).Send("POST", "/api/users/api-tokens/", b.kind, strings.NewReader(b.body))
				if passed := a.Status == http.StatusCreated; passed != tt.passes || !passed && a.Status != http.StatusForbidden {
					t.Errorf("%s, as %q: %d %s", tt.name, b.kind, a.Status, a.Raw)
				}
			}
			for _, o := range []struct {
				method, path string
				body         any
			}{
				{"PATCH", "/api/users/me/", map[string]any{"first_name": "A"}},
				{"PUT", "/api/workspaces/w/", map[string]any{"name": "W", "slug": "w"}},
				{"DELETE", "/api/users/api-tokens/00000000-0000-0000-0000-000000000000/", nil},
			} {
				a := ann.With(tt.header...).Do(o.method, o.path, o.body)
				if refused := a.Status == http.StatusForbidden; refused == tt.passes {
					t.Errorf("%s: %s %s: %d %s", tt.name, o.method, o.path, a.Status, a.Raw)
				}
			}
			if a := ann.With(tt.header...).Do("GET", "/api/users/me/", nil); a.Status != 200 {
				t.Errorf("%s reads: %d %s", tt.name, a.Status, a.Raw)
			}
			if a := key.With(tt.header...).Do("POST", "/api/v1/workspaces/w/projects/", map[string]any{}); a.Status != 400 {
				t.Errorf("%s, with a key: %d %s", tt.name, a.Status, a.Raw)
			}
			if a := s.Stranger().With(tt.header...).Do("POST", "/auth/email-check/",
				map[string]any{"email": "x"}); a.Status == 403 {
				t.Errorf("%s, by nobody: %d %s", tt.name, a.Status, a.Raw)
			}
			form := url.Values{"csrfmiddlewaretoken": {strings.Repeat("t", 64)}, "email": {"x"}, "password": {"y"}}
			for _, path := range []string{"/auth/sign-in/", "/auth/spaces/sign-in/", "/auth/sign-out/",
				"/api/instances/admins/sign-in/"} {
				a := s.Stranger().With("Cookie", "csrftoken="+strings.Repeat("t", 64)).With(tt.header...).
					Send("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
				if passed := a.Status == http.StatusFound; passed != tt.passes {
					t.Errorf("%s: the form of %s: %d", tt.name, path, a.Status)
				}
			}
		}
	})
}

// Nothing that somebody is told of themselves is kept by a cache; our own pages stand in no frame.
func TestWhatCachesAndFramesMayDo(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "w"})
		key := ann.WithKey()
		for _, path := range []string{"/api/users/me/", "/api/users/me/workspaces/", "/api/workspaces/w/members/",
			"/api/workspaces/none/members/", "/api/instances/", "/auth/get-csrf-token/", "/api/users/api-tokens/"} {
			a := ann.Do("GET", path, nil)
			if path == "/api/instances/" { // the administrators' pages have a session of their own
				continue
			}
			if got := a.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("%s: Cache-Control %q", path, got)
			}
		}
		if got := key.Do("GET", "/api/v1/users/me/", nil).Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("with a key: Cache-Control %q", got)
		}
		for path, a := range map[string]webtest.Answer{
			"/console/setup/": s.Stranger().Do("GET", "/console/setup/", nil),
			"/auth/sign-in/":  s.Stranger().Do("POST", "/auth/sign-in/", nil),
		} {
			for header, want := range map[string]string{"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
				"Referrer-Policy": "same-origin"} {
				if got := a.Header.Get(header); got != want {
					t.Errorf("%s: %s is %q", path, header, got)
				}
			}
			if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") ||
				!strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: Content-Security-Policy %q", path, csp)
			}
		}
	})
}

// The administrators' session counts below /api/instances/ and nowhere else, whatever a workspace is called.
func TestWorkspacesNamedLikeTheAdministratorsPages(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		for _, slug := range []string{"my-instances", "instancesx", "x-instances-y"} {
			ann.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "new"})
			renamed := func(t *store.Tx) error { // a slug of before they were refused
				_, err := t.Exec("UPDATE workspaces SET slug = ? WHERE slug = 'new'", slug)
				return err
			}
			if err := s.App.DB.Write(t.Context(), "", renamed); err != nil {
				t.Fatal(err)
			}
			ann.Must("GET", "/api/workspaces/"+slug+"/members/", nil)
			ann.Must("GET", "/api/users/me/workspaces/"+slug+"/project-roles/", nil)
		}
		if a := ann.Do("GET", "/api/instances/admins/me/", nil); a.Status != 401 {
			t.Errorf("the app's session opens the administrators' pages: %d", a.Status)
		}
	})
}
