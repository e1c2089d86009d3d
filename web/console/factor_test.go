package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/user/factor"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// phone is an authenticator, and the paper with the recovery codes.
type phone struct {
	s      *webtest.Server
	secret string
	codes  []string
}

// code is what it shows now.
func (p *phone) code() string { return factor.Code(p.secret, factor.Step(p.s.App.DB.Now())) }

// next is what it shows after the code of now, which was used.
func (p *phone) next() string {
	p.s.App.DB.OwnClock().Advance(factor.Period)
	return p.code()
}

// paper is a recovery code that was not used yet.
func (p *phone) paper() string {
	code := p.codes[0]
	p.codes = p.codes[1:]
	return code
}

var (
	shownKey   = regexp.MustCompile(`<code id="factor-key">([A-Z2-7 ]+)</code>`)
	shownCodes = regexp.MustCompile(`[a-z0-9]{4}(?:-[a-z0-9]{4}){3}`)
)

// keyOn is the secret that a page shows.
func keyOn(a answer) string {
	m := shownKey.FindStringSubmatch(a.text)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], " ", "")
}

// person makes an account with a password.
func person(t *testing.T, s *webtest.Server, email string) *store.User {
	t.Helper()
	u, err := user.Create(t.Context(), s.App, user.Draft{Email: email, Password: strong})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// signs in by the password, and says where that leads.
func (b *browser) signIn(email string) string {
	b.t.Helper()
	return b.post("/console/sign-in/", "email", email, "password", strong).to
}

// equip has somebody who is signed in set a second factor up.
func (b *browser) equip() *phone {
	b.t.Helper()
	if a := b.post("/console/account/factor/begin/", "password", strong); a.status != http.StatusSeeOther {
		b.t.Fatalf("begin: %d %s", a.status, a.says())
	}
	p := &phone{s: b.s, secret: keyOn(b.get("/console/account/factor/"))}
	a := b.post("/console/account/factor/set-up/", "code", p.code())
	if p.codes = shownCodes.FindAllString(a.text, -1); len(p.codes) != factor.RecoveryCodes {
		b.t.Fatalf("set up: %d, %d codes: %s", a.status, len(p.codes), a.says())
	}
	return p
}

// equipped is somebody with a second factor.
func equipped(t *testing.T, s *webtest.Server, email string) (*store.User, *phone) {
	t.Helper()
	u, b := person(t, s, email), open(t, s)
	if to := b.signIn(email); strings.Contains(to, "factor") {
		t.Fatalf("signing in leads to %s", to)
	}
	p := b.equip()
	write(t, s, func(tx *store.Tx) error { return store.EndSessions(tx, u.ID, "") })
	return u, p
}

func write(t *testing.T, s *webtest.Server, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := s.App.DB.Write(t.Context(), "", fn); err != nil {
		t.Fatal(err)
	}
}

// show brings a code to the page that asks for it.
func (b *browser) show(code string, more ...string) answer {
	b.t.Helper()
	return b.post("/console/factor/", append([]string{"code", code}, more...)...)
}

func (b *browser) admin() bool {
	b.t.Helper()
	return b.get("/api/instances/admins/me/").status == http.StatusOK
}

func sessionsOf(t *testing.T, s *webtest.Server, u *store.User) int {
	t.Helper()
	n, err := store.Sessions.Count(s.App.DB.Read(t.Context()), dbx.HashExp{"user_id": u.ID})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The whole way of somebody with a telephone: set up, asked, let in, with each code once.
func TestASecondFactorIsAskedFor(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		u, p := equipped(t, s, "ann@sailplane.test")
		row, err := store.SecondFactors.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"user_id": u.ID})
		if err != nil || strings.Contains(row.Secret, p.secret) {
			t.Errorf("the database has the secret as it is: %q, %v", row.Secret, err)
		}
		b := open(t, s)
		if to := b.signIn("ann@sailplane.test"); to != "/console/factor/" || b.me() != "" || sessionsOf(t, s, u) != 0 {
			t.Fatalf("the password leads to %s, signed in as %q", to, b.me())
		}
		look(t, "factor", b.get("/console/factor/"))
		if a := b.show("000000"); a.status != http.StatusBadRequest || b.me() != "" {
			t.Errorf("a wrong code: %d %s", a.status, a.to)
		}
		code := p.next()
		if a := b.show(code); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/console/") || b.me() == "" {
			t.Errorf("the code: %d %s, signed in as %q", a.status, a.to, b.me())
		}
		if a := b.show(code); a.to != "/console/sign-in/?fault=SECOND_FACTOR_OVER" {
			t.Errorf("the same sign-in once more: %d %s", a.status, a.to)
		}
		for name, code := range map[string]string{"the code that was used": code, "one before it": factor.Code(p.secret,
			factor.Step(s.App.DB.Now())-1)} {
			again := open(t, s)
			again.signIn("ann@sailplane.test")
			if a := again.show(code); a.status != http.StatusBadRequest || again.me() != "" {
				t.Errorf("%s: %d %s", name, a.status, a.to)
			}
		}
		paper := p.paper()
		for i, in := range []bool{true, false} {
			again := open(t, s)
			again.signIn("ann@sailplane.test")
			typed := []string{strings.ToUpper(strings.ReplaceAll(paper, "-", " ")), paper}[i]
			if a := again.show(typed); (again.me() != "") != in {
				t.Errorf("a recovery code, time %d: %d %s", i+1, a.status, a.says())
			}
		}
	})
}

