package v1_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A key opens as long as it is there, active and not expired, and its owner's account is open; each is looked at with
// every request.
func TestWhenAKeyOpens(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "keys")
		now := s.App.DB.Now()
		for _, tt := range []struct {
			name   string
			table  string
			change dbx.Params
			opens  bool
		}{
			{"as it was made", "", nil, true},
			{"expires later", "api_tokens", dbx.Params{"expired_at": now.Add(time.Hour)}, true},
			{"has expired", "api_tokens", dbx.Params{"expired_at": now.Add(-time.Second)}, false},
			{"never expires", "api_tokens", dbx.Params{"expired_at": nil}, true},
			{"is switched off", "api_tokens", dbx.Params{"is_active": false}, false},
			{"is switched on", "api_tokens", dbx.Params{"is_active": true}, true},
			{"is deleted", "api_tokens", dbx.Params{"deleted_at": now}, false},
			{"is there again", "api_tokens", dbx.Params{"deleted_at": nil}, true},
			{"its owner's account is closed", "users", dbx.Params{"is_active": false}, false},
			{"its owner's account is open", "users", dbx.Params{"is_active": true}, true},
		} {
			if tt.table != "" {
				change(t, s, p, tt.table, tt.change)
			}
			a := p.key.Do("GET", p.workspace+"projects/", nil)
			if opened := a.Status == http.StatusOK; opened != tt.opens {
				t.Errorf("a key that %s: %d %s", tt.name, a.Status, a.Raw)
			}
		}
	})
}

// change writes to the key, or to its owner's account.
func change(t *testing.T, s *webtest.Server, p place, table string, to dbx.Params) {
	t.Helper()
	err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		tx.ForgetAll()
		user := p.key.User.ID
		if table == "users" {
			return store.Users.SetWhere(tx, to, dbx.HashExp{"id": user})
		}
		if deleted, there := to["deleted_at"]; there {
			_, err := tx.Exec("UPDATE api_tokens SET deleted_at = ? WHERE user_id = ?", deleted, user)
			return err
		}
		return store.APITokens.SetWhere(tx, to, dbx.HashExp{"user_id": user})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What another system calls a thing is one thing's of its kind in a project: a second one is refused with the id of the
// first, and so is a change into it.
func TestWhatOtherSystemsCallThings(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "origins")
		other := p.workspace + "projects/" + p.key.Must("POST", p.workspace+"projects/",
			map[string]any{"name": "two", "identifier": "TWO"}).ID() + "/"
		for _, base := range []string{p.base, other} {
			p.key.Must("PATCH", base, map[string]any{"cycle_view": true, "module_view": true})
		}
		for kind, more := range map[string]map[string]any{
			"work-items/": {}, "labels/": {}, "states/": {"color": "#fff"}, "cycles/": {}, "modules/": {},
		} {
			body := func(name, id, source string) map[string]any {
				body := map[string]any{"name": name, "external_id": id, "external_source": source}
				for k, v := range more {
					body[k] = v
				}
				return body
			}
			projectOf := func(body map[string]any, base string) map[string]any {
				if kind == "cycles/" {
					body["project_id"] = base[len(p.workspace+"projects/") : len(base)-1]
				}
				return body
			}
			first := p.key.Must("POST", p.base+kind, projectOf(body("first", "7", "jira"), p.base)).ID()
			for _, tt := range []struct {
				name       string
				base       string
				id, source string
				status     int
				names      bool // the first one's id is in the answer
			}{
				{name: "same", base: p.base, id: "7", source: "jira", status: 409, names: true},
				{name: "another id", base: p.base, id: "8", source: "jira", status: 201},
				{name: "another source", base: p.base, id: "7", source: "github", status: 201},
				{name: "another project", base: other, id: "7", source: "jira", status: 201},
			} {
				a := p.key.Do("POST", tt.base+kind, projectOf(body(tt.name, tt.id, tt.source), tt.base))
				if status := a.Status; status != tt.status && (status != 200 || tt.status != 201) {
					t.Errorf("%s %s: %d %s, want %d", kind, tt.name, a.Status, a.Raw, tt.status)
				}
				if tt.names && a.At("id") != first {
					t.Errorf("%s %s: the answer names %v, not %s", kind, tt.name, a.At("id"), first)
				}
			}
			second := p.key.Must("POST", p.base+kind, projectOf(body("second", "9", "jira"), p.base)).ID()
			if a := p.key.Do("PATCH", p.base+kind+second+"/", map[string]any{"external_id": "7"}); a.Status != 409 {
				t.Errorf("%s changed into the first: %d %s", kind, a.Status, a.Raw)
			}
			p.key.Must("PATCH", p.base+kind+first+"/", map[string]any{"external_id": "7", "name": "first again"})
		}
	})
}
