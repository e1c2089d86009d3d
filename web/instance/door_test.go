package instance_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

const strong = "Sturdy-Walrus-2219!"

// administrator sets the installation up and returns its administrator, signed in to the administrators' pages.
func administrator(t *testing.T, s *webtest.Server) (*webtest.Client, *store.User) {
	t.Helper()
	u, err := instance.CreateAdmin(t.Context(), s.App,
		user.Draft{Email: "admin@sailplane.test", Password: strong, FirstName: "A"}, "Tests")
	if err != nil {
		t.Fatal(err)
	}
	return asAdministrator(t, s, u), u
}

// asAdministrator is somebody with a session of the administrators' pages.
func asAdministrator(t *testing.T, s *webtest.Server, u *store.User) *webtest.Client {
	t.Helper()
	key := "admin-session-of-" + u.ID
	if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		return store.Sessions.Insert(tx,
			&store.Session{SessionKey: app.HashKey(key), UserID: &u.ID, ExpireDate: tx.Now.Add(user.AdminSessionLife)})
	}); err != nil {
		t.Fatal(err)
	}
	cookie := &http.Cookie{Name: web.AdminSessionCookie, Value: key}
	return s.Stranger().With("Cookie", cookie.String())
}

// Every operation of the administrators is closed to strangers, to people of the app, to keys, to administrators' own
// sessions of the app, and to whoever has an administrators' session but no such role.
func TestOnlyAdministratorsOperate(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, u := administrator(t, s)
		ann := s.User("ann")
		others := map[string]*webtest.Client{
			"a stranger": s.Stranger(), "somebody of the app": ann, "a key": ann.WithKey(),
			"somebody with the cookie of an administrator": asAdministrator(t, s, ann.User),
		}
		for _, op := range []struct {
			method, path string
			body         any
			want         int // for an administrator
		}{
			{"PATCH", "", map[string]any{"instance_name": "Mine"}, 200},
			{"GET", "admins/me/", nil, 200},
			{"GET", "admins/", nil, 200},
			{"POST", "admins/", map[string]any{"email": "nobody@sailplane.test"}, 404},
			{"DELETE", "admins/" + store.NewID() + "/", nil, 204},
			{"GET", "configurations/", nil, 200},
			{"PATCH", "configurations/", map[string]any{"ENABLE_SIGNUP": "0"}, 200},
			{"DELETE", "configurations/disable-email-feature/", nil, 200},
			{"GET", "workspaces/", nil, 200},
			{"POST", "workspaces/", map[string]any{"name": "W", "slug": "w", "organization_size": "2-10"}, 201},
			{"GET", "workspace-slug-check/?slug=free", nil, 200},
			{"POST", "email-credentials-check/", map[string]any{}, 400},
		} {
			path := "/api/instances/" + op.path
			for name, who := range others {
				if a := who.Do(op.method, path, op.body); a.Status != 401 && a.Status != 403 {
					t.Errorf("%s: %s %s: %d %.200s", name, op.method, path, a.Status, a.Raw)
				}
			}
			if a := admin.Do(op.method, path, op.body); a.Status != op.want {
				t.Errorf("an administrator: %s %s: %d %.300s, want %d", op.method, path, a.Status, a.Raw, op.want)
			}
		}
		if a := s.Stranger().Must("GET", "/api/instances/", nil); a.At("instance.instance_name") != "Mine" ||
			a.At("config.enable_signup") != false {
			t.Errorf("what was set is not told: %s", a.Raw)
		}
		if got := admin.Must("GET", "/api/instances/admins/session/", nil).At("user.id"); got != u.ID {
			t.Errorf("the session is of %v", got)
		}
		for name, who := range others {
			if a := who.Must("GET", "/api/instances/admins/session/", nil); a.At("is_authenticated") != false ||
				a.At("user") != nil {
				t.Errorf("%s has a session: %s", name, a.Raw)
			}
		}
	})
}

