package auth_test

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Each way to come in without the right, which one guard alone stands against; nobody is told which.
func TestTheDirectoryIsNotFooled(t *testing.T) {
	const vip, both = "uid=vip,ou=people,dc=company,dc=test", "uid=ann2,ou=people,dc=company,dc=test"
	bob := func(d *tree, pairs ...string) {
		d.add("uid=bob,"+company, "x", append([]string{"uid", "bob", "mail", "bob@company.test"}, pairs...)...)
	}
	for name, tt := range map[string]struct {
		set             func(s *webtest.Server, d *tree)
		login, password string
		bound           bool // the directory was asked whether the password is right
	}{
		"a wrong password":         {nil, "ann", "wrong", true},
		"an empty password":        {nil, "ann", "", false},
		"a star":                   {nil, "*", secretOfAnn, false},
		"a filter":                 {nil, "ann)(uid=*", secretOfAnn, false},
		"a filter that is whole":   {nil, "x)(|(uid=ann)", secretOfAnn, false},
		"a filter by an address":   {nil, "*@company.test", secretOfAnn, false},
		"an escaped star":          {nil, `\2a`, secretOfAnn, false},
		"the name of an entry":     {nil, ann, secretOfAnn, false},
		"a login without end":      {nil, strings.Repeat("a", 5000), secretOfAnn, false},
		"the one who looks":        {nil, looker, reading, false},
		"two entries with a login": {func(_ *webtest.Server, d *tree) { d.add(both, secretOfAnn, "uid", "ann", "mail", "b@company.test") }, "ann", secretOfAnn, false},
		"somebody's address as login": {func(_ *webtest.Server, d *tree) {
			d.add(both, "x", "uid", "ann@company.test", "mail", "b@company.test")
		}, "ann@company.test", "x", false},
		"three entries":        {func(_ *webtest.Server, d *tree) { d.add(both, "x", "uid", "ann"); d.add(vip, "x", "uid", "ann") }, "ann", secretOfAnn, false},
		"sent elsewhere":       {func(_ *webtest.Server, d *tree) { d.refer = true }, "ann", secretOfAnn, false},
		"disabled in AD":       {func(_ *webtest.Server, d *tree) { bob(d, "userAccountControl", "514") }, "bob", "x", false},
		"expired in AD":        {func(_ *webtest.Server, d *tree) { bob(d, "accountExpires", "131592384000000000") }, "bob", "x", false},
		"locked for good":      {func(_ *webtest.Server, d *tree) { bob(d, "pwdAccountLockedTime", "000001010000Z") }, "bob", "x", false},
		"locked in 389":        {func(_ *webtest.Server, d *tree) { bob(d, "nsAccountLock", "true") }, "bob", "x", false},
		"locked in eDirectory": {func(_ *webtest.Server, d *tree) { bob(d, "loginDisabled", "TRUE") }, "bob", "x", false},
		"no person":            {func(_ *webtest.Server, d *tree) { bob(d, "objectClass", "device") }, "bob", "x", false},
		"without an address":   {func(_ *webtest.Server, d *tree) { d.add(both, "x", "uid", "cat") }, "cat", "x", true},
		"below another base": {func(_ *webtest.Server, d *tree) {
			d.add("uid=eve,dc=evil,dc=test", "x", "uid", "eve", "mail", "eve@company.test")
		}, "eve", "x", false},
	} {
		t.Run(name, func(t *testing.T) {
			withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
				if tt.set != nil {
					tt.set(s, d)
				}
				before, err := store.Users.Count(s.App.DB.Read(t.Context()), dbx.HashExp{"is_bot": false})
				if err != nil {
					t.Fatal(err)
				}
				who, to := comesIn(t, s, tt.login, tt.password)
				if who != "" || !strings.Contains(to, "error_code=") {
					t.Errorf("in as %q: %s", who, to)
				}
				bound := slices.ContainsFunc(d.took(), func(a string) bool {
					return strings.HasPrefix(a, "bind ") && a != "bind "+looker
				})
				if bound != tt.bound {
					t.Errorf("the password was tried: %v", bound)
				}
				after, err := store.Users.Count(s.App.DB.Read(t.Context()), dbx.HashExp{"is_bot": false})
				if err != nil || after != before {
					t.Errorf("%d people became %d, %v", before, after, err)
				}
			})
		})
	}
}

