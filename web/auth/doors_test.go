package auth_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// Telephones write the first letter large, and fingers put blanks around: every door knows the account all the same.
func TestEveryDoorCleansAddresses(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
		const odd = " Admin@Sailplane.TEST\t"
		body := map[string]any{"email": odd}
		for _, path := range []string{"/auth/email-check/", "/auth/spaces/email-check/", "/auth/magic-generate/",
			"/auth/spaces/magic-generate/", "/auth/forgot-password/", "/auth/spaces/forgot-password/"} {
			if a := s.Stranger().Do("POST", path, body); a.Status != 200 || strings.Contains(path, "check") &&
				a.At("existing") != true {
				t.Errorf("%s: %d %s", path, a.Status, a.Raw)
			}
		}
		for _, path := range []string{"/auth/sign-in/", "/auth/spaces/sign-in/", "/api/instances/admins/sign-in/"} {
			if to := newBrowser(t, s).post(path, "email", odd, "password", strong); strings.Contains(to, "error") {
				t.Errorf("%s leads to %s", path, to)
			}
		}
		for _, path := range []string{"/auth/sign-up/", "/auth/spaces/sign-up/", "/auth/magic-sign-up/"} {
			if to := newBrowser(t, s).post(path, "email", odd, "password", strong, "code", "1"); !strings.Contains(to,
				"USER_ALREADY_EXIST") {
				t.Errorf("%s leads to %s", path, to)
			}
		}
		if u, err := user.Find(t.Context(), s.App, odd); err != nil || *u.Email != "admin@sailplane.test" {
			t.Errorf("commands find %v, %v", u, err)
		}
		if to := newBrowser(t, s).post("/auth/sign-in/", "email", odd, "password", " "+strong); !strings.Contains(to,
			"5065") {
			t.Errorf("a password with a blank before it leads to %s", to)
		}
		box.Wait("admin@sailplane.test", 4)
	})
}

// Forms are read from bodies of forms only; a JSON body is a form without fields.
func TestFormsReadNoJSON(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		for _, tt := range []struct{ path, want string }{
			{"/auth/sign-in/", "REQUIRED_EMAIL_PASSWORD_SIGN_IN&email=False"},
			{"/auth/spaces/sign-in/", "REQUIRED_EMAIL_PASSWORD_SIGN_IN&email=False"},
			{"/auth/sign-up/", "REQUIRED_EMAIL_PASSWORD_SIGN_UP&email=False"},
			{"/auth/spaces/sign-up/", "REQUIRED_EMAIL_PASSWORD_SIGN_UP&email=False"},
			{"/auth/magic-sign-in/", "MAGIC_SIGN_IN_EMAIL_CODE_REQUIRED"},
			{"/auth/spaces/magic-sign-in/", "MAGIC_SIGN_IN_EMAIL_CODE_REQUIRED"},
			{"/auth/magic-sign-up/", "MAGIC_SIGN_UP_EMAIL_CODE_REQUIRED"},
			{"/api/instances/admins/sign-in/", "REQUIRED_ADMIN_EMAIL_PASSWORD"},
		} {
			for _, kind := range []string{"application/json", "text/plain", ""} {
				b := newBrowser(t, s)
				req, err := http.NewRequest("POST", s.URL+tt.path,
					strings.NewReader(`{"email":"admin@sailplane.test","password":"`+strong+`","code":"1"}`))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", kind)
				req.Header.Set("X-CSRFToken", b.token())
				res, err := b.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				if to := res.Header.Get("Location"); !strings.Contains(to, tt.want) {
					t.Errorf("%s with %q leads to %q", tt.path, kind, to)
				}
			}
		}
	})
}