// Secrets are sealed in the database and shown to administrators in the clear; nobody else reads any of them.
func TestSecretSettings(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := administrator(t, s)
		const secret = "a very secret word"
		sealed := []string{"EMAIL_HOST_PASSWORD", "GOOGLE_CLIENT_SECRET", "GITHUB_CLIENT_SECRET", "GITLAB_CLIENT_SECRET",
			"LLM_API_KEY", "UNSPLASH_ACCESS_KEY"}
		body := map[string]any{"EMAIL_HOST": "  mail.test ", "NO_SUCH_SETTING": "x", "EMAIL_PORT": 2525,
			"ENABLE_SIGNUP": true}
		for _, key := range sealed {
			body[key] = secret
		}
		admin.Must("PATCH", "/api/instances/configurations/", body)
		shown := map[any]any{}
		for _, row := range admin.Must("GET", "/api/instances/configurations/", nil).JSON().([]any) {
			row := row.(map[string]any)
			shown[row["key"]] = row["value"]
		}
		for _, key := range sealed {
			if shown[key] != secret {
				t.Errorf("%s is shown as %v", key, shown[key])
			}
			row, err := store.InstanceConfigurations.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"key": key})
			if err != nil {
				t.Fatal(err)
			}
			if !row.IsEncrypted || row.Value == nil || *row.Value == "" || strings.Contains(*row.Value, secret) {
				t.Errorf("%s is kept as %v, sealed: %v", key, row.Value, row.IsEncrypted)
			}
		}
		for key, want := range map[string]any{"EMAIL_HOST": "mail.test", "EMAIL_PORT": "2525", "ENABLE_SIGNUP": "True",
			"NO_SUCH_SETTING": nil} {
			if shown[key] != want {
				t.Errorf("%s is %v, want %v", key, shown[key], want)
			}
		}
		a := s.Stranger().Must("GET", "/api/instances/", nil)
		if strings.Contains(string(a.Raw), secret) || a.At("config.has_llm_configured") != true ||
			a.At("config.is_smtp_configured") != true {
			t.Errorf("strangers are told %s", a.Raw)
		}
		admin.Must("DELETE", "/api/instances/configurations/disable-email-feature/", nil)
		for _, row := range admin.Must("GET", "/api/instances/configurations/", nil).JSON().([]any) {
			row := row.(map[string]any)
			if row["key"] == "EMAIL_HOST_PASSWORD" && row["value"] != "" && row["value"] != nil {
				t.Errorf("the forgotten mail server's password is %v", row["value"])
			}
		}
		if a := s.Stranger().Must("GET", "/api/instances/", nil); a.At("config.is_smtp_configured") != false {
			t.Error("the forgotten mail server is told to be set")
		}
		for _, bad := range []string{"[]", `"x"`, "7", "{"} {
			if a := admin.Do("PATCH", "/api/instances/configurations/", bad); a.Status != 400 {
				t.Errorf("settings %s: %d %s", bad, a.Status, a.Raw)
			}
		}
	})
}

// Administrators are made of people who are there, once; the role ends at once, and its session with it.
func TestAdministratorsComeAndGo(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := administrator(t, s)
		ann := s.User("ann")
		all := "/api/instances/admins/"
		made := admin.Must("POST", all, map[string]any{"email": " Ann@Sailplane.TEST "})
		if made.At("user_detail.email") != "ann@sailplane.test" {
			t.Errorf("made: %s", made.Raw)
		}
		second := asAdministrator(t, s, ann.User)
		second.Must("GET", all, nil)
		for _, tt := range []struct {
			body any
			want int
		}{
			{map[string]any{"email": "ann@sailplane.test"}, 409},
			{map[string]any{"email": ""}, 400}, {map[string]any{"email": nil}, 400}, {map[string]any{}, 400},
			{map[string]any{"email": "nobody@sailplane.test"}, 400},
		} {
			if a := admin.Do("POST", all, tt.body); a.Status != tt.want && (a.Status < 400 || a.Status >= 500) {
				t.Errorf("%v: %d %s", tt.body, a.Status, a.Raw)
			}
		}
		if got := len(admin.Must("GET", all, nil).JSON().([]any)); got != 2 {
			t.Errorf("there are %d administrators, want 2", got)
		}
		admin.Must("DELETE", all+made.ID()+"/", nil)
		if a := second.Do("GET", all, nil); a.Status != 403 && a.Status != 401 {
			t.Errorf("a former administrator: %d %s", a.Status, a.Raw)
		}
	})
}

// A workspace is made under a slug that is free, well formed and not one of the app's own pages.
func TestSlugsOfWorkspaces(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := administrator(t, s)
		body := func(slug any) map[string]any {
			return map[string]any{"name": fmt.Sprint("Name of ", slug), "slug": slug, "organization_size": "2-10"}
		}
		all := "/api/instances/workspaces/"
		for slug, want := range map[string]int{"good": 201, "with-dash_and9": 201, "UPPER": 201, "with blank": 400,
			"with/slash": 400, "": 400, "dots.not": 400, "ünïcode": 400, "api": 400, "god-mode": 400, "login": 400,
			strings.Repeat("s", 49): 400} {
			if a := admin.Do("POST", all, body(slug)); a.Status != want {
				t.Errorf("slug %q: %d %s, want %d", slug, a.Status, a.Raw, want)
			}
		}
		if a := admin.Do("POST", all, body("good")); a.Status < 400 || a.Status >= 500 {
			t.Errorf("the slug a second time: %d %s", a.Status, a.Raw)
		}
		for slug, want := range map[string]bool{"good": false, "other": true, "api": false, "god-mode": false} {
			if a := admin.Must("GET", "/api/instances/workspace-slug-check/?slug="+slug, nil); a.At("status") != want {
				t.Errorf("slug %q is free: %v", slug, a.At("status"))
			}
		}
		for query, want := range map[string]int{"": 3, "?search=good": 1, "?search=nothing": 0, "?per_page=2": 2,
			"?per_page=2&cursor=2:1:0": 1} {
			if got, _ := admin.Must("GET", all+query, nil).At("results").([]any); len(got) != want {
				t.Errorf("workspaces %q: %d, want %d", query, len(got), want)
			}
		}
		if a := admin.Do("GET", all+"?per_page=11", nil); a.Status != 400 {
			t.Errorf("a page of 11: %d", a.Status)
		}
	})
}
