package v1_test

import (
	"context"
	"testing"

	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// However an account was closed, its keys are closed with it; those that were ended stay so when it opens again.
func TestKeysOfClosedAccounts(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		write := func(fn func(t *store.Tx) error) {
			t.Helper()
			if err := s.App.DB.Write(context.Background(), "", fn); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			name  string
			close func(c *webtest.Client)
			ended bool
		}{
			{"by its owner", func(c *webtest.Client) { c.Must("DELETE", "/api/users/me/", nil) }, true},
			{"by a command", func(c *webtest.Client) {
				if err := user.Disable(t.Context(), s.App, c.User); err != nil {
					t.Fatal(err)
				}
			}, true},
			{"in the database", func(c *webtest.Client) {
				write(func(t *store.Tx) error {
					u := *c.User
					u.IsActive = false
					return store.Users.Update(t, &u, "is_active")
				})
			}, false},
		} {
			u := user.New(store.NewID() + "@sailplane.test")
			write(func(t *store.Tx) error { return user.Insert(t, u) })
			person := s.SignIn(u)
			key := person.WithKey()
			key.Must("GET", "/api/v1/users/me/", nil)
			tt.close(person)
			for _, try := range []struct {
				method, path string
				body         any
			}{
				{"GET", "/api/v1/users/me/", nil}, {"GET", "/api/v1/workspaces/w/projects/", nil},
				{"POST", "/api/v1/assets/user-assets/",
					map[string]any{"name": "a.png", "type": "image/png", "size": 10, "entity_type": "USER_AVATAR"}},
			} {
				if a := key.Do(try.method, try.path, try.body); a.Status != 403 ||
					a.At("detail") != "Given API token is not valid" {
					t.Errorf("closed %s: %s %s: %d %s", tt.name, try.method, try.path, a.Status, a.Raw)
				}
			}
			if a := person.Do("GET", "/api/users/me/", nil); a.Status != 401 {
				t.Errorf("closed %s: the session: %d", tt.name, a.Status)
			}
			again, err := user.Find(t.Context(), s.App, *u.Email)
			if err != nil {
				t.Fatal(err)
			}
			if err := user.Reactivate(t.Context(), s.App, again); err != nil {
				t.Fatal(err)
			}
			if a := key.Do("GET", "/api/v1/users/me/", nil); (a.Status == 403) != tt.ended {
				t.Errorf("closed %s and opened again: the key: %d", tt.name, a.Status)
			}
		}
	})
}

// More keys are not more requests, and nobody makes a key of theirs a service's.
func TestLimitsArePerPerson(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, ben := s.User("ann"), s.User("ben")
		s.App.Config.Limits.APIKeyPerMinute, s.App.Config.Limits.ServicePerMinute = 6, 1000
		passed := 0
		for range 5 {
			made := ann.Must("POST", "/api/users/api-tokens/", map[string]any{"label": "k"})
			changed := ann.Must("PATCH", "/api/users/api-tokens/"+made.ID()+"/",
				map[string]any{"is_service": true, "allowed_rate_limit": "1000/min"})
			if changed.At("is_service") != false || changed.At("allowed_rate_limit") != "60/min" {
				t.Errorf("a key gives itself a higher limit: %s", changed.Raw)
			}
			secret, _ := made.At("token").(string)
			for range 4 {
				if s.Stranger().With("X-Api-Key", secret).Do("GET", "/api/v1/users/me/", nil).Status == 200 {
					passed++
				}
			}
		}
		if passed != 6 {
			t.Errorf("5 keys of a person made %d requests within a limit of 6", passed)
		}
		if a := ben.WithKey().Do("GET", "/api/v1/users/me/", nil); a.Status != 200 {
			t.Errorf("somebody else: %d", a.Status)
		}
	})
}
