package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

func text(v any) string { return fmt.Sprint(v) }

// Whoever signs out here is led to do so at the provider, with what that asks for.
func TestSignOutAtTheProvider(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		b := open(t, s)
		p.enter(b, "company")
		a := b.post("/auth/sign-out/")
		to, err := url.Parse(a.to)
		if err != nil || !strings.HasPrefix(a.to, p.URL+"/end?") || to.Query().Get("client_id") != clientID ||
			to.Query().Get("post_logout_redirect_uri") != s.URL+"/auth/oidc/company/logout/" ||
			strings.Count(to.Query().Get("id_token_hint"), ".") != 2 || b.me() != "" {
			t.Errorf("signing out leads to %s, and is still %q", a.to, b.me())
		}
		if a := b.get("/auth/oidc/company/logout/"); a.to != "/console/sign-in/?done=signed-out" {
			t.Errorf("back from there: %d %s", a.status, a.to)
		}
		p.enter(b, "company")
		if a := b.post("/console/sign-out/"); !strings.Contains(a.text, p.URL+"/end?") || b.me() != "" {
			t.Errorf("the console's way out: %d %s", a.status, a.says())
		}
		// Who has signed in here by a password since has nothing to end there.
		p.with(s, "company", func(c *app.OIDCConfig) { c.SignOutHereOnly = true })
		p.enter(b, "company")
		if a := b.post("/auth/sign-out/"); strings.HasPrefix(a.to, p.URL) {
			t.Errorf("signing out leads to %s", a.to)
		}
	})
}

// A provider says that somebody signed out there, and their sessions here end; what is no such word ends nothing.
func TestBackChannelLogout(t *testing.T) {
	const event = "http://schemas.openid.net/event/backchannel-logout"
	good := func(p *idp) jwt.MapClaims {
		return jwt.MapClaims{"iss": p.URL, "aud": clientID, "iat": time.Now().Unix(),
			"exp": time.Now().Add(time.Minute).Unix(), "jti": "1", "sid": "sid-1", "sub": "u-1", "events": map[string]any{event: map[string]any{}}}
	}
	set := func(name string, value any) func(*idp, jwt.MapClaims) {
		return func(_ *idp, c jwt.MapClaims) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
	for name, tt := range map[string]struct {
		bend func(*idp, jwt.MapClaims)
		ends bool
	}{
		"that session":          {set("x", 1), true},
		"all of that person":    {set("sid", nil), true},
		"by the session alone":  {set("sub", nil), true},
		"another session":       {set("sid", "sid-2"), false},
		"another's session":     {set("sub", "u-2"), false},
		"another person":        {func(_ *idp, c jwt.MapClaims) { c["sub"] = "u-2"; delete(c, "sid") }, false},
		"of before the sign-in": {func(_ *idp, c jwt.MapClaims) { c["iat"] = time.Now().Add(-time.Hour).Unix(); delete(c, "sid") }, false},
		"for another client":    {set("aud", "another"), false},
		"of another issuer":     {set("iss", "https://evil.test"), false},
		"over":                  {set("exp", time.Now().Add(-time.Hour).Unix()), false},
		"with a nonce":          {set("nonce", "x"), false},
		"without the event":     {set("events", nil), false},
		"about nobody":          {func(_ *idp, c jwt.MapClaims) { delete(c, "sid"); delete(c, "sub") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
				b := open(t, s)
				p.enter(b, "company")
				c := good(p)
				tt.bend(p, c)
				a := open(t, s).send("POST", "/auth/oidc/company/logout/", url.Values{"logout_token": {p.signed(c)}})
				if ended := b.me() == ""; ended != tt.ends || a.status >= 500 {
					t.Errorf("ended %v: %d %s", ended, a.status, a.text)
				}
			})
		})
	}
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		b := open(t, s)
		p.enter(b, "company")
		unsigned := encoded(map[string]string{"alg": "none"}) + "." + encoded(good(p)) + "."
		for _, raw := range []string{unsigned, "", "x", p.token("n")} {
			a := open(t, s).send("POST", "/auth/oidc/company/logout/", url.Values{"logout_token": {raw}})
			if a.status != http.StatusBadRequest || b.me() == "" {
				t.Errorf("%.40q: %d %s", raw, a.status, a.text)
			}
		}
	})
}

