package console_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/auth"
	"github.com/sailplane/sailplane/web/console"
	api "github.com/sailplane/sailplane/web/instance"
	"github.com/sailplane/sailplane/web/webtest"
)

// door is a way in for somebody who has an account, as far as the second factor.
type door struct {
	paths []string // of the operations that it goes through
	enter func(b *browser, path string) answer
	to    string // where it leads on; empty: to wherever the app is
	admin bool   // the session is one of the administrators' pages
}

const doorCode = "123456"

func byPassword(b *browser, path string) answer {
	return b.post(path, "email", "ann@sailplane.test", "password", strong)
}

func byLetter(b *browser, path string) answer {
	const purpose = "sign-in ann@sailplane.test"
	write(b.t, b.s, func(tx *store.Tx) error {
		_, err := store.SaveCode(tx, &store.Code{Purpose: purpose, Hash: app.HashKey(purpose + doorCode),
			ExpiresAt: tx.Now.Add(time.Minute)}, store.CodeLimits{Sends: 100, Misses: 10})
		return err
	})
	return b.post(path, "email", "ann@sailplane.test", "code", doorCode)
}

func byProvider(b *browser, path string) answer {
	there, err := url.Parse(b.get(path).to)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.get(path + "callback/?code=1&state=" + there.Query().Get("state"))
}

// doors are all ways in that there are.
func doors(p *idp) []door {
	bySignOn := func(b *browser, path string) answer { return b.get(back(p.authorize(b.get(path).to))) }
	providers := []string{}
	for _, prefix := range []string{"/auth/", "/auth/spaces/"} {
		for _, known := range user.Providers {
			providers = append(providers, prefix+known.Name+"/")
		}
	}
	return []door{
		{paths: []string{"/auth/sign-in/", "/auth/spaces/sign-in/", "/console/sign-in/"}, enter: byPassword},
		{paths: []string{"/auth/magic-sign-in/", "/auth/spaces/magic-sign-in/", "/console/sign-in/by-code/"}, enter: byLetter},
		{paths: providers, enter: byProvider},
		{paths: []string{"/auth/oidc/", "/auth/oidc/{name}/"}, enter: bySignOn},
		{paths: []string{"/api/instances/admins/sign-in/"}, enter: byPassword, to: "/god-mode/general/", admin: true},
	}
}

// notDoors are the other operations that anybody may call: nobody who has an account gets in by them. A new one has
// to be here, or among the doors.
var notDoors = []string{
	"/auth/get-csrf-token/", "sign-up/", "sign-out/", "email-check/", "magic-generate/", "forgot-password/", "reset-password/{uidb64}/{token}/",
	"callback/", "logout/", // where the doors that begin elsewhere end
	"/api/instances/", "/api/instances/admins/sign-up/", "/api/instances/admins/session/",
	"/api/instances/admins/sign-up-screen-visited/", "/console/", "/console/setup/", "/console/factor/", "/console/password/",
	"/console/sign-in/code/", "/console/sign-in/forgotten/", "/console/{page}/", "/console/style.css", "/console/script.js",
	"/console/icon.svg", "/console/sign-out/", "/api/instances/admins/sign-out/", "/console/invitation/{slug}/{pk:uuid}/",
	"/console/invitation/{slug}/{pk:uuid}/account/",
}

// anywhere plays all of the providers that are not of OpenID Connect: Ann is there.
func anywhere(t *testing.T, s *webtest.Server) {
	t.Helper()
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "token"):
			io.WriteString(w, `{"access_token": "t"}`)
		case strings.HasSuffix(r.URL.Path, "/emails"):
			io.WriteString(w, `[{"email": "ann@sailplane.test", "primary": true, "verified": true}]`)
		default:
			json.NewEncoder(w).Encode(map[string]any{"id": 7, "email": "ann@sailplane.test", "verified_email": true,
				"confirmed_at": "2020-01-01T00:00:00Z", "login": "ann", "name": "Ann"})
		}
	}))
	t.Cleanup(there.Close)
	u, err := url.Parse(there.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := http.DefaultTransport
	http.DefaultTransport = led(func(r *http.Request) (*http.Response, error) {
		if r.URL.Hostname() != "127.0.0.1" {
			r = r.Clone(r.Context())
			r.URL.Scheme, r.URL.Host = u.Scheme, u.Host
		}
		return before.RoundTrip(r)
	})
	t.Cleanup(func() { http.DefaultTransport = before })
	settings := map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"}
	for _, known := range user.Providers {
		key := strings.ToUpper(known.Name)
		settings[key+"_CLIENT_ID"], settings[key+"_CLIENT_SECRET"] = "id", "secret"
	}
	settings["GITLAB_HOST"], settings["GITEA_HOST"] = "https://there.test", "https://there.test"
	settings["IS_GITEA_ENABLED"] = "1"
	s.Configure(settings)
}

