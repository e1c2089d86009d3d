package auth_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const stronger = "Quiet-Heron-4471!"

var codeInLetter = regexp.MustCompile(`\b\d{6}\b`)

// newPerson signs somebody up, on two machines.
func newPerson(t *testing.T, s *webtest.Server, email string) (one, two *browser, u *store.User) {
	t.Helper()
	one, two = newBrowser(t, s), newBrowser(t, s)
	one.post("/auth/sign-up/", "email", email, "password", strong)
	two.post("/auth/sign-in/", "email", email, "password", strong)
	if !one.signedIn() || !two.signedIn() {
		t.Fatal("nobody is signed in")
	}
	u, err := user.Find(t.Context(), s.App, email)
	if err != nil {
		t.Fatal(err)
	}
	return one, two, u
}

// Whatever ends sessions ends those that it should, and no others; other people stay signed in throughout.
func TestWhatEndsSessions(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		bystander := newBrowser(t, s)
		bystander.post("/auth/sign-up/", "email", "bystander@sailplane.test", "password", strong)
		json := func(b *browser, method, path, body string) {
			t.Helper()
			a := s.Stranger().With("Cookie", "csrftoken="+b.token()+"; session-id="+b.cookie("session-id"), "X-CSRFToken",
				b.cookie("csrftoken")).Do(method, path, body)
			if a.Status >= 300 {
				t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Raw)
			}
			for _, c := range a.Header.Values("Set-Cookie") {
				if key, ok := strings.CutPrefix(c, "session-id="); ok {
					key, _, _ = strings.Cut(key, ";")
					b.keep("session-id", key)
				}
			}
		}
		for name, tt := range map[string]struct {
			do       func(one *browser, u *store.User) error
			one, two bool // still signed in
			password string
		}{
			"nothing": {func(*browser, *store.User) error { return nil }, true, true, strong},
			"a sign-out": {func(one *browser, _ *store.User) error { one.post("/auth/sign-out/"); return nil }, false, true,
				strong},
			"a new password": {func(one *browser, _ *store.User) error {
				json(one, "POST", "/auth/change-password/", `{"old_password":"`+strong+`","new_password":"`+stronger+`"}`)
				return nil
			}, true, false, stronger},
			"a closed account": {func(one *browser, _ *store.User) error {
				json(one, "DELETE", "/api/users/me/", "")
				return nil
			}, false, false, ""},
			"a command that closes it": {func(_ *browser, u *store.User) error {
				return user.Disable(t.Context(), s.App, u)
			}, false, false, ""},
			"a command that sets a password": {func(_ *browser, u *store.User) error {
				return user.SetPassword(t.Context(), s.App, u, stronger)
			}, false, false, stronger},
			"a sign-out everywhere": {func(_ *browser, u *store.User) error {
				_, err := user.EndSessions(t.Context(), s.App, u, nil)
				return err
			}, false, false, strong},
		} {
			email := strings.ReplaceAll(name, " ", "-") + "@sailplane.test"
			one, two, u := newPerson(t, s, email)
			if err := tt.do(one, u); err != nil {
				t.Fatal(err)
			}
			if one.signedIn() != tt.one || two.signedIn() != tt.two {
				t.Errorf("%s: here %v, there %v; want %v, %v", name, one.signedIn(), two.signedIn(), tt.one, tt.two)
			}
			for _, password := range []string{strong, stronger} {
				again := newBrowser(t, s)
				to := again.post("/auth/sign-in/", "email", email, "password", password)
				if again.signedIn() != (password == tt.password) {
					t.Errorf("%s: then signing in with %s leads to %s", name, password, to)
				}
			}
		}
		if !bystander.signedIn() {
			t.Error("somebody else's session ended")
		}
	})
}

// keep sets a cookie.
func (b *browser) keep(name, value string) {
	u, _ := url.Parse(b.s.URL)
	all := b.Jar.Cookies(u)
	for _, c := range all {
		if c.Name == name {
			c.Value = value
		}
	}
	b.Jar.SetCookies(u, all)
}