// An address in a profile elsewhere is anybody's to write. It opens an account here when it is verified there, or
// when the account there is the one that it was opened with before.
func TestUnverifiedAddressesOpenNoAccount(t *testing.T) {
	there := &elsewhere{here: http.DefaultTransport}
	http.DefaultTransport = there
	t.Cleanup(func() { http.DefaultTransport = there.here })
	const email = "Ann@sailplane.test"
	emails := func(verified bool) []any {
		return []any{map[string]any{"email": "other@sailplane.test", "verified": true},
			map[string]any{"email": email, "primary": true, "verified": verified}}
	}
	github := func(verified bool) map[string]any {
		return map[string]any{"/user": map[string]any{"id": 7, "name": "Ann"}, "/user/emails": emails(verified)}
	}
	for _, tt := range []struct {
		provider, name string
		answers        map[string]any
		opens          bool
	}{
		{"google", "verified", map[string]any{"/oauth2/v2/userinfo": map[string]any{"id": "7", "email": email,
			"verified_email": true}}, true},
		{"google", "not verified",
			map[string]any{"/oauth2/v2/userinfo": map[string]any{"id": "7", "email": email, "verified_email": false}}, false},
		{"google", "nothing said", map[string]any{"/oauth2/v2/userinfo": map[string]any{"id": "7", "email": email}}, false},
		{"github", "verified", github(true), true},
		{"github", "not verified", github(false), false},
		{"gitlab", "confirmed", map[string]any{"/api/v4/user": map[string]any{"id": 7, "email": email,
			"confirmed_at": "2020-01-01T00:00:00Z"}}, true},
		{"gitlab", "not confirmed",
			map[string]any{"/api/v4/user": map[string]any{"id": 7, "email": email, "confirmed_at": nil}}, false},
		{"gitlab", "nothing said", map[string]any{"/api/v4/user": map[string]any{"id": 7, "email": email}}, false},
		{"gitea", "verified", map[string]any{"/api/v1/user": map[string]any{"id": 7, "email": email},
			"/api/v1/user/emails": emails(true)}, true},
		{"gitea", "not verified",
			map[string]any{"/api/v1/user": map[string]any{"id": 7, "email": email}, "/api/v1/user/emails": emails(false)},
			false},
		{"gitea", "nothing said", map[string]any{"/api/v1/user": map[string]any{"id": 7, "email": email}}, false},
		{"gitea", "hidden, not verified",
			map[string]any{"/api/v1/user": map[string]any{"id": 7},
				"/api/v1/user/emails": []any{map[string]any{"email": email, "primary": true}}}, false},
	} {
		t.Run(tt.provider+" "+tt.name, func(t *testing.T) {
			setUp(t, func(t *testing.T, s *webtest.Server) {
				key := strings.ToUpper(tt.provider)
				settings := map[string]string{key + "_CLIENT_ID": "id", key + "_CLIENT_SECRET": "secret"}
				if tt.provider == "gitlab" || tt.provider == "gitea" {
					settings[key+"_HOST"] = "https://there.test"
				}
				s.Configure(settings)
				there.mu.Lock()
				good := map[string]any{"access_token": "t"}
				there.answers = map[string]any{"/token": good, "/login/oauth/access_token": good, "/oauth/token": good}
				for path, answer := range tt.answers {
					there.answers[path] = answer
				}
				there.mu.Unlock()

				if !enters(t, s, tt.provider) { // nobody has the address: anybody may sign up with it
					t.Fatal("nobody could sign up")
				}
				if !tt.opens && provenOf(t, s, "ann@sailplane.test") {
					t.Error("after the sign-up the address counts as proved")
				}
				if !enters(t, s, tt.provider) {
					t.Error("the account that was made there is not opened from there")
				}

				// The same person in another account: one that was made by password.
				write(t, s, func(tx *store.Tx) error {
					accounts, err := store.Accounts.List(tx, dbx.HashExp{"provider": tt.provider})
					for i := range accounts {
						err = store.Accounts.Purge(tx, &accounts[i])
					}
					return err
				})
				if got := enters(t, s, tt.provider); got != tt.opens {
					t.Errorf("the account of somebody else is opened: %v", got)
				}
			})
		})
	}
}

