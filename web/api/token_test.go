package api_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func TestAPIKeysAreKeptAsHashes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		made := ann.Must("POST", "/api/users/api-tokens/", map[string]string{"label": "CI"})
		secret, _ := made.At("token").(string)
		if !strings.HasPrefix(secret, "plane_api_") {
			t.Fatalf("the secret is %q", secret)
		}
		rows, err := store.APITokens.List(s.App.DB.Read(t.Context()), dbx.HashExp{})
		if err != nil || len(rows) != 1 || rows[0].Token != app.HashKey(secret) {
			t.Errorf("the database has %+v, %v", rows, err)
		}
		path := "/api/users/api-tokens/" + made.ID() + "/"
		for _, a := range []webtest.Answer{ann.Must("GET", path, nil), ann.Must("GET", "/api/users/api-tokens/", nil),
			ann.Must("PATCH", path, map[string]string{"label": "x"})} {
			if strings.Contains(string(a.Raw), secret) || strings.Contains(string(a.Raw), app.HashKey(secret)) {
				t.Errorf("an answer shows the secret again: %s", a.Raw)
			}
		}
		if a := s.User("ben").Do("DELETE", path, nil); a.Status != 404 {
			t.Errorf("somebody else revoked it: %d", a.Status)
		}
	})
}