// What a password has to be is told by a code, and nothing changes; the old one has to be known.
func TestNewPasswords(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		one, _, _ := newPerson(t, s, "ann@sailplane.test")
		ask := func(body string) webtest.Answer {
			return s.Stranger().With("Cookie", "csrftoken="+one.token()+"; session-id="+one.cookie("session-id"), "X-CSRFToken",
				one.cookie("csrftoken")).Do("POST", "/auth/change-password/", body)
		}
		for _, tt := range []struct{ old, next, says string }{
			{"wrong", stronger, "INCORRECT_OLD_PASSWORD"}, {"", stronger, "MISSING_PASSWORD"},
			{strong, "", "MISSING_PASSWORD"}, {strong, "password", "PASSWORD_TOO_WEAK"},
			{strong, "12345678", "PASSWORD_TOO_WEAK"},
		} {
			a := ask(`{"old_password":"` + tt.old + `","new_password":"` + tt.next + `"}`)
			if a.Status != 400 || !strings.Contains(string(a.Raw), tt.says) {
				t.Errorf("%s to %q: %d %s, want %s", tt.old, tt.next, a.Status, a.Raw, tt.says)
			}
		}
		again := newBrowser(t, s)
		if again.post("/auth/sign-in/", "email", "ann@sailplane.test", "password", strong); !again.signedIn() {
			t.Error("a refused change changed the password")
		}
	})
}

// A link that sets a password works once, for one account, for as long as nothing else has happened to the account.
func TestLinksThatSetAPassword(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		link := func(email string, n int) string {
			t.Helper()
			s.Stranger().Must("POST", "/auth/forgot-password/", map[string]any{"email": email})
			at, err := url.Parse(linkInLetter.FindString(box.Wait(email, n)))
			if err != nil {
				t.Fatal(err)
			}
			q := at.Query()
			return "/auth/reset-password/" + q.Get("uidb64") + "/" + q.Get("token") + "/"
		}
		set := func(path, password string) string { return newBrowser(t, s).post(path, "password", password) }
		opens := func(email, password string) bool {
			b := newBrowser(t, s)
			b.post("/auth/sign-in/", "email", email, "password", password)
			return b.signedIn()
		}
		const ann, ben = "ann@sailplane.test", "ben@sailplane.test"
		one, two, _ := newPerson(t, s, ann)
		newPerson(t, s, ben)
		first := link(ann, 1)
		for _, weak := range []string{"", "password", "12345678"} {
			if to := set(first, weak); !strings.Contains(to, "error_code=") {
				t.Errorf("with the password %q the link leads to %s", weak, to)
			}
		}
		parts := strings.Split(first, "/")
		parts[4] = "x" + parts[4][1:]
		if to := set(strings.Join(parts, "/"), stronger); !strings.Contains(to, "INVALID_PASSWORD_TOKEN") {
			t.Errorf("a made-up link leads to %s", to)
		}
		bens := strings.Split(link(ben, 1), "/")
		bens[4] = strings.Split(first, "/")[4] // ann's token for ben
		if to := set(strings.Join(bens, "/"), stronger); !strings.Contains(to, "INVALID_PASSWORD_TOKEN") || !opens(ben, strong) {
			t.Errorf("a link of somebody else leads to %s", to)
		}
		if to := set(first, stronger); !strings.Contains(to, "success=True") && strings.Contains(to, "error") {
			t.Errorf("the link leads to %s", to)
		}
		if one.signedIn() || two.signedIn() {
			t.Error("a session outlives the new password")
		}
		if !opens(ann, stronger) || opens(ann, strong) {
			t.Error("the password was not set")
		}
		if to := set(first, strong); !strings.Contains(to, "INVALID_PASSWORD_TOKEN") || opens(ann, strong) {
			t.Errorf("the link leads a second time to %s", to)
		}
		old := link(ben, 2)
		s.App.DB.OwnClock().Run(8 * 24 * time.Hour)
		if to := set(old, stronger); !strings.Contains(to, "PASSWORD_TOKEN") {
			t.Errorf("a link of last week leads to %s", to)
		}
		if a := s.Stranger().Do("POST", "/auth/forgot-password/",
			map[string]any{"email": "nobody@sailplane.test"}); a.Status >= 500 {
			t.Errorf("an unknown address: %d %s", a.Status, a.Raw)
		}
		if n := len(box.Emails("nobody@sailplane.test")); n != 0 {
			t.Errorf("%d letters went to an unknown address", n)
		}
	})
}

