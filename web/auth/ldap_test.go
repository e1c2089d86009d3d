package auth_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const secretOfAnn = "Quiet-harbour-1" //nolint:gosec // of the fake

// withTree serves an installation that is set up, with a directory.
func withTree(t *testing.T, test func(t *testing.T, s *webtest.Server, d *tree), more ...func(*app.LDAPConfig)) {
	t.Helper()
	setUp(t, func(t *testing.T, s *webtest.Server) {
		d := newTree(t)
		d.of(s, more...)
		test(t, s, d)
	})
}

// comesIn signs in by the frontend's form, and says as whom; empty: nobody was.
func comesIn(t *testing.T, s *webtest.Server, login, password string) (who, to string) {
	t.Helper()
	b := newBrowser(t, s)
	to = b.post("/auth/sign-in/", "email", login, "password", password)
	return b.me(), to
}

// me is who a browser is signed in as.
func (b *browser) me() string {
	b.t.Helper()
	var who struct {
		Email string `json:"email"`
	}
	if res := b.do("GET", "/api/users/me/", nil); res.StatusCode == 200 {
		if err := json.NewDecoder(res.Body).Decode(&who); err != nil {
			b.t.Fatal(err)
		}
	}
	return who.Email
}

func personAt(t *testing.T, s *webtest.Server, email string) *store.User {
	t.Helper()
	u, err := store.Users.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"email": email})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPeopleOfTheDirectory(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		for _, login := range []string{"ann@company.test", " Ann@Company.TEST ", "ann", "ANN"} {
			if who, to := comesIn(t, s, login, secretOfAnn); who != "ann@company.test" || strings.Contains(to, "error") {
				t.Fatalf("%q comes in as %q and is led to %s", login, who, to)
			}
		}
		u := personAt(t, s, "ann@company.test")
		if u.FirstName != "Ann" || u.LastName != "Onymous" || u.LastLoginMedium != "ldap" || u.EmailProven {
			t.Errorf("the account is %+v", u)
		}
		// The same entry under another address is the same account.
		d.set(ann, "mail", "ann@other.test")
		if who, _ := comesIn(t, s, "ann@other.test", secretOfAnn); who != "ann@company.test" {
			t.Errorf("signed in as %q", who)
		}
		for _, bound := range d.took() {
			if strings.HasPrefix(bound, "bind ") && bound != "bind "+looker && bound != "bind "+ann {
				t.Errorf("it was asked to %s", bound)
			}
		}
	})
}

// Who is known there is asked for a password by the frontend, and not to sign up.
func TestEmailCheckKnowsTheDirectory(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		s.Mail()
		s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
		d.add("uid=off,"+company, "x", "uid", "off", "mail", "off@company.test", "userAccountControl", "514")
		check := func(email string, existing bool, status string) {
			t.Helper()
			a := s.Stranger().Do("POST", "/auth/email-check/", map[string]any{"email": email})
			if a.Status != 200 || a.At("existing") != existing || a.At("status") != status {
				t.Errorf("%s: %d %s", email, a.Status, a.Raw)
			}
		}
		check("ann@company.test", true, "CREDENTIAL")
		check("off@company.test", false, "MAGIC_CODE")
		check("nobody@company.test", false, "MAGIC_CODE")
		check("admin@sailplane.test", true, "CREDENTIAL")
		comesIn(t, s, "ann", secretOfAnn)
		check("ann@company.test", true, "CREDENTIAL") // the account has no password here
		d.change(func() { d.silent = true })
		s.App.Config.SignIn.LDAP.TimeoutSeconds = 1
		check("nobody@company.test", false, "MAGIC_CODE")
		check("ann@company.test", true, "CREDENTIAL")
		s.Configure(map[string]string{"ENABLE_EMAIL_PASSWORD": "0"})
		if a := s.Stranger().Do("GET", "/api/instances/", nil); a.At("config.is_email_password_enabled") != true {
			t.Errorf("the frontend shows no form: %s", a.Raw)
		}
	})
}

// An account that is here already is opened by an address of the directory only where the settings say so; what
// somebody is told does not tell it from a wrong password.
func TestAddressesOfTheDirectory(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		d.set(ann, "mail", "admin@sailplane.test")
		_, wrong := comesIn(t, s, "ann", "wrong")
		who, to := comesIn(t, s, "ann", secretOfAnn)
		if who != "" || to != wrong {
			t.Errorf("an entry comes into the account of its address as %q: %s, and not %s", who, to, wrong)
		}
		if who, _ := comesIn(t, s, "admin@sailplane.test", strong); who != "admin@sailplane.test" {
			t.Error("the account's own password opens it no more")
		}
		s.App.Config.SignIn.LDAP.TrustAddresses = true
		if who, to := comesIn(t, s, "ann", secretOfAnn); who != "admin@sailplane.test" {
			t.Errorf("a trusted address opens nothing: %s", to)
		}
		// Connected; the administrator's own password goes on working although the directory is gone.
		d.listener.Close()
		d.cut()
		if who, to := comesIn(t, s, "admin@sailplane.test", strong); who != "admin@sailplane.test" {
			t.Errorf("without the directory the administrator is led to %s", to)
		}
		d.set(ann, "mail", "nobody@sailplane.test")
	})
}

