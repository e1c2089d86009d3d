package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// set is somebody who has to have a second factor and has none: they set it up, and are in.
func (b *browser) set(t *testing.T, why string) *phone {
	t.Helper()
	page := b.get(web.FactorPath)
	look(t, "factor-set-up", page)
	if !strings.Contains(page.says(), why) {
		t.Errorf("the page does not say %q: %s", why, page.says())
	}
	p := &phone{s: b.s, secret: keyOn(page)}
	if again := keyOn(b.get(web.FactorPath)); again != p.secret {
		t.Error("the page shows another key each time")
	}
	if a := b.show("000000"); a.status != http.StatusBadRequest || b.me() != "" || b.admin() {
		t.Errorf("a wrong code sets up: %d", a.status)
	}
	a := b.show(p.code())
	if p.codes = shownCodes.FindAllString(a.text, -1); a.status != http.StatusOK || len(p.codes) != 10 {
		t.Fatalf("set up: %d %s %s", a.status, a.to, a.says())
	}
	return p
}

// Whoever has to have a second factor sets it up before they get in, by whatever door, also with a new account.
func TestWhoHasToHaveASecondFactor(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		u := person(t, s, "ann@sailplane.test")
		if err := instance.Appoint(t.Context(), s.App, u.ID, ""); err != nil {
			t.Fatal(err)
		}
		person(t, s, "bob@sailplane.test")
		s.Mail()
		anywhere(t, s)
		s.App.Config.SignIn.SecondFactor = app.FactorAdministrators
		for _, d := range doors(p) {
			for _, path := range d.paths {
				b := open(t, s)
				a := d.enter(b, strings.ReplaceAll(path, "{name}", "oidc"))
				if a.to != web.FactorPath || sessionsOf(t, s, u) != 0 || keyOn(b.get(web.FactorPath)) == "" {
					t.Errorf("%s leads an administrator to %d %s, with %d sessions", path, a.status, a.to, sessionsOf(t, s, u))
				}
			}
		}
		b := open(t, s)
		if to := b.signIn("bob@sailplane.test"); to == web.FactorPath || b.me() == "" {
			t.Errorf("who administers nothing is led to %s", to)
		}
		b = open(t, s)
		byPassword(b, "/api/instances/admins/sign-in/")
		b.set(t, "Administrators of this server need a second factor")
		if !b.admin() {
			t.Error("the administrator is not in")
		}
		s.App.Config.SignIn.SecondFactor = app.FactorEverybody
		for i, path := range []string{"/auth/sign-up/", "/auth/spaces/sign-up/"} {
			b, email := open(t, s), []string{"new@sailplane.test", "newer@sailplane.test"}[i]
			if a := b.post(path, "email", email, "password", strong); a.to != web.FactorPath || b.me() != "" {
				t.Errorf("%s leads to %d %s", path, a.status, a.to)
			}
			b.set(t, "Everybody needs a second factor")
			if b.me() != email {
				t.Errorf("the new person is %q", b.me())
			}
			if a := b.post("/console/account/factor/remove/", "password", strong); a.status != http.StatusConflict {
				t.Errorf("who has to have one removes it: %d", a.status)
			}
		}
		s.App.Config.SignIn.SecondFactor = app.FactorOff
		b = open(t, s)
		if to := b.signIn("new@sailplane.test"); to == web.FactorPath || b.me() == "" {
			t.Errorf("off, and led to %s", to)
		}
		if a := b.post("/console/account/factor/begin/", "password", strong); a.status != http.StatusConflict {
			t.Errorf("off, and set up: %d", a.status)
		}
	})
}

// The administrators set it in the console, unless the configuration does; the log says so.
func TestThePolicyInTheConsole(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		person(t, s, "ann@sailplane.test")
		b := as(t, s, admin)
		set := func(policy string) answer {
			return b.post("/console/sign-in-providers/", "ENABLE_SIGNUP", "1", "ENABLE_EMAIL_PASSWORD", "1", "second_factor", policy)
		}
		if a := set("everybody"); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.says())
		}
		if to := open(t, s).signIn("ann@sailplane.test"); to != web.FactorPath {
			t.Errorf("everybody has to, and Ann is led to %s", to)
		}
		if a := set("perhaps"); a.status != http.StatusBadRequest {
			t.Errorf("a policy that is none: %d", a.status)
		}
		if a := set("optional"); a.status != http.StatusSeeOther {
			t.Errorf("optional again: %d", a.status)
		}
		if to := open(t, s).signIn("ann@sailplane.test"); to == web.FactorPath {
			t.Error("nobody has to, and Ann is asked")
		}
		s.App.Config.SignIn.SecondFactor = app.FactorEverybody
		if a := set("off"); a.status != http.StatusConflict {
			t.Errorf("against the configuration: %d", a.status)
		}
		look(t, "providers", b.get("/console/sign-in-providers/"))
	})
}