// A code is good once on all nodes together, however many bring it at the same moment; so is a recovery code.
func TestACodeAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		_, p := equipped(t, s, "ann@sailplane.test")
		second := webtest.Still(t, apptest.New(t, s.App.DB))
		for name, code := range map[string]string{"code": p.next(), "recovery code": p.paper()} {
			var all sync.WaitGroup
			browsers := make([]*browser, 4)
			for i := range browsers {
				browsers[i] = open(t, s)
				browsers[i].signIn("ann@sailplane.test")
				if i%2 == 1 {
					browsers[i].s = second // as in TestSignOnAcrossNodes
				}
			}
			for _, b := range browsers {
				all.Go(func() { b.show(code) })
			}
			all.Wait()
			in := 0
			for _, b := range browsers {
				if b.me() != "" {
					in++
				}
			}
			if in != 1 {
				t.Errorf("a %s let %d in", name, in)
			}
		}
	})
}

// What was begun on one node ends on another: a set-up and a sign-in.
func TestASecondFactorAcrossNodes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		person(t, s, "ann@sailplane.test")
		first := *open(t, s)
		there := first
		there.s = webtest.Still(t, apptest.New(t, s.App.DB))
		first.signIn("ann@sailplane.test")
		first.post("/console/account/factor/begin/", "password", strong)
		p := &phone{s: s, secret: keyOn(there.get("/console/account/factor/"))}
		if a := there.post("/console/account/factor/set-up/", "code", p.code()); len(shownCodes.FindAllString(a.text, -1)) != 10 {
			t.Fatalf("set up on the second node: %d %s", a.status, a.says())
		}
		there.post("/console/sign-out/")
		first.signIn("ann@sailplane.test")
		if a := there.show(p.next()); first.me() == "" || there.me() == "" {
			t.Errorf("shown on the second node: %d %s", a.status, a.says())
		}
	})
}

