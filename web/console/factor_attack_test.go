package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// Guessing is counted for the account, whoever guesses from where, and locks nobody out who has a recovery code.
func TestGuessingASecondFactor(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		u, p := equipped(t, s, "ann@sailplane.test")
		p.next()
		for i := range 8 {
			b := open(t, s)
			b.signIn("ann@sailplane.test")
			a := b.show("000000")
			want := http.StatusBadRequest
			if i >= 5 {
				want = http.StatusTooManyRequests
			}
			if a.status != want || b.me() != "" {
				t.Errorf("guess %d: %d, want %d", i+1, a.status, want)
			}
		}
		b := open(t, s)
		b.signIn("ann@sailplane.test")
		if a := b.show(p.code()); a.status != http.StatusTooManyRequests || b.me() != "" {
			t.Errorf("the right code after too many: %d", a.status)
		}
		if failed := noted(t, s, app.SignInFailed, u); failed < 8 {
			t.Errorf("the audit log has %d failures", failed)
		}
		if a := b.show(p.paper()); b.me() == "" {
			t.Errorf("a recovery code then: %d %s", a.status, a.says())
		}
		s.App.DB.OwnClock().Advance(15*time.Minute + time.Second)
		b = open(t, s)
		b.signIn("ann@sailplane.test")
		if a := b.show(p.code()); b.me() == "" {
			t.Errorf("a quarter of an hour later: %d %s", a.status, a.says())
		}
	})
}

// From one network only so many guesses are taken, of whatever accounts.
func TestGuessingFromOneNetwork(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		refused := 0
		for i := range 15 {
			equipped(t, s, strings.Repeat("a", i+1)+"@sailplane.test")
		}
		for i := range 15 {
			b := open(t, s)
			b.signIn(strings.Repeat("a", i+1) + "@sailplane.test")
			for range 5 {
				if a := b.show("000000"); a.status == http.StatusTooManyRequests {
					refused++
				}
			}
		}
		if refused != 15*5-60 {
			t.Errorf("of 75 guesses %d were refused as too many", refused)
		}
	})
}

// The cookie of a sign-in that waits is good for nothing but the page that asks, and that for ten minutes.
func TestAHalfwaySignInIsNoSession(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		u, p := equipped(t, s, "ann@sailplane.test")
		if err := instance.Appoint(t.Context(), s.App, u.ID, ""); err != nil {
			t.Fatal(err)
		}
		b := open(t, s)
		b.signIn("ann@sailplane.test")
		key := b.halfway()
		if len(key) < 40 {
			t.Fatalf("the key is %q", key)
		}
		for _, name := range []string{web.SessionCookie, web.AdminSessionCookie} {
			thief := open(t, s)
			thief.Jar.SetCookies(thief.base(), []*http.Cookie{{Name: name, Value: key, Path: "/"}})
			if thief.me() != "" || thief.admin() {
				t.Errorf("the key is a session as %s", name)
			}
			if a := thief.get("/console/account/"); a.status != http.StatusSeeOther {
				t.Errorf("the key opens the account as %s: %d", name, a.status)
			}
		}
		s.App.DB.OwnClock().Advance(user.HalfwayLife)
		if a := b.show(p.code()); a.to != "/console/sign-in/?fault=SECOND_FACTOR_OVER" || b.me() != "" {
			t.Errorf("after ten minutes: %d %s", a.status, a.to)
		}
		b.signIn("ann@sailplane.test")
		if err := user.SetPassword(t.Context(), s.App, u, strong+"2"); err != nil {
			t.Fatal(err)
		}
		if a := b.show(p.code()); a.to != "/console/sign-in/?fault=SECOND_FACTOR_OVER" || b.me() != "" {
			t.Errorf("after a new password: %d %s", a.status, a.to)
		}
		n, err := store.HalfwaySignIns.Count(s.App.DB.Read(t.Context()), dbx.HashExp{"user_id": u.ID})
		if n > 1 || err != nil {
			t.Errorf("%d rows are left, %v", n, err)
		}
	})
}

// halfway is the key of the sign-in that waits in a browser.
func (b *browser) halfway() string {
	for _, c := range b.Jar.Cookies(b.factorPage()) {
		if c.Name == web.HalfwayCookie {
			return c.Value
		}
	}
	return ""
}

func (b *browser) factorPage() *url.URL {
	u := b.base()
	u.Path = web.FactorPath
	return u
}

func (b *browser) give(name, value string) {
	b.Jar.SetCookies(b.factorPage(), []*http.Cookie{{Name: name, Value: value, Path: "/console/factor/"}})
}

