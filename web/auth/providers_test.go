package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// fakes are the four providers in one, by the names of their hosts: what each says of somebody, verified or not.
type fakes struct {
	verified bool
	moved    string // where the token endpoints lead on to
	secrets  int    // how often that was sent a secret
}

func (f *fakes) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	say := func(v any) { json.NewEncoder(w).Encode(v) }
	const email = "admin@sailplane.test"
	confirmed := any(nil)
	if f.verified {
		confirmed = "2026-01-01"
	}
	switch path := r.URL.Host + r.URL.Path; {
	case r.URL.Host == "moved.test":
		f.secrets++
		say(map[string]any{"access_token": "t"})
	case r.Method == http.MethodPost && f.moved != "":
		http.Redirect(w, r, f.moved, http.StatusTemporaryRedirect)
	case r.Method == http.MethodPost:
		say(map[string]any{"access_token": "t"})
	case path == "www.googleapis.com/oauth2/v2/userinfo":
		say(map[string]any{"id": "g1", "email": email, "verified_email": f.verified})
	case path == "api.github.com/user":
		say(map[string]any{"id": 1, "login": "admin", "email": email})
	case path == "api.github.com/user/emails", path == "gitea.test/api/v1/user/emails":
		say([]any{map[string]any{"email": email, "primary": true, "verified": f.verified}})
	case path == "gitlab.test/api/v4/user":
		say(map[string]any{"id": 1, "email": email, "confirmed_at": confirmed})
	case path == "gitea.test/api/v1/user":
		say(map[string]any{"id": 1, "login": "admin", "email": email})
	default:
		http.NotFound(w, r)
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

// Each of the four providers opens an account by a verified address only, each state once and for whom it was given
// to, and none has its secret sent on to another server.
func TestTheFourProviders(t *testing.T) {
	usual := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = usual })
	setUp(t, func(t *testing.T, s *webtest.Server) {
		configure(t, s, map[string]string{"GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "secret",
			"GITHUB_CLIENT_ID": "id", "GITHUB_CLIENT_SECRET": "secret", "GITLAB_HOST": "https://gitlab.test",
			"GITLAB_CLIENT_ID":     "id",
			"GITLAB_CLIENT_SECRET": "secret", "GITEA_HOST": "https://gitea.test", "GITEA_CLIENT_ID": "id",
			"GITEA_CLIENT_SECRET": "secret"})
		names := []string{"google", "github", "gitlab", "gitea"}
		for i, name := range names {
			f := &fakes{}
			begin := func(b *browser) string {
				http.DefaultTransport = usual
				there, err := url.Parse(b.do("GET", "/auth/"+name+"/", nil).Header.Get("Location"))
				if err != nil {
					t.Fatal(err)
				}
				return there.Query().Get("state")
			}
			end := func(b *browser, provider, state string) bool {
				b.Transport = usual
				http.DefaultTransport = f
				b.do("GET", "/auth/"+provider+"/callback/?code=1&state="+state, nil)
				http.DefaultTransport = usual
				return b.signedIn()
			}
			b := newBrowser(t, s)
			if end(b, name, begin(b)) {
				t.Errorf("%s: an unverified address opens an account", name)
			}
			f.verified = true
			state := begin(b)
			if end(newBrowser(t, s), name, state) {
				t.Errorf("%s: it is ended in another browser", name)
			}
			if end(b, names[(i+1)%len(names)], state) {
				t.Errorf("%s: its state is good for another provider", name)
			}
			if !end(b, name, begin(b)) {
				t.Errorf("%s: a verified address opens nothing", name)
			}
			again := newBrowser(t, s)
			state = begin(again)
			end(again, name, state)
			again.post("/auth/sign-out/")
			if end(again, name, state) {
				t.Errorf("%s: a state is good twice", name)
			}
			f.moved = "https://moved.test/token"
			moved := newBrowser(t, s)
			if end(moved, name, begin(moved)) || f.secrets > 0 {
				t.Errorf("%s: the secret is sent on to another server", name)
			}
		}
	})
}
