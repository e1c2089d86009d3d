package v1_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Each request by key is one row: who, what and how it ended, without any secret. Requests by session are none.
func TestRequestsByKeyAreLogged(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		key := "plane_api_" + store.NewID()
		token := &store.APIToken{Token: app.HashKey(key), Label: "script", UserID: ann.User.ID, IsActive: true}
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { return store.APITokens.Insert(tx, token) })
		if err != nil {
			t.Fatal(err)
		}
		with := s.Stranger().With("X-Api-Key", key, "User-Agent", "curl/8")
		ann.Do("GET", "/api/users/me/", nil)
		s.Stranger().Do("GET", "/api/v1/users/me/", nil)
		with.Do("GET", "/api/v1/users/me/?expand=x&token=SECRET", nil)
		with.Do("POST", "/api/v1/workspaces/none/projects/", map[string]any{"name": "BODY"})
		s.Stranger().With("Authorization", "Bearer "+key).Do("GET", "/api/v1/nothing/", nil)
		s.Stranger().With("X-Api-Key", "WRONGKEY").Do("GET", "/api/v1/users/me/", nil)
		if err := s.App.FlushAPILog(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, err := store.APIActivityLogs.List(s.App.DB.Read(t.Context()), dbx.NewExp("1 = 1"), "created_at")
		if err != nil || len(rows) != 4 {
			t.Fatalf("%d rows, want 4, %v", len(rows), err)
		}
		for _, l := range rows {
			for _, text := range []string{l.TokenIdentifier, l.Path, deref(l.QueryParams), deref(l.UserAgent),
				deref(l.Headers), deref(l.Body), deref(l.ResponseBody)} {
				for _, secret := range []string{key, app.HashKey(key), "SECRET", "BODY", "WRONGKEY"} {
					if strings.Contains(text, secret) {
						t.Errorf("%q has a secret in it", text)
					}
				}
			}
		}
		me := rows[0]
		if me.TokenIdentifier != token.ID || deref(me.CreatedByID) != ann.User.ID || me.Method != "GET" ||
			me.Path != "/api/v1/users/me/" || deref(me.QueryParams) != "expand=x&token=***" || me.ResponseCode != 200 ||
			deref(me.IPAddress) != "127.0.0.1" ||
			deref(me.UserAgent) != "curl/8" {
			t.Errorf("%+v", me)
		}
		if rows[1].ResponseCode < 400 || rows[2].ResponseCode != 404 || rows[3].ResponseCode != 403 ||
			rows[3].TokenIdentifier != "unknown" ||
			rows[3].CreatedByID != nil {
			t.Errorf(
				"%d %d %d %s",
				rows[1].ResponseCode,
				rows[2].ResponseCode,
				rows[3].ResponseCode,
				rows[3].TokenIdentifier,
			)
		}
		s.App.Config.Retention.APILogDays = 0
		with.Do("GET", "/api/v1/users/me/", nil)
		if err := s.App.FlushAPILog(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := store.APIActivityLogs.Count(s.App.DB.Read(t.Context()), dbx.NewExp("1 = 1")); n != 4 ||
			err != nil {
			t.Errorf("turned off, %d rows, %v", n, err)
		}
	})
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