// Where signing up is switched off nobody makes an account by any door but who is invited and proves it; who has one
// still signs in.
func TestSigningUpSwitchedOff(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		newPerson(t, s, "ann@sailplane.test")
		owner := s.User("owner")
		owner.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "w"})
		owner.Must("POST", "/api/workspaces/w/invitations/",
			map[string]any{"emails": []any{map[string]any{"email": "guest@sailplane.test", "role": 5}}})
		s.Configure(map[string]string{"ENABLE_SIGNUP": "0", "ENABLE_MAGIC_LINK_LOGIN": "1"})
		for _, door := range []string{"/auth/sign-up/", "/auth/spaces/sign-up/"} {
			b := newBrowser(t, s)
			if to := b.post(door, "email", "new@sailplane.test", "password", strong); b.signedIn() ||
				!strings.Contains(to, "SIGNUP_DISABLED") {
				t.Errorf("%s leads to %s", door, to)
			}
		}
		for n, door := range []string{"/auth/", "/auth/spaces/"} {
			s.Stranger().Must("POST", door+"magic-generate/", map[string]any{"email": "new@sailplane.test"}) // tells nothing
			code := codeInLetter.FindString(box.Wait("new@sailplane.test", n+1))
			b := newBrowser(t, s)
			if to := b.post(door+"magic-sign-up/", "email", "new@sailplane.test", "code", code); b.signedIn() ||
				!strings.Contains(to, "SIGNUP_DISABLED") {
				t.Errorf("%s: a code leads to %s", door, to)
			}
		}
		if _, err := user.Find(t.Context(), s.App, "new@sailplane.test"); err == nil {
			t.Error("an account was made")
		}
		const guest = "guest@sailplane.test"
		invited := newBrowser(t, s)
		if to := invited.post("/auth/sign-up/", "email", guest, "password", strong); invited.signedIn() {
			t.Errorf("who only knows an invited address is led to %s", to)
		}
		s.Stranger().Must("POST", "/auth/magic-generate/", map[string]any{"email": guest})
		code := codeInLetter.FindString(box.Wait(guest, 2)) // after the invitation
		if to := invited.post("/auth/magic-sign-up/", "email", guest, "code", code); !invited.signedIn() {
			t.Errorf("who is invited, and reads that address, is led to %s", to)
		}
		b := newBrowser(t, s)
		if to := b.post("/auth/sign-in/", "email", "ann@sailplane.test", "password", strong); !b.signedIn() {
			t.Errorf("who has an account is led to %s", to)
		}
		if a := s.Stranger().Must("GET", "/api/instances/", nil); a.At("config.enable_signup") != false {
			t.Error("the frontends are not told")
		}
	})
}

// Where passwords are switched off nobody signs in or up with one.
func TestPasswordsSwitchedOff(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		s.Mail()
		newPerson(t, s, "ann@sailplane.test")
		s.Configure(map[string]string{"ENABLE_EMAIL_PASSWORD": "0", "ENABLE_MAGIC_LINK_LOGIN": "1"})
		for _, tt := range []struct{ door, email string }{
			{"/auth/sign-in/", "ann@sailplane.test"}, {"/auth/spaces/sign-in/", "ann@sailplane.test"},
			{"/auth/sign-up/", "new@sailplane.test"}, {"/auth/spaces/sign-up/", "new@sailplane.test"},
		} {
			b := newBrowser(t, s)
			if to := b.post(tt.door, "email", tt.email, "password", strong); b.signedIn() || !strings.Contains(to, "error") {
				t.Errorf("%s leads to %s", tt.door, to)
			}
		}
	})
}

// A code opens once, for the address that it was sent to and for what it was asked for.
func TestACodeOpensOnce(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
		newPerson(t, s, "ann@sailplane.test")
		newPerson(t, s, "ben@sailplane.test")
		code := func(email string, n int) string {
			t.Helper()
			s.Stranger().Must("POST", "/auth/magic-generate/", map[string]any{"email": email})
			return codeInLetter.FindString(box.Wait(email, n))
		}
		enter := func(door, email, code string) (bool, string) {
			b := newBrowser(t, s)
			to := b.post(door, "email", email, "code", code)
			return b.signedIn(), to
		}
		anns := code("ann@sailplane.test", 1)
		if anns == "" {
			t.Fatal("the letter has no code")
		}
		code("ben@sailplane.test", 1)
		if in, _ := enter("/auth/magic-sign-in/", "ben@sailplane.test", anns); in {
			t.Error("a code opens somebody else's account")
		}
		if in, to := enter("/auth/magic-sign-up/", "ann@sailplane.test", anns); in || !strings.Contains(to, "USER_ALREADY_EXIST") {
			t.Errorf("signing up with a code to sign in leads to %s", to)
		}
		if in, to := enter("/auth/magic-sign-in/", "ann@sailplane.test", anns); !in {
			t.Errorf("the code leads to %s", to)
		}
		if in, to := enter("/auth/magic-sign-in/", "ann@sailplane.test", anns); in {
			t.Errorf("the code opens a second time: %s", to)
		}
	})
}
