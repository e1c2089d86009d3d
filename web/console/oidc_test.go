package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// together serves a server that is set up, with a provider of the name.
func together(t *testing.T, name string, test func(t *testing.T, s *webtest.Server, p *idp),
	more ...func(*app.OIDCConfig)) {
	t.Helper()
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newIDP(t)
		p.admin, p.member = people(t, s)
		p.with(s, name, more...)
		test(t, s, p)
	})
}

func account(t *testing.T, s *webtest.Server, email string) *store.User {
	t.Helper()
	u, err := store.Users.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"email": email})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPeopleSignInByOpenIDConnect(t *testing.T) {
	for _, name := range []string{"oidc", "company"} { // the paid edition's addresses, and those by name
		t.Run(name, func(t *testing.T) {
			together(t, name, func(t *testing.T, s *webtest.Server, p *idp) {
				b := open(t, s)
				a := p.enter(b, name)
				if a.to != "/console/" || b.me() != "ann@sailplane.test" {
					t.Fatalf("%d %s %s; signed in as %q", a.status, a.to, a.says(), b.me())
				}
				u := account(t, s, "ann@sailplane.test")
				if u.FirstName != "Ann" || u.LastName != "Onymous" || !u.EmailProven || u.LastLoginMedium != "oidc" {
					t.Errorf("the account is %+v", u)
				}
				// The same person once more, under another address there: the account is the same.
				p.change(func() { p.who["email"], p.who["email_verified"] = "other@sailplane.test", false })
				b = open(t, s)
				if p.enter(b, name); b.me() != "ann@sailplane.test" {
					t.Errorf("signed in as %q", b.me())
				}
			})
		})
	}
}

// Whoever was in the middle of something goes on there, but nowhere else.
func TestSignOnLeadsBack(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		for next, want := range map[string]string{"/console/account/": "/console/account/", "/harbour/projects/?a=b": s.URL +
			"/harbour/projects/?a=b", "https://evil.test/": "/console/", "//evil.test": "/console/", `/\evil.test`: "/console/",
			"/auth/sign-out/": "/console/", "/a\r\nb": "/console/"} {
			b := open(t, s)
			a := b.get("/auth/oidc/?next_path=" + url.QueryEscape(next))
			if a := b.get(back(p.authorize(a.to))); a.to != want {
				t.Errorf("%q leads to %q", next, a.to)
			}
		}
	})
}

// Only the verified address of an account opens it: everything else is told the same, whether it exists or not.
func TestAnUnverifiedAddressOpensNothing(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		var told []string
		for _, tt := range []struct {
			email    any
			verified any
			in       bool
		}{
			{"ada@sailplane.test", false, false}, {"ada@sailplane.test", nil, false}, {"ada@sailplane.test", "false", false},
			{"nobody@sailplane.test", false, false}, {nil, true, false}, {"not an address", true, false},
			{"ada@sailplane.test", "true", true},
		} {
			p.change(func() { p.who["email"], p.who["email_verified"] = tt.email, tt.verified })
			b := open(t, s)
			a := p.enter(b, "oidc")
			if in := b.me() != ""; in != tt.in {
				t.Errorf("%v, verified %v: signed in %v, %s", tt.email, tt.verified, in, a.says())
			}
			if !tt.in {
				if a.status != http.StatusBadRequest || !strings.Contains(a.text, a.header.Get("X-Request-Id")) {
					t.Errorf("%v: %d %s", tt.email, a.status, a.says())
				}
				told = append(told, strings.ReplaceAll(a.says(), a.header.Get("X-Request-Id"), ""))
			}
		}
		for _, text := range told {
			if text != told[0] {
				t.Errorf("one is told %q, another %q", told[0], text)
			}
		}
	})
}

// An address that was given to somebody else at the provider does not open the account of who had it before.
func TestAnAddressThatWasGivenAway(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		p.enter(open(t, s), "oidc")
		p.change(func() { p.who["sub"] = "u-2" })
		b := open(t, s)
		if a := p.enter(b, "oidc"); b.me() != "" || a.status != http.StatusConflict {
			t.Errorf("signed in as %q: %d %s", b.me(), a.status, a.says())
		}
	})
}

func TestTrustedAddresses(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		p.change(func() { delete(p.who, "email_verified") })
		b := open(t, s)
		if p.enter(b, "oidc"); b.me() != "ann@sailplane.test" {
			t.Error("an address that the settings trust opens nothing")
		}
		p.change(func() { p.who["email"], p.who["sub"], p.who["email_verified"] = "ada@sailplane.test", "u-2", false })
		b = open(t, s)
		if p.enter(b, "oidc"); b.me() != "" {
			t.Error("an address that the provider says to be unverified opens an account")
		}
	}, func(c *app.OIDCConfig) { c.TrustAddresses = true })
}