func enters(t *testing.T, s *webtest.Server, provider string) bool {
	t.Helper()
	b := newBrowser(t, s)
	to, err := url.Parse(b.do("GET", "/auth/"+provider+"/", nil).Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	b.do("GET", "/auth/"+provider+"/callback/?code=1&state="+to.Query().Get("state"), nil)
	return b.signedIn()
}

func provenOf(t *testing.T, s *webtest.Server, email string) bool {
	t.Helper()
	u, err := user.Find(t.Context(), s.App, email)
	if err != nil {
		t.Fatal(err)
	}
	return u.EmailProven
}

// A state is good once, also when it comes twice at once.
func TestAStateIsGoodOnce(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		var asked atomic.Int64
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oauth/token" {
				asked.Add(1)
				io.WriteString(w, `{"access_token": "t"}`)
				return
			}
			io.WriteString(w, `{"id": 1, "email": "new@sailplane.test"}`)
		}))
		t.Cleanup(provider.Close)
		s.Configure(map[string]string{"GITLAB_HOST": provider.URL, "GITLAB_CLIENT_ID": "id",
			"GITLAB_CLIENT_SECRET": "secret"})
		b := newBrowser(t, s)
		to, err := url.Parse(b.do("GET", "/auth/gitlab/", nil).Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		back := "/auth/gitlab/callback/?code=1&state=" + to.Query().Get("state")
		cookie := &http.Cookie{Name: web.SessionCookie, Value: b.cookie(web.SessionCookie)}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				req, err := http.NewRequest("GET", s.URL+back, nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.AddCookie(cookie)
				res, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
			})
		}
		all.Wait()
		b.do("GET", back, nil)
		if n := asked.Load(); n != 1 {
			t.Errorf("the provider was asked %d times", n)
		}
	})
}

var linkInLetter = regexp.MustCompile(`https?://\S+`)

// Whoever asks writes the Host of the request: no email follows it.
func TestLettersLeadWhereTheAppIs(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		learn := func(base string) {
			t.Helper()
			write(t, s, func(tx *store.Tx) error {
				i, err := store.Instances.First(tx, dbx.HashExp{})
				if err != nil {
					return err
				}
				i.BaseURL = base
				return store.Instances.Set(tx, i, "base_url")
			})
		}
		evil := []string{"Host", "evil.example", "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example",
			"Origin", "http://evil.example"}
		owner := s.User("owner")
		owner.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "w"})
		n := 0
		for _, place := range []struct{ app, space, learnt, appWant, spaceWant string }{
			{"", "", "https://learnt.test", "https://learnt.test/", "https://learnt.test/spaces/"},
			{"https://app.test/", "", "https://learnt.test", "https://app.test/", "https://app.test/spaces/"},
			{"https://app.test", "https://space.test", "", "https://app.test/", "https://space.test/spaces/"},
			{"", "https://space.test", "", "", "https://space.test/spaces/"},
			{"", "", "", "", ""},
		} {
			n++
			learn(place.learnt)
			s.App.Config.Web.AppURL, s.App.Config.Web.SpaceURL = place.app, place.space
			to := fmt.Sprintf("who%d@sailplane.test", n)
			u := user.New(to)
			write(t, s, func(tx *store.Tx) error { return user.Insert(tx, u) })
			who := s.SignIn(u)
			var want []string
			for _, door := range []struct{ path, want string }{{"/auth/forgot-password/", place.appWant},
				{"/auth/spaces/forgot-password/", place.spaceWant}} {
				a := s.Stranger().With(evil...).Do("POST", door.path, map[string]any{"email": to})
				if (a.Status == 200) != (door.want != "") {
					t.Errorf("%+v: %s: %d %s", place, door.path, a.Status, a.Raw)
				}
				if door.want != "" {
					want = append(want, door.want)
				}
			}
			guest := "guest" + to
			invite := owner.With(evil[:6]...).Do("POST", "/api/workspaces/w/invitations/",
				map[string]any{"emails": []any{map[string]any{"email": guest, "role": 15}}})
			if invite.Status != 200 {
				t.Errorf("inviting: %d %s", invite.Status, invite.Raw)
			}
			if place.appWant != "" {
				if link := linkInLetter.FindString(box.Wait(guest, 1)); !strings.HasPrefix(link,
					place.appWant+"workspace-invitations/?") {
					t.Errorf("%+v: the invitation leads to %s", place, link)
				}
			}
			for i := range want {
				link := linkInLetter.FindString(box.Wait(to, i+1))
				if !strings.HasPrefix(link, want[0]) && !strings.HasPrefix(link, want[len(want)-1]) ||
					!strings.Contains(link, "/accounts/reset-password/?uidb64=") {
					t.Errorf("%+v: a letter leads to %s", place, link)
				}
			}
			who.With(evil[:6]...).Must("DELETE", "/api/users/me/", nil)
			closed := box.Wait(to, len(want)+1)
			if link := linkInLetter.FindString(closed); strings.Contains(closed, "evil") ||
				link != strings.TrimSuffix(place.appWant, "/") {
				t.Errorf("%+v: the letter of a closed account leads to %q", place, link)
			}
			if len(box.Emails(guest)) > 0 != (place.appWant != "") {
				t.Errorf("%+v: %d invitations came", place, len(box.Emails(guest)))
			}
		}
	})
}

