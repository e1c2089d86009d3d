package v1_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// byKey is somebody with a key that an answer has.
func byKey(s *webtest.Server, made webtest.Answer) *webtest.Client {
	secret, _ := made.At("token").(string)
	return s.Stranger().With("X-Api-Key", secret)
}

// A service account is made with a role and projects, works by keys that administrators make and revoke, is shown as a
// bot, and nobody mails it or signs in as it. When it goes, what it did has its name.
func TestServiceAccounts(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "bots")
		at := p.workspace + "service-accounts/"
		other := p.key.Must("POST", p.workspace+"projects/", map[string]any{"name": "two", "identifier": "TWO"}).ID()
		made := p.key.Must("POST", at, map[string]any{"name": "Builds", "project_ids": []string{p.project()}})
		if made.At("is_bot") != true || made.At("bot_type") != "SERVICE_ACCOUNT" || made.At("role") != 15.0 {
			t.Errorf("it is %s", made.Raw)
		}
		one := at + made.ID() + "/"
		key := p.key.Must("POST", one+"keys/",
			map[string]any{"label": "CI", "scopes": []string{"work_items:*", "profile:read"}})
		bot := byKey(s, key)
		item := bot.Must("POST", p.base+"work-items/", map[string]any{"name": "by a bot"})
		for _, tt := range []struct {
			method, path string
			body         any
			status       int
			says         string
		}{
			{"GET", "/api/v1/users/me/", nil, 200, `"display_name":"Builds"`},
			{"GET", p.base + "cycles/", nil, 403, "cycles:read"},
			{"GET", p.workspace + "projects/" + other + "/work-items/", nil, 403, ""},
			{"GET", at, nil, 403, "service_accounts:read"},
		} {
			if a := bot.Do(tt.method, tt.path, tt.body); a.Status != tt.status || !strings.Contains(string(a.Raw), tt.says) {
				t.Errorf("%s %s: %d %s", tt.method, tt.path, a.Status, a.Raw)
			}
		}
		if a := p.key.Must("GET", p.workspace+"members-lite/?is_bot=true", nil); !strings.Contains(string(a.Raw), "Builds") {
			t.Errorf("bots are %s", a.Raw)
		}
		if n := p.key.Must("GET", p.workspace+"projects/"+p.project()+"/", nil).At("total_members"); n != 1.0 {
			t.Errorf("%v people are in the project", n)
		}
		keys := p.key.Must("GET", one+"keys/", nil)
		if raw := string(keys.Raw); !strings.Contains(raw, `"last_used_address":"127.0.0.1"`) || strings.Contains(raw, "plane_api_") {
			t.Errorf("its keys are %s", raw)
		}
		p.key.Must("PATCH", one, map[string]any{"name": "Releases", "project_ids": []string{other}, "project_role": 5})
		if a := bot.Do("GET", p.base+"work-items/", nil); a.Status != 403 {
			t.Errorf("out of the project it is answered %d", a.Status)
		}
		bot.Must("GET", p.workspace+"projects/"+other+"/work-items/", nil)
		p.key.Must("DELETE", one+"keys/"+key.ID()+"/", nil)
		if a := bot.Do("GET", "/api/v1/users/me/", nil); a.Status != http.StatusForbidden {
			t.Errorf("a revoked key is answered %d", a.Status)
		}
		p.key.Must("DELETE", one, nil)
		for path, status := range map[string]int{one: 404, one + "keys/": 404} {
			if a := p.key.Do("GET", path, nil); a.Status != status {
				t.Errorf("%s when it is gone: %d", path, a.Status)
			}
		}
		if a := p.key.Must("GET", p.base+"work-items/"+item.ID()+"/?expand=created_by", nil); !strings.Contains(string(a.Raw), "Releases") {
			t.Errorf("who made it is forgotten: %s", a.Raw)
		}
		logged(t, s, p, app.ServiceAccountMade, app.ServiceAccountChanged, app.ServiceAccountRemoved, app.KeyCreated,
			app.KeyRevoked, app.KeyRefused)
	})
}

// logged wants events in the audit log of the workspace.
func logged(t *testing.T, s *webtest.Server, p place, events ...string) {
	t.Helper()
	if err := audit.Seal(t.Context(), s.App); err != nil {
		t.Fatal(err)
	}
	at := strings.Replace(p.workspace, "v1", "v2", 1) + "audit-logs/?paginate=cursor"
	log := string(p.person.Must("GET", at, nil).Raw)
	for _, event := range events {
		if !strings.Contains(log, `"`+event+`"`) {
			t.Errorf("the audit log has no %s", event)
		}
	}
}