// One's own codes open nobody else's sign-in, and nobody prepares a session for somebody else.
func TestAHalfwaySignInOfSomebodyElse(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		_, anns := equipped(t, s, "ann@sailplane.test")
		_, bobs := equipped(t, s, "bob@sailplane.test")
		victim, thief := open(t, s), open(t, s)
		victim.signIn("ann@sailplane.test")
		thief.signIn("bob@sailplane.test")
		thief.give(web.HalfwayCookie, victim.halfway())
		for name, code := range map[string]string{"code": bobs.next(), "recovery code": bobs.paper()} {
			if a := thief.show(code); a.status != http.StatusBadRequest || thief.me() != "" {
				t.Errorf("Bob's %s in Ann's sign-in: %d, signed in as %q", name, a.status, thief.me())
			}
		}
		// Bob's session is put into Ann's browser before a code of Ann's is shown.
		thief = open(t, s)
		thief.get("/auth/oidc/") // begins a session of nobody, or nothing
		thief.signIn("bob@sailplane.test")
		thief.show(bobs.code())
		prepared := thief.cookie(web.SessionCookie)
		if thief.me() == "" {
			t.Fatal("Bob is not in")
		}
		victim.Jar.SetCookies(victim.base(), []*http.Cookie{{Name: web.SessionCookie, Value: prepared, Path: "/"}})
		a := victim.show(anns.code())
		if kept := victim.cookie(web.SessionCookie) == prepared; kept || victim.me() != "ann@sailplane.test" {
			t.Errorf("Ann's browser is %q, in the session that Bob prepared: %v (%d)", victim.me(), kept, a.status)
		}
		if who := thief.me(); who == "ann@sailplane.test" {
			t.Error("Bob has Ann's session")
		}
	})
}

// A browser that is remembered is not asked, for the account that it was remembered for, until the password is
// another one, a month is over or it is ended.
func TestRememberedBrowsers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		u, p := equipped(t, s, "ann@sailplane.test")
		_, bobs := equipped(t, s, "bob@sailplane.test")
		asked := func(b *browser, email, password string) bool {
			t.Helper()
			b.post("/console/sign-out/")
			return b.post("/console/sign-in/", "email", email, "password", password).to == "/console/factor/"
		}
		b := open(t, s)
		b.signIn("ann@sailplane.test")
		b.show(p.next(), "remember", "1")
		if asked(b, "ann@sailplane.test", strong) || b.me() != "ann@sailplane.test" {
			t.Fatal("a remembered browser is asked")
		}
		if !asked(b, "bob@sailplane.test", strong) {
			t.Error("Ann's browser is not asked for Bob's factor")
		}
		b.show(bobs.code(), "remember", "1")
		if asked(b, "ann@sailplane.test", strong) || asked(b, "bob@sailplane.test", strong) {
			t.Error("a browser is remembered for one of two only")
		}
		stranger := open(t, s)
		stranger.Jar.SetCookies(stranger.base(), []*http.Cookie{{Name: web.BrowserCookie, Value: "x.y.z", Path: "/"}})
		if !asked(stranger, "ann@sailplane.test", strong) {
			t.Error("made-up tokens are taken")
		}
		// Listed and ended.
		asked(b, "ann@sailplane.test", strong)
		rows, err := store.RememberedBrowsers.List(s.App.DB.Read(t.Context()), dbx.HashExp{"user_id": u.ID})
		if err != nil || len(rows) != 1 || strings.Contains(b.cookie(web.BrowserCookie), rows[0].TokenHash) ||
			!strings.Contains(b.get("/console/account/factor/").text, rows[0].ID) {
			t.Fatalf("remembered: %+v, %v", rows, err)
		}
		bob := open(t, s)
		bob.signIn("bob@sailplane.test")
		bob.show(bobs.paper())
		if a := bob.post("/console/account/factor/browsers/end/", "id", rows[0].ID); a.status != http.StatusNotFound {
			t.Errorf("Bob ends Ann's: %d", a.status)
		}
		if a := b.post("/console/account/factor/browsers/end/", "id", rows[0].ID); a.status != http.StatusSeeOther ||
			!asked(b, "ann@sailplane.test", strong) {
			t.Errorf("an ended one is not asked: %d", a.status)
		}
		b.show(p.next(), "remember", "1")
		const other = "Another-harbour-evening-72"
		if a := b.post("/console/account/password/", "old_password", strong, "new_password", other); a.status != http.StatusSeeOther {
			t.Fatalf("change the password: %d %s", a.status, a.says())
		}
		if !asked(b, "ann@sailplane.test", other) {
			t.Error("with another password the browser is still remembered")
		}
		b.show(p.next(), "remember", "1")
		s.App.DB.OwnClock().Advance(30*24*time.Hour + time.Minute)
		if !asked(b, "ann@sailplane.test", other) {
			t.Error("after a month the browser is still remembered")
		}
	})
}