type led func(*http.Request) (*http.Response, error)

func (l led) RoundTrip(r *http.Request) (*http.Response, error) { return l(r) }

// Every way in leads somebody who has a second factor, or has to have one, to the page that asks for it, with no
// session of any kind; and from there on to where they were going.
func TestNoDoorSkipsTheSecondFactor(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		p.with(s, "company")
		s.Mail()
		u, phone := equipped(t, s, "ann@sailplane.test")
		if err := instance.Appoint(t.Context(), s.App, u.ID, ""); err != nil {
			t.Fatal(err)
		}
		anywhere(t, s)
		for _, d := range doors(p) {
			for _, path := range d.paths {
				path = strings.ReplaceAll(path, "{name}", "company")
				b := open(t, s)
				a := d.enter(b, path)
				if a.to != web.FactorPath || b.halfway() == "" {
					t.Errorf("%s leads to %d %s", path, a.status, a.to)
				}
				if n := sessionsOf(t, s, u); n != 0 || b.me() != "" || b.admin() {
					t.Errorf("%s: %d sessions, signed in as %q, an administrator: %v", path, n, b.me(), b.admin())
				}
				if d.admin && a.to == web.FactorPath {
					a = b.show(phone.next())
				} else {
					if len(phone.codes) == 1 { // those are shown once; another time for other tests
						write(t, s, func(tx *store.Tx) error { return store.EndRecoveryCodes(tx, u.ID) })
						phone.codes = phone.codes[:0]
					}
					if len(phone.codes) > 1 {
						a = b.show(phone.paper())
					} else {
						a = b.show(phone.next())
					}
				}
				in := b.me() == "ann@sailplane.test" && !b.admin()
				if d.admin {
					in = b.me() == "" && b.admin() && strings.HasSuffix(a.to, d.to)
				}
				if !in {
					t.Errorf("%s, and the factor: %d %s, signed in as %q, an administrator: %v: %s", path, a.status, a.to, b.me(), b.admin(),
						a.says())
				}
				write(t, s, func(tx *store.Tx) error { return store.EndSessions(tx, u.ID, "") })
			}
		}
	})
}

// The doors of the walk are all that there are.
func TestTheDoorsAreAll(t *testing.T) {
	known := slices.Clone(notDoors)
	for _, d := range doors(nil) {
		known = append(known, d.paths...)
	}
	for _, op := range slices.Concat(auth.Ops(), api.Ops(), console.Ops()) {
		if op.Allow.Scope != web.ScopePublic || strings.HasPrefix(op.Path, "/console/letters/") {
			continue
		}
		if !slices.ContainsFunc(known, func(path string) bool {
			return op.Path == path || !strings.HasPrefix(path, "/") && strings.HasPrefix(op.Path, "/auth/") && strings.HasSuffix(op.Path, path)
		}) {
			t.Errorf("%s %s: does it sign somebody in? Say it in notDoors, or walk it in doors", op.Method, op.Path)
		}
	}
}

// A link that sets a password opens no session, and signing in with that password halts as ever.
func TestALinkForThePasswordSkipsNothing(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		u, _ := equipped(t, s, "ann@sailplane.test")
		for _, path := range []string{"/auth/reset-password/", "/auth/spaces/reset-password/", "/console/password/"} {
			now, err := store.Users.Find(s.App.DB.Read(t.Context()), u.ID)
			if err != nil {
				t.Fatal(err)
			}
			link, err := user.PasswordLink(t.Context(), s.App, now)
			if err != nil {
				t.Fatal(err)
			}
			q, err := url.Parse(link)
			if err != nil {
				t.Fatal(err)
			}
			uid, token := base64.RawURLEncoding.EncodeToString([]byte(u.ID)), q.Query().Get("token")
			b := open(t, s)
			if path == "/console/password/" {
				b.post(path, "uidb64", uid, "token", token, "password", strong)
			} else {
				b.post(path+uid+"/"+token+"/", "password", strong)
			}
			if b.me() != "" || sessionsOf(t, s, u) != 0 {
				t.Errorf("%s opens a session", path)
			}
			if to := b.signIn("ann@sailplane.test"); to != web.FactorPath {
				t.Errorf("%s, and the new password leads to %s", path, to)
			}
		}
	})
}

// Keys are not asked.
func TestKeysNeedNoSecondFactor(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		_, member := people(t, s)
		s.App.Config.SignIn.SecondFactor = app.FactorEverybody
		member.WithKey().Must("GET", "/api/v1/users/me/", nil)
	})
}