// Groups give roles, also those within groups, and take them away; with Active Directory's rule it is one question.
func TestGroupsOfTheDirectory(t *testing.T) {
	set := func(c *app.LDAPConfig) {
		c.AdminGroups = []string{"CN=Operators, ou=Groups,dc=company,dc=test"}
		c.WorkspaceGroups = []string{"harbour:member:crew", "harbour:admin:captains"}
	}
	for name, tt := range map[string]struct {
		nested string
		more   func(*app.LDAPConfig)
		member bool // by a group within a group
	}{
		"walk":  {app.NestedWalk, set, true},
		"off":   {app.NestedOff, set, false},
		"chain": {app.NestedChain, set, true},
	} {
		t.Run(name, func(t *testing.T) {
			withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
				s.App.Config.SignIn.LDAP.NestedGroups = tt.nested
				owner := s.User("owner")
				if a := owner.Do("POST", "/api/workspaces/", map[string]any{"name": "Harbour", "slug": "harbour",
					"organization_size": "1"}); a.Status != 201 {
					t.Fatalf("%d %s", a.Status, a.Raw)
				}
				const deck, crew, ops = "cn=deck,ou=groups,dc=company,dc=test", "cn=crew,ou=groups,dc=company,dc=test",
					"cn=operators,ou=groups,dc=company,dc=test"
				d.add(deck, "", "objectClass", "groupOfNames", "cn", "deck", "member", ann, "member", crew) // a circle
				d.add(crew, "", "objectClass", "groupOfNames", "cn", "Crew", "member", deck)
				d.add(ops, "", "objectClass", "posixGroup", "cn", "operators", "memberUid", "ann", "member", ann)
				d.change(func() { d.chain = map[string][]string{ann: {deck, crew, ops}} })
				if who, to := comesIn(t, s, "ann", secretOfAnn); who == "" {
					t.Fatalf("led to %s", to)
				}
				role, admin := standing(t, s, "ann@company.test", "harbour")
				if (role == 15) != tt.member || !admin {
					t.Errorf("role %d, administers %v", role, admin)
				}
				if tt.nested == app.NestedWalk && len(d.took()) > 8 {
					t.Error("a circle is walked around")
				}
				d.remove(deck)
				d.remove(ops)
				d.change(func() { d.chain = nil })
				comesIn(t, s, "ann", secretOfAnn)
				if role, admin := standing(t, s, "ann@company.test", "harbour"); role != 0 || admin {
					t.Errorf("without the groups: role %d, administers %v", role, admin)
				}
			}, tt.more)
		})
	}
}

func standing(t *testing.T, s *webtest.Server, email, slug string) (role int, admin bool) {
	t.Helper()
	u, tx := personAt(t, s, email), s.App.DB.Read(t.Context())
	w, err := store.Workspaces.Get(tx, dbx.HashExp{"slug": slug})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := store.WorkspaceMembers.List(tx, dbx.HashExp{"workspace_id": w.ID, "member_id": u.ID, "is_active": true})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range rows {
		role = m.Role
	}
	admin, err = store.IsInstanceAdmin(tx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return role, admin
}

// Where sign-up is off, the directory's people need an invitation as others do, unless the settings say that they may.
func TestTheDirectoryWithoutSignUp(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, _ *tree) {
		s.Configure(map[string]string{"ENABLE_SIGNUP": "0"})
		if who, to := comesIn(t, s, "ann", secretOfAnn); who != "" || !strings.Contains(to, "SIGNUP_DISABLED") {
			t.Errorf("in as %q: %s", who, to)
		}
		s.App.Config.SignIn.LDAP.AlwaysSignUp = true
		if who, to := comesIn(t, s, "ann", secretOfAnn); who == "" {
			t.Errorf("led to %s", to)
		}
	})
}