// While another one is set up only that one's codes confirm it; the one until now signs in until then, and not after.
func TestAnotherAuthenticator(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		_, old := equipped(t, s, "ann@sailplane.test")
		b := open(t, s)
		b.signIn("ann@sailplane.test")
		b.show(old.next())
		for name, proof := range map[string]string{"nothing": "", "a wrong password": "x",
			"a code that was used": old.code()} {
			if a := b.post("/console/account/factor/begin/", "password", proof); a.status != http.StatusBadRequest {
				t.Errorf("begun with %s: %d", name, a.status)
			}
		}
		if a := b.post("/console/account/factor/set-up/", "code", old.next()); a.status != http.StatusBadRequest {
			t.Errorf("nothing is begun, and set up: %d", a.status)
		}
		b.post("/console/account/factor/begin/", "password", strong)
		first := &phone{s: s, secret: keyOn(b.get("/console/account/factor/"))}
		b.post("/console/account/factor/begin/", "password", strong)
		second := &phone{s: s, secret: keyOn(b.get("/console/account/factor/"))}
		if first.secret == "" || first.secret == second.secret {
			t.Fatal("two set-ups have one secret")
		}
		other := open(t, s)
		other.signIn("ann@sailplane.test")
		other.show(old.paper())
		if keyOn(other.get("/console/account/factor/")) != "" {
			t.Error("another session sees the secret")
		}
		for name, code := range map[string]string{"the factor until now": old.code(), "a set-up before": first.code()} {
			if a := b.post("/console/account/factor/set-up/", "code", code); a.status != http.StatusBadRequest {
				t.Errorf("a code of %s confirms another: %d", name, a.status)
			}
		}
		a := b.post("/console/account/factor/set-up/", "code", second.code())
		if second.codes = shownCodes.FindAllString(a.text, -1); len(second.codes) != 10 {
			t.Fatalf("set up: %d %s", a.status, a.says())
		}
		s.App.DB.OwnClock().Advance(15 * time.Minute) // what was wrong until now counts no more
		for _, tt := range []struct {
			name, code string
			in         bool
		}{{"the old one's code", old.next(), false}, {"an old recovery code", old.paper(), false},
			{"a new code", second.code(), true},
			{"a new recovery code", second.paper(), true}} {
			b := open(t, s)
			b.signIn("ann@sailplane.test")
			if b.show(tt.code); (b.me() != "") != tt.in {
				t.Errorf("%s: signed in as %q", tt.name, b.me())
			}
		}
	})
}

// Codes are made anew and the factor is removed by who shows that they are the one; the letters say so.
func TestOnesOwnSecondFactor(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		box := s.Mail()
		_, p := equipped(t, s, "ann@sailplane.test")
		box.Wait("ann@sailplane.test", 1)
		b := open(t, s)
		b.signIn("ann@sailplane.test")
		b.show(p.next())
		look(t, "own factor", b.get("/console/account/factor/"))
		for _, path := range []string{"codes/", "remove/"} {
			if a := b.post("/console/account/factor/"+path, "password", "wrong"); a.status != http.StatusBadRequest {
				t.Errorf("%s with a wrong password: %d", path, a.status)
			}
		}
		before := p.paper()
		a := b.post("/console/account/factor/codes/", "password", strong)
		if p.codes = shownCodes.FindAllString(a.text, -1); len(p.codes) != 10 || strings.Contains(a.text, before) {
			t.Fatalf("made anew: %d %s", a.status, a.says())
		}
		if shownCodes.MatchString(b.get("/console/account/factor/").text) {
			t.Error("codes are shown again")
		}
		other := open(t, s)
		other.signIn("ann@sailplane.test")
		if other.show(before); other.me() != "" {
			t.Error("a code of before opens")
		}
		if a := b.post("/console/account/factor/remove/", "password", p.paper()); a.status != http.StatusSeeOther {
			t.Fatalf("removed by a code: %d %s", a.status, a.says())
		}
		other = open(t, s)
		if to := other.signIn("ann@sailplane.test"); to == "/console/factor/" || other.me() == "" {
			t.Errorf("without a factor the password leads to %s", to)
		}
		if letter := box.Wait("ann@sailplane.test", 3); !strings.Contains(letter, "second factor of your account was removed") {
			t.Errorf("the letter: %s", letter)
		}
	})
}

// noted is how many entries of an event about somebody the audit log has, or is to have.
func noted(t *testing.T, s *webtest.Server, event string, u *store.User) (n int) {
	t.Helper()
	waiting := 0
	r := s.App.DB.Read(t.Context())
	if err := r.One("SELECT COUNT(*) FROM audit_entries WHERE event = ? AND target_id = ?", []any{event, u.ID}, &n); err != nil {
		t.Fatal(err)
	}
	if err := r.One("SELECT COUNT(*) FROM audit_waiting WHERE entry LIKE ? AND entry LIKE ?",
		[]any{"%" + event + "%", "%" + u.ID + "%"}, &waiting); err != nil {
		t.Fatal(err)
	}
	return n + waiting
}