// A provider that is down, or lies about itself, costs nobody else anything, and the log and the page say what it did.
func TestAProviderThatDoesNotAnswer(t *testing.T) {
	together(t, "dead", func(t *testing.T, s *webtest.Server, p *idp) {
		alive := newIDP(t)
		alive.with(s, "alive")
		hang := make(chan struct{})
		silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
		t.Cleanup(silent.Close)
		t.Cleanup(func() { close(hang) })
		p.with(s, "silent", func(c *app.OIDCConfig) { c.Issuer = silent.URL })
		p.Close()
		waits := make(chan answer)
		go func() { waits <- open(t, s).get("/auth/oidc/silent/") }()
		if a := open(t, s).get("/auth/oidc/dead/"); a.status != http.StatusBadGateway || !strings.Contains(a.text,
			a.header.Get("X-Request-Id")) {
			t.Errorf("a dead provider: %d %s", a.status, a.says())
		}
		if a := open(t, s).get("/console/sign-in/"); !strings.Contains(a.says(), "Sign in with The alive") {
			t.Errorf("the page says %s", a.says())
		}
		b := open(t, s)
		if alive.enter(b, "alive"); b.me() == "" {
			t.Error("nobody comes in by the other one")
		}
		if a := <-waits; a.status != http.StatusBadGateway {
			t.Errorf("a silent provider: %d", a.status)
		}
	})
}

// The button on the administrators' page says what a provider answers.
func TestAProviderIsTried(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		b := as(t, s, p.admin)
		const try = "/console/sign-in-providers/oidc/company/try/"
		if a := b.post(try); !strings.HasSuffix(a.to, "done=provider-tried") {
			t.Errorf("all well: %d %s", a.status, a.says())
		}
		for name, tt := range map[string]struct {
			set  func(c *app.OIDCConfig)
			says string
		}{
			"another secret":  {func(c *app.OIDCConfig) { c.ClientSecret = "wrong" }, "invalid_client: said by the fake"},
			"another address": {func(c *app.OIDCConfig) { c.Issuer = p.URL + "/nowhere" }, "404 Not Found"},
			"a slash more":    {func(c *app.OIDCConfig) { c.Issuer = p.URL + "/" }, "did not match the issuer URL returned by provider"},
			"no such machine": {func(c *app.OIDCConfig) { c.Issuer = "http://nowhere.invalid" }, "nowhere.invalid"},
		} {
			p.with(s, "company", tt.set)
			if a := b.post(try); a.status != http.StatusBadRequest || !strings.Contains(a.says(), tt.says) {
				t.Errorf("%s: %d %s", name, a.status, a.says())
			}
		}
		p.with(s, "company")
		s.App.Config.SignIn.AllowNetworks = nil
		if a := b.post(try); !strings.Contains(a.says(), "sign_in.allow_networks") {
			t.Errorf("a private network: %s", a.says())
		}
	})
}

// The settings of the reference's paid edition are enough, where the provider can be found by them; the secret is
// sealed, and never shown.
func TestTheProviderOfThePage(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		p := newIDP(t)
		s.App.Config.SignIn.AllowNetworks = []string{"127.0.0.0/8"}
		b := as(t, s, admin)
		form := []string{"client_id", clientID, "client_secret", clientSecret,
			"authorize_url", p.URL + "/authorize", "token_url", p.URL + "/token",
			"userinfo_url", p.URL + "/userinfo", "label", "Company"}
		if a := b.post("/console/sign-in-providers/oidc/", append(form, "workspace_groups", "harbour engineering")...); a.status !=
			http.StatusBadRequest || !strings.Contains(a.says(), "WORKSPACE:ROLE:GROUP") {
			t.Errorf("a mapping that is none: %d %s", a.status, a.says())
		}
		if a := b.post("/console/sign-in-providers/oidc/", form...); !strings.HasSuffix(a.to, "done=saved") {
			t.Fatalf("%d %s", a.status, a.says())
		}
		if a := b.get("/console/sign-in-providers/"); strings.Contains(a.text, clientSecret) || !strings.Contains(a.text, clientID) {
			t.Errorf("the page is %s", a.text)
		}
		other := open(t, s)
		if a := p.enter(other, "oidc"); other.me() != "ann@sailplane.test" {
			t.Errorf("%d %s", a.status, a.says())
		}
		for _, key := range []string{"OIDC_CLIENT_SECRET"} {
			var kept string
			if err := s.App.DB.Read(t.Context()).One("SELECT value FROM instance_configurations WHERE key = ?", []any{key}, &kept); err != nil ||
				kept == "" || strings.Contains(kept, clientSecret) {
				t.Errorf("the database has %q, %v", kept, err)
			}
		}
		b.post("/console/sign-in-providers/oidc/", "client_id", "")
		if a := open(t, s).get("/auth/oidc/"); a.status != http.StatusNotFound {
			t.Errorf("a provider that is forgotten: %d", a.status)
		}
	})
}