// Whose entry is named like a part of a filter is in no groups but their own.
func TestNamesOfEntriesAreNoFilters(t *testing.T) {
	for _, rdn := range []string{"cn=x)(member=*", `cn=x\,ou=admins`, `cn=\2a`, "cn=*"} {
		withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
			d.add("cn=operators,"+company, "", "objectClass", "groupOfNames", "cn", "operators", "member", ann)
			d.add(rdn+","+company, "x", "uid", "mallory)(member=*", "mail", "m@company.test")
			if who, to := comesIn(t, s, "m@company.test", "x"); who == "" {
				t.Fatalf("%s: led to %s", rdn, to)
			}
			u := personAt(t, s, "m@company.test")
			if is, err := store.IsInstanceAdmin(s.App.DB.Read(t.Context()), u.ID); is || err != nil {
				t.Errorf("%s administers the installation, %v", rdn, err)
			}
		}, func(c *app.LDAPConfig) { c.AdminGroups = []string{"operators"} })
	}
}

// No password goes in the clear where the settings do not say so, whatever the directory says.
func TestNothingGoesInTheClear(t *testing.T) {
	for name, tt := range map[string]struct {
		set func(s *webtest.Server, d *tree, c *app.LDAPConfig)
		in  bool
	}{
		"StartTLS is refused": {func(_ *webtest.Server, _ *tree, c *app.LDAPConfig) { c.StartTLS = true }, false},
		"in no network": {func(s *webtest.Server, _ *tree, _ *app.LDAPConfig) {
			s.App.Config.SignIn.AllowNetworks = nil
		}, false},
		"another certificate": {func(_ *webtest.Server, d *tree, c *app.LDAPConfig) {
			c.StartTLS, d.config = true, d.secured()
		}, false},
		"another name": {func(_ *webtest.Server, d *tree, c *app.LDAPConfig) {
			c.StartTLS, d.config = true, d.secured()
			c.CAFile, c.URL = d.ca, strings.Replace(c.URL, "127.0.0.1", "localhost", 1)
		}, false},
		"StartTLS": {func(s *webtest.Server, d *tree, c *app.LDAPConfig) {
			c.StartTLS, d.config = true, d.secured()
			c.CAFile, s.App.Config.SignIn.AllowNetworks = d.ca, nil
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
				tt.set(s, d, &s.App.Config.SignIn.LDAP)
				who, to := comesIn(t, s, "ann", secretOfAnn)
				if (who != "") != tt.in || !tt.in && !strings.Contains(to, "DIRECTORY_UNREACHABLE") {
					t.Errorf("in as %q: %s", who, to)
				}
				if name != "in no network" && len(d.clear) > 0 {
					t.Errorf("%q came in the clear", d.clear)
				}
			})
		})
	}
}

// Whoever has a second factor shows it, and whose account is shut stays out.
func TestTheDirectoryIsNoWayAroundOthers(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		if who, to := comesIn(t, s, "ann", secretOfAnn); who == "" {
			t.Fatalf("led to %s", to)
		}
		s.App.Config.SignIn.SecondFactor = app.FactorEverybody
		if who, to := comesIn(t, s, "ann", secretOfAnn); who != "" || !strings.Contains(to, "/console/factor/") {
			t.Errorf("without a second factor: in as %q, %s", who, to)
		}
		s.App.Config.SignIn.SecondFactor = ""
		if err := user.Disable(t.Context(), s.App, personAt(t, s, "ann@company.test")); err != nil {
			t.Fatal(err)
		}
		if who, to := comesIn(t, s, "ann", secretOfAnn); who != "" || !strings.Contains(to, "USER_ACCOUNT_DEACTIVATED") {
			t.Errorf("who is shut out: in as %q, %s", who, to)
		}
	})
}

// A password that somebody has here from before opens nothing any more once the directory has their account, disabled
// or not.
func TestNobodyFallsBackToAPasswordFromBefore(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		newBrowser(t, s).post("/auth/sign-up/", "email", "ann@company.test", "password", strong)
		if who, _ := comesIn(t, s, "ann@company.test", strong); who == "" {
			t.Fatal("an account that the directory does not have yet")
		}
		if who, to := comesIn(t, s, "ann@company.test", secretOfAnn); who == "" {
			t.Fatalf("led to %s", to)
		}
		d.set(ann, "nsAccountLock", "true")
		if who, _ := comesIn(t, s, "ann@company.test", strong); who != "" {
			t.Error("the password from before opens the account")
		}
	}, func(c *app.LDAPConfig) { c.TrustAddresses = true })
}