// By night, whoever is gone or disabled is shut out, and let in again when they are back; administrators by hand stay.
func TestWhoIsGoneFromTheDirectory(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		d.change(func() { d.pages = 1 })
		d.add("uid=ben,"+company, "x", "uid", "ben", "mail", "ben@company.test", "entryUUID", "U-2")
		d.add("uid=cleo,"+company, "x", "uid", "cleo", "mail", "cleo@company.test", "objectGUID", "\x00*)(\xff")
		d.add("uid=dan,"+company, "x", "uid", "dan", "mail", "dan@company.test")
		browsers := map[string]*browser{}
		for login, word := range map[string]string{"ann": secretOfAnn, "ben": "x", "cleo": "x", "dan": "x"} {
			b := newBrowser(t, s)
			b.post("/auth/sign-in/", "email", login, "password", word)
			if browsers[login] = b; b.me() == "" {
				t.Fatalf("%s is not let in", login)
			}
		}
		in := func(what string, want ...string) {
			t.Helper()
			if err := directory.Sync(t.Context(), s.App); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			var got []string
			for _, login := range []string{"ann", "ben", "cleo", "dan"} {
				if browsers[login].me() != "" {
					got = append(got, login)
				}
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s: %v are signed in, want %v", what, got, want)
			}
		}
		in("all are there", "ann", "ben", "cleo", "dan")
		d.set("uid=ben,"+company, "nsAccountLock", "TRUE")
		d.remove("uid=dan," + company)
		in("one is disabled, one gone", "ann", "cleo")
		if who, _ := comesIn(t, s, "ben", "x"); who != "" {
			t.Error("who is disabled comes in")
		}
		if u := personAt(t, s, "ben@company.test"); u.IsActive || u.MaskedAt == nil {
			t.Error("the account is not closed")
		}
		d.set("uid=ben,"+company, "nsAccountLock", "FALSE")
		d.add("uid=dan,"+company, "x", "uid", "dan", "mail", "dan@company.test")
		if who, to := comesIn(t, s, "ben", "x"); who == "" {
			t.Errorf("who is back is led to %s", to)
		}
		in("both are back", "ann", "cleo")
		if who, to := comesIn(t, s, "dan", "x"); who == "" {
			t.Errorf("who is back is led to %s", to)
		}
		// Nobody is shut out by a directory that answers nothing, sends elsewhere or has lost everybody.
		d.change(func() { d.refer = true })
		if err := directory.Sync(t.Context(), s.App); err == nil {
			t.Error("a directory that sends elsewhere is believed")
		}
		d.change(func() { d.refer, d.entries = false, nil })
		if err := directory.Sync(t.Context(), s.App); err == nil {
			t.Error("a directory without anybody is believed")
		}
		if browsers["ann"].me() == "" {
			t.Error("somebody was shut out by that")
		}
	})
}

// Who administers by hand stays in, and an administrator's word on an account counts more than the directory's.
func TestTheDirectoryAndAdministrators(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		d.add("uid=ben,"+company, "x", "uid", "ben", "mail", "ben@company.test", "entryUUID", "U-2")
		d.set(ann, "mail", "admin@sailplane.test")
		comesIn(t, s, "ann", secretOfAnn)
		comesIn(t, s, "ben", "x")
		d.remove(ann)
		if err := directory.Sync(t.Context(), s.App); err != nil {
			t.Fatal(err)
		}
		if who, _ := comesIn(t, s, "admin@sailplane.test", strong); who == "" {
			t.Error("the last administrator is shut out")
		}
		ben := personAt(t, s, "ben@company.test")
		d.set("uid=ben,"+company, "userAccountControl", "66050")
		if err := directory.Sync(t.Context(), s.App); err != nil {
			t.Fatal(err)
		}
		s.App.DB.OwnClock().Advance(time.Minute)
		write(t, s, func(tx *store.Tx) error { // an administrator shuts them out, too
			u, err := store.Users.Find(tx, ben.ID)
			if err != nil {
				return err
			}
			u.MaskedAt = &tx.Now
			return store.Users.Update(tx, u, "masked_at")
		})
		d.set("uid=ben,"+company, "userAccountControl", "512")
		if who, _ := comesIn(t, s, "ben", "x"); who != "" {
			t.Error("the directory lets in whom an administrator has shut out")
		}
	}, func(c *app.LDAPConfig) { c.TrustAddresses = true })
}

// Most people gone at once is a fault of the settings, and not of the people.
func TestManyAreGoneAtOnce(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		for _, name := range strings.Fields("b c d e f g h") {
			d.add("uid="+name+","+company, "x", "uid", name, "mail", name+"@company.test", "entryUUID", "U-"+name)
			comesIn(t, s, name, "x")
		}
		comesIn(t, s, "ann", secretOfAnn)
		for _, name := range strings.Fields("b c d e f g h") {
			d.remove("uid=" + name + "," + company)
		}
		if err := directory.Sync(t.Context(), s.App); err == nil || personAt(t, s, "b@company.test").MaskedAt != nil {
			t.Errorf("seven of eight are shut out: %v", err)
		}
		known, err := directory.Of(t.Context(), s.App)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := known.Shut(t.Context(), true, true); err != nil || len(out.ShutOut) != 7 {
			t.Errorf("it would shut out %+v, %v", out, err)
		}
		if out, err := known.Shut(t.Context(), false, true); err != nil || len(out.ShutOut) != 7 ||
			personAt(t, s, "b@company.test").MaskedAt == nil {
			t.Errorf("by force: %+v, %v", out, err)
		}
	})
}

// Our page takes what people are called there, too.
func TestTheDirectoryOnOurPage(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, _ *tree) {
		b := newBrowser(t, s)
		token := b.token()
		res := b.do("POST", "/console/sign-in/", url.Values{"csrfmiddlewaretoken": {token}, "email": {"ann"},
			"password": {secretOfAnn}})
		if b.me() != "ann@company.test" {
			t.Errorf("%d %s", res.StatusCode, res.Header.Get("Location"))
		}
	})
}