// An address counts only with the word of the same source that it is verified.
func TestWhatUserinfoAdds(t *testing.T) {
	const ann = "ann@sailplane.test"
	says := func(sub, email string) map[string]any {
		return map[string]any{"sub": sub, "email": email, "email_verified": true}
	}
	token := func(email string) map[string]any { return map[string]any{"email": email} }
	for name, tt := range map[string]struct {
		token, more map[string]any
		in          string
	}{
		"all of it":          {nil, says("u-1", ann), ann},
		"that it's verified": {token(ann), says("u-1", "Ann@sailplane.test"), ann},
		"of another address": {token("ada@sailplane.test"), says("u-1", ann), ""},
		"of no address":      {token("ada@sailplane.test"), map[string]any{"sub": "u-1", "email_verified": true}, ""},
		"of another person":  {nil, says("u-2", "ada@sailplane.test"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
				p.change(func() {
					p.who, p.more = map[string]any{"sub": "u-1"}, tt.more
					for k, v := range tt.token {
						p.who[k] = v
					}
				})
				b := open(t, s)
				if a := p.enter(b, "oidc"); b.me() != tt.in {
					t.Errorf("signed in as %q: %s", b.me(), a.says())
				}
			})
		})
	}
}

// Where sign-up is off, only who is invited gets an account; the others are not told whether there is one.
func TestSignOnWithoutSignUp(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		s.Configure(map[string]string{"ENABLE_SIGNUP": "0"})
		b := open(t, s)
		if a := p.enter(b, "oidc"); b.me() != "" || a.status != http.StatusBadRequest {
			t.Errorf("signed in as %q: %d", b.me(), a.status)
		}
		p.change(func() { p.who["email"] = "ada@sailplane.test" })
		if p.enter(b, "oidc"); b.me() != "ada@sailplane.test" {
			t.Errorf("signed in as %q", b.me())
		}
	})
}

// Keys change, and nobody notices; but whoever makes tokens up does not have them fetched without end.
func TestKeysRotate(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		p.enter(open(t, s), "oidc")
		p.change(func() { p.key, p.kid = ring[1](), "two" })
		b := open(t, s)
		if a := p.enter(b, "oidc"); b.me() == "" {
			t.Errorf("after the key has changed: %d %s", a.status, a.says())
		}
		for range 20 {
			made := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": p.URL})
			made.Header["kid"] = "made up"
			raw, _ := made.SignedString(ring[0]())
			open(t, s).send("POST", "/auth/oidc/logout/", url.Values{"logout_token": {raw}})
		}
		if n := p.asked["/keys"]; n > 8 {
			t.Errorf("the keys were fetched %d times", n)
		}
	})
}

// Clocks that differ by less than a minute are no matter.
func TestClocksDiffer(t *testing.T) {
	for name, tt := range map[string]struct {
		claim string
		shift time.Duration
		in    bool
	}{
		"over half a minute ago": {"exp", -30 * time.Second, true}, "over two minutes ago": {"exp", -2 * time.Minute, false},
		"made in a minute": {"iat", time.Minute, true}, "made in an hour": {"iat", time.Hour, false},
		"good in an hour": {"nbf", time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
				p.change(func() { p.bend = func(c jwt.MapClaims) { c[tt.claim] = time.Now().Add(tt.shift).Unix() } })
				b := open(t, s)
				if a := p.enter(b, "oidc"); (b.me() != "") != tt.in {
					t.Errorf("signed in as %q: %s", b.me(), a.says())
				}
			})
		})
	}
}

// What was begun on one node is ended on another.
func TestSignOnAcrossNodes(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		other := apptest.New(t, s.App.DB)
		other.Config.SignIn = s.App.Config.SignIn
		first, second := *open(t, s), webtest.Still(t, other)
		there := first
		there.s = second // jars know hosts, and not ports: both nodes get the same cookies, as behind a proxy
		if a := there.get(back(p.authorize(first.get("/auth/oidc/").to))); a.status != http.StatusFound {
			t.Fatalf("ended on the second node: %d %s", a.status, a.says())
		}
		if first.me() != "ann@sailplane.test" || there.me() != "ann@sailplane.test" {
			t.Errorf("signed in as %q and %q", first.me(), there.me())
		}
		if there.post("/auth/sign-out/"); first.me() != "" {
			t.Errorf("signed out on the second node, and still %q on the first", first.me())
		}
	})
}