// Guesses count for the entry, however it is called, before anybody has an account for it and after.
func TestGuessesAtTheDirectory(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		s.App.Config.Limits.PasswordMisses = 4
		for i := range 12 {
			comesIn(t, s, []string{"ann", "ann@company.test", " ANN"}[i%3], "wrong")
		}
		bound := 0
		for _, a := range d.took() {
			if a == "bind "+ann {
				bound++
			}
		}
		if bound != 4 {
			t.Errorf("%d guesses were looked at", bound)
		}
		if who, to := comesIn(t, s, "ann", secretOfAnn); who != "" || !strings.Contains(to, "RATE_LIMIT_EXCEEDED") {
			t.Errorf("in as %q: %s", who, to)
		}
	})
}

// A directory that is dead, hangs, lies about lengths or sends without end costs only those who come by it, and those
// for a while only; its connections are given back.
func TestADirectoryThatDoesNotAnswer(t *testing.T) {
	for name, misbehave := range map[string]func(c net.Conn){
		"silent": func(net.Conn) {},
		"a length of two gigabytes": func(c net.Conn) {
			c.Write([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x04, 0x84, 0x7f, 0xff, 0xff, 0xf0})
		},
		"nests without end": func(c net.Conn) {
			for range 1 << 16 {
				if _, err := c.Write([]byte{0x30, 0x80, 0x30, 0x80}); err != nil {
					return
				}
			}
		},
		"sends without end": func(c net.Conn) {
			junk := make([]byte, 1<<20)
			for {
				if _, err := c.Write(junk); err != nil {
					return
				}
			}
		},
		"hangs up": func(c net.Conn) { c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
				if who, _ := comesIn(t, s, "ann", secretOfAnn); who == "" { // so that a connection is kept
					t.Fatal("ann is not let in")
				}
				bad, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { bad.Close() })
				go func() {
					for {
						c, err := bad.Accept()
						if err != nil {
							return
						}
						t.Cleanup(func() { c.Close() })
						go misbehave(c)
					}
				}()
				good := s.App.Config.SignIn.LDAP
				s.App.Config.SignIn.LDAP.URL = "ldap://" + bad.Addr().String()
				s.App.Config.SignIn.LDAP.TimeoutSeconds, s.App.Config.SignIn.LDAP.Connections = 1, 1
				waits := make(chan string)
				for range 3 {
					go func() {
						_, to := comesIn(t, s, "ann", secretOfAnn)
						waits <- to
					}()
				}
				if who, to := comesIn(t, s, "admin@sailplane.test", strong); who == "" {
					t.Errorf("whom the directory has nothing to do with is led to %s", to)
				}
				for range 3 {
					if to := <-waits; !strings.Contains(to, "DIRECTORY_UNREACHABLE") {
						t.Errorf("led to %s", to)
					}
				}
				s.App.Config.SignIn.LDAP = good
				if who, to := comesIn(t, s, "ann", secretOfAnn); who == "" {
					t.Errorf("after that, ann is led to %s", to)
				}
				d.cut() // a connection that was kept is dead
				if who, to := comesIn(t, s, "ann", secretOfAnn); who == "" {
					t.Errorf("once the connections are cut, ann is led to %s", to)
				}
			})
		})
	}
}

// Who fails is told of in one line for fail2ban, and in the audit log; the log's other line says why.
func TestWhoTheDirectoryKeepsOut(t *testing.T) {
	withTree(t, func(t *testing.T, s *webtest.Server, d *tree) {
		for _, login := range []string{"ann@company.test", "ann", "nobody@company.test"} {
			comesIn(t, s, login, "wrong")
		}
		var n int
		err := s.App.DB.Read(t.Context()).One("SELECT COUNT(*) FROM audit_waiting WHERE entry LIKE ?",
			[]any{"%" + app.SignInFailed + "%"}, &n)
		if err != nil || n != 3 {
			t.Errorf("%d failures are noted, %v", n, err)
		}
		b := newBrowser(t, s)
		token := b.token()
		res := b.do("POST", "/console/sign-in/", url.Values{"csrfmiddlewaretoken": {token}, "email": {"ann"},
			"password": {"wrong"}})
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("our page: %d", res.StatusCode)
		}
	})
}