// Where a frontend cannot show all ways in, our page does: to who is not signed in, and for its pages alone.
func TestTheDoor(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		dir := t.TempDir()
		for name, text := range map[string]string{"index.html": "<html>tracker</html>",
			"god-mode/index.html": "<html>admin</html>", "spaces/index.html": "<html>boards</html>", "assets/a.js": "1"} {
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.App.Config.Web.Frontend = dir
		site, err := web.OpenFrontend(&s.App.Config.Web, s.App)
		if err != nil {
			t.Fatal(err)
		}
		handler, err := web.NewServer(s.App, routes.Served("test"), func() http.Handler { return site })
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(handler)
		t.Cleanup(srv.Close)
		s = &webtest.Server{Server: srv, App: s.App}
		b := open(t, s, "Accept", "text/html")
		for path, want := range map[string]string{
			"/":                       "/console/sign-in/?next=%2F",
			"/harbour/projects/":      "/console/sign-in/?next=%2Fharbour%2Fprojects%2F",
			"/?next_path=/harbour/":   "/console/sign-in/?next=%2Fharbour%2F",
			"/?error_message=WRONG":   "/console/sign-in/?fault=WRONG&next=%2F",
			"/sign-up/":               "",
			"/accounts/set-password/": "",
			"/god-mode/":              "", "/spaces/x/": "", "/assets/a.js": "",
		} {
			if a := b.get(path); a.to != want || want == "" && a.status != http.StatusOK {
				t.Errorf("%s: %d %s", path, a.status, a.to)
			}
		}
		if a := b.get("/console/sign-in/?next=%2Fharbour%2F&fault=WRONG"); !strings.Contains(a.text,
			`href="/auth/oidc/company/?next_path=%2Fharbour%2F"`) || !strings.Contains(a.says(), "did not work") {
			t.Errorf("the page is %s", a.text)
		}
		p.with(s, "company")
		a := b.get("/auth/oidc/company/?next_path=/harbour/")
		if a := b.get(back(p.authorize(a.to))); a.to != srv.URL+"/harbour/" {
			t.Errorf("it leads back to %s", a.to)
		}
		if a := b.get("/"); a.status != http.StatusOK || a.text != "<html>tracker</html>" {
			t.Errorf("who is signed in: %d %s", a.status, a.to)
		}
		s.App.Config.SignIn.Page = app.PageFrontend
		if a := open(t, s, "Accept", "text/html").get("/"); a.status != http.StatusOK {
			t.Errorf("the frontend's page: %d %s", a.status, a.to)
		}
		s.App.Config.SignIn.Page, s.App.Config.SignIn.OIDC = app.PageOwn, nil
		if a := open(t, s, "Accept", "text/html").get("/"); a.status != http.StatusFound {
			t.Errorf("our page: %d", a.status)
		}
	})
}

// With passwords off, the machine itself lets in by one all the same, and nobody else's machine does.
func TestBreakGlass(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		if err := user.SetPassword(t.Context(), s.App, p.admin.User, strong); err != nil {
			t.Fatal(err)
		}
		s.Configure(map[string]string{"ENABLE_EMAIL_PASSWORD": "0"})
		form := []string{"email", "ada@sailplane.test", "password", strong}
		b := open(t, s)
		if a := b.get("/console/sign-in/"); !strings.Contains(a.says(), "machine of the server itself") {
			t.Errorf("the page says %s", a.says())
		}
		if a := b.post("/console/sign-in/", form...); b.me() != "ada@sailplane.test" {
			t.Errorf("%d %s", a.status, a.says())
		}
		b = open(t, s, elsewhere...)
		if a := b.get("/console/sign-in/"); strings.Contains(a.text, `type="password"`) {
			t.Error("others are asked for a password")
		}
		if a := b.post("/console/sign-in/", form...); a.status != http.StatusBadRequest || b.me() != "" {
			t.Errorf("from elsewhere: %d %s", a.status, a.to)
		}
		b = open(t, s)
		if b.post("/auth/sign-in/", form...); b.me() != "" {
			t.Error("the frontend's form takes it")
		}
	})
}