// Where the app is is learnt from an administrator's browser, once; an address of this machine gives way to one for
// all.
func TestTheAddressIsLearntFromAnAdministrator(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		forget := func(base string) {
			write(t, s, func(tx *store.Tx) error {
				i, err := store.Instances.First(tx, dbx.HashExp{})
				if err != nil {
					return err
				}
				i.BaseURL = base
				return store.Instances.Set(tx, i, "base_url")
			})
		}
		newBrowser(t, s).post("/auth/sign-up/", "email", "ann@sailplane.test", "password", strong)
		for _, tt := range []struct {
			name, known, path, email, host, origin, want string
		}{
			{"an administrator's pages", "", "/api/instances/admins/sign-in/", "admin@sailplane.test", "plane.test",
				"http://plane.test", "http://plane.test"},
			{"behind a proxy that ends TLS", "", "/api/instances/admins/sign-in/", "admin@sailplane.test", "plane.test",
				"https://plane.test", "https://plane.test"},
			{"an administrator in the app", "", "/auth/sign-in/", "admin@sailplane.test", "plane.test", "https://plane.test",
				"https://plane.test"},
			{"a program", "", "/auth/sign-in/", "admin@sailplane.test", "plane.test", "", "http://plane.test"},
			{"somebody else", "", "/auth/sign-in/", "ann@sailplane.test", "evil.test", "http://evil.test", ""},
			{"a stranger who is refused", "", "/auth/sign-in/", "nobody@sailplane.test", "evil.test", "http://evil.test", ""},
			{"once", "https://plane.test", "/auth/sign-in/", "admin@sailplane.test", "other.test", "http://other.test",
				"https://plane.test"},
			{"from this machine", "http://localhost:8080", "/auth/sign-in/", "admin@sailplane.test", "plane.test",
				"https://plane.test", "https://plane.test"},
			{"from this machine again", "http://127.0.0.1:8080", "/auth/sign-in/", "admin@sailplane.test", "localhost",
				"http://localhost", "http://127.0.0.1:8080"},
		} {
			forget(tt.known)
			b := newBrowser(t, s)
			form := url.Values{"csrfmiddlewaretoken": {b.token()}, "email": {tt.email}, "password": {strong}}
			req, err := http.NewRequest("POST", s.URL+tt.path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Host = tt.host
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if tt.origin != "" {
				req.Header.Set("Origin", tt.origin)
			}
			req.AddCookie(&http.Cookie{Name: web.CSRFCookie, Value: form.Get("csrfmiddlewaretoken")})
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if got, err := s.App.Address(t.Context()); err != nil || got != tt.want {
				t.Errorf("%s: letters lead to %q, %v (status %d)", tt.name, got, err, res.StatusCode)
			}
		}
	})
}