// Who may not make service accounts, and what is no right one.
func TestServiceAccountsAreRefused(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, away := newPlace(s, "bots"), newPlace(s, "away")
		at := p.workspace + "service-accounts/"
		limited := p.person.Bound(store.APIToken{Scopes: store.Texts{"service_accounts:*"}})
		one := at + p.key.Must("POST", at, map[string]any{"name": "Builds"}).ID() + "/"
		for _, tt := range []struct {
			who          *webtest.Client
			method, path string
			body         any
			status       int
			says         string
		}{
			{limited, "POST", at, map[string]any{"name": "x"}, 403, "KEY_LIMITED"},
			{limited, "POST", one + "keys/", map[string]any{"label": "x"}, 403, "KEY_LIMITED"},
			{limited, "PATCH", one, map[string]any{"role": 20}, 403, "KEY_LIMITED"},
			{limited, "GET", one, nil, 200, "Builds"},
			{away.key, "GET", one, nil, 403, ""},
			{away.key, "GET", away.workspace + "service-accounts/" + strings.TrimPrefix(one, at), nil, 404, ""},
			{p.key, "POST", at, map[string]any{}, 400, "name"},
			{p.key, "POST", at, map[string]any{"name": "https://x.example"}, 400, "URLs"},
			{p.key, "POST", at, map[string]any{"name": "x", "role": 7}, 400, "role"},
			{p.key, "POST", at, map[string]any{"name": "x", "project_ids": []string{away.project()}}, 400, "project_ids"},
			{p.key, "POST", one + "keys/", map[string]any{"label": "x", "scopes": []string{"all"}}, 400, "is no scope"},
			{p.key, "POST", one + "keys/", map[string]any{"label": "x", "scopes": []string{}}, 400, "at least one"},
			{p.key, "POST", one + "keys/", map[string]any{"label": "x", "only_projects": []string{p.project()}}, 400,
				"only_workspace"},
			{p.key, "GET", at + p.key.User.ID + "/", nil, 404, ""},
			{p.key, "DELETE", at + p.key.User.ID + "/", nil, 404, ""},
		} {
			if a := tt.who.Do(tt.method, tt.path, tt.body); a.Status != tt.status || !strings.Contains(string(a.Raw), tt.says) {
				t.Errorf("%s %s %v: %d %s", tt.method, tt.path, tt.body, a.Status, a.Raw)
			}
		}
		s.App.Config.Limits.ServiceAccounts = 1
		if a := p.key.Do("POST", at, map[string]any{"name": "x"}); a.Status != 400 || !strings.Contains(string(a.Raw), "at most 1") {
			t.Errorf("one more than there may be: %d %s", a.Status, a.Raw)
		}
	})
}

// With its workspace a service account goes, and its keys.
func TestServiceAccountsGoWithTheirWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "bots")
		at := p.workspace + "service-accounts/"
		one := at + p.key.Must("POST", at, map[string]any{"name": "Builds"}).ID() + "/"
		bot := byKey(s, p.key.Must("POST", one+"keys/", map[string]any{"label": "CI"}))
		bot.Must("GET", "/api/v1/users/me/", nil)
		p.person.Must("DELETE", strings.Replace(p.workspace, "/v1", "", 1), nil)
		if a := bot.Do("GET", "/api/v1/users/me/", nil); a.Status != 403 {
			t.Errorf("its key is answered %d %s", a.Status, a.Raw)
		}
	})
}

// Uses of a key are written down once a minute, however many addresses they come from.
func TestUsesOfKeysAreWrittenOnceAMinute(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "uses")
		p.key.Must("GET", "/api/v1/users/me/", nil)
		writes := 0
		for _, st := range s.Statements(func() {
			for i := range 20 {
				p.key.With("User-Agent", fmt.Sprint("robot/", i)).Must("GET", "/api/v1/users/me/", nil)
			}
		}) {
			if strings.HasPrefix(st.SQL, "UPDATE") && strings.Contains(st.SQL, "api_tokens") {
				writes++
			}
		}
		if writes > 0 {
			t.Errorf("20 requests within a minute wrote %d times", writes)
		}
		change(t, s, p, "api_tokens", dbx.Params{"last_used": s.App.DB.Now().Add(-2 * time.Minute)})
		p.key.With("User-Agent", "robot/21").Must("GET", "/api/v1/users/me/", nil)
		k, err := store.APITokens.First(s.App.DB.Read(t.Context()), dbx.HashExp{"user_id": p.key.User.ID})
		if err != nil || k.LastAddress != "127.0.0.1" || k.LastAgent != "robot/21" {
			t.Errorf("its last use is %q %q, %v", k.LastAddress, k.LastAgent, err)
		}
	})
}