// A workspace's administrators ask their members; nobody else does.
func TestAWorkspaceAsks(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		ann, bob := person(t, s, "ann@sailplane.test"), person(t, s, "bob@sailplane.test")
		w, err := workspace.SetUp(t.Context(), s.App, ann, "Harbour <b>", "harbour")
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, func(tx *store.Tx) error {
			return store.WorkspaceMembers.Insert(tx, &store.WorkspaceMember{WorkspaceID: w.ID, MemberID: bob.ID,
				Role: int(app.Member), IsActive: true})
		})
		member, b := open(t, s), open(t, s)
		member.signIn("bob@sailplane.test")
		b.signIn("ann@sailplane.test")
		const path = "/console/account/factor/workspaces/harbour/"
		if a := member.post(path, "ask", "1"); a.status != http.StatusForbidden {
			t.Errorf("a member asks: %d", a.status)
		}
		if a := b.post(strings.Replace(path, "harbour", "nothing", 1), "ask", "1"); a.status != http.StatusForbidden {
			t.Errorf("no workspace: %d", a.status)
		}
		for range 2 {
			if a := b.post(path, "ask", "1"); a.status != http.StatusSeeOther {
				t.Fatalf("its administrator asks: %d %s", a.status, a.says())
			}
		}
		look(t, "own factor", b.get("/console/account/factor/"))
		if member.me() == "" {
			t.Error("who was signed in is not any more")
		}
		member = open(t, s)
		if to := member.signIn("bob@sailplane.test"); to != web.FactorPath || member.me() != "" {
			t.Fatalf("the member is led to %s", to)
		}
		member.set(t, "Harbour <b>")
		if member.me() != "bob@sailplane.test" {
			t.Error("the member is not in")
		}
		b.post(path, "ask", "0")
		if to := open(t, s).signIn("ann@sailplane.test"); to == web.FactorPath {
			t.Error("nobody asks any more, and Ann is asked")
		}
	})
}

// An administrator resets the second factor of somebody who has lost it: they are told, signed out, and the log has
// it.
func TestAnAdministratorResets(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, other := people(t, s)
		box := s.Mail()
		u, p := equipped(t, s, "ann@sailplane.test")
		b := open(t, s)
		b.signIn("ann@sailplane.test")
		b.show(p.next(), "remember", "1")
		path := "/console/people/" + u.ID + "/factor/reset/"
		if a := as(t, s, other).post(path); a.status != http.StatusForbidden {
			t.Errorf("a member resets: %d", a.status)
		}
		if a := as(t, s, admin).post(path); a.status != http.StatusSeeOther {
			t.Fatalf("reset: %d %s", a.status, a.says())
		}
		if b.me() != "" {
			t.Error("the sessions go on")
		}
		if letter := box.Wait("ann@sailplane.test", 2); !strings.Contains(letter, "an administrator has reset the second factor") {
			t.Errorf("the letter: %s", letter)
		}
		for _, event := range []string{app.FactorReset, app.FactorSetUp, app.FactorPassed} {
			if n := noted(t, s, event, u); n != 1 {
				t.Errorf("the audit log has %s %d times", event, n)
			}
		}
		if to := b.signIn("ann@sailplane.test"); to == web.FactorPath || b.me() == "" {
			t.Errorf("after the reset Ann is led to %s", to)
		}
		if a := as(t, s, admin).post(path); a.status != http.StatusConflict {
			t.Errorf("reset twice: %d", a.status)
		}
		left, err := store.RecoveryCodes.Count(s.App.DB.Read(t.Context()), dbx.HashExp{"user_id": u.ID})
		if left != 0 || err != nil {
			t.Errorf("%d recovery codes are left, %v", left, err)
		}
	})
}

// A stranger who makes an account under an address that was invited, and gives it a factor, keeps nobody out who
// proves that the address is theirs: proving comes before asking.
func TestAStrangersFactorEnds(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		admin.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		admin.Must("POST", "/api/workspaces/harbour/invitations/", map[string]any{"emails": []any{map[string]any{
			"email": "ann@sailplane.test", "role": 15}}})
		stranger := open(t, s)
		stranger.post("/auth/sign-up/", "email", "ann@sailplane.test", "password", strong)
		stranger.equip()
		s.Mail()
		s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
		b := open(t, s)
		if a := byLetter(b, "/auth/magic-sign-in/"); a.to == web.FactorPath || b.me() != "ann@sailplane.test" {
			t.Errorf("the owner of the address is led to %s", a.to)
		}
		if stranger.me() != "" {
			t.Error("the stranger is still in")
		}
	})
}
