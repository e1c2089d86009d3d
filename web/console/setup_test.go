package console_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/console"
	"github.com/sailplane/sailplane/web/webtest"
)

const signUp = "/api/instances/admins/sign-up/"

var first = []string{"email", "ada@sailplane.test", "password", strong, "first_name", "Ada", "company_name", "Harbour"}

func token(t *testing.T, a *app.App) string {
	t.Helper()
	token, err := instance.SetupToken(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func administrators(t *testing.T, s *webtest.Server) int {
	t.Helper()
	n, err := store.InstanceAdmins.Count(s.App.DB.Read(context.Background()), dbx.HashExp{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// elsewhere is how a request looks that a proxy on the server's machine passes on.
var elsewhere = []string{"X-Forwarded-For", "203.0.113.9"}

// From another machine nobody claims the server, but by the link that it printed.
func TestSetupWantsTheLink(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		b := open(t, s, elsewhere...)
		if a := b.get(console.SetupPath); a.status != http.StatusForbidden || !strings.Contains(a.says(), "journalctl") {
			t.Errorf("without the link: %d %s", a.status, a.says())
		}
		if a := b.post(console.SetupPath, first...); a.status != http.StatusForbidden ||
			!strings.Contains(a.says(), "open the set-up link that it printed") {
			t.Errorf("our form without the link: %d %s", a.status, a.says())
		}
		if a := b.post(signUp, first...); a.status != http.StatusFound || !strings.HasPrefix(a.to,
			s.URL+"/god-mode/?error_code=INSTANCE_NOT_CONFIGURED&error_message=To+set+this+server+up") {
			t.Errorf("the frontend's form without the link: %d %s", a.status, a.to)
		}
		for _, wrong := range []string{"x", strings.Repeat("0", 64), token(t, s.App)[1:]} {
			if a := b.get(console.SetupPath + "?token=" + wrong); a.status != http.StatusForbidden ||
				!strings.Contains(a.says(), "That link is not of this server") || b.cookie("setup-token") != "" {
				t.Errorf("link %s: %d %s", wrong, a.status, a.says())
			}
		}
		if n := administrators(t, s); n != 0 {
			t.Fatalf("%d administrators", n)
		}
	})
}

func TestSetupByTheLink(t *testing.T) {
	forms := map[string]struct{ path, to string }{
		"ours":           {console.SetupPath, "/console/overview/?done=set-up"},
		"the frontend's": {signUp, "/god-mode/general/"},
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			webtest.Each(t, func(t *testing.T, s *webtest.Server) {
				link := console.SetupPath + "?token=" + token(t, s.App)
				b := open(t, s, elsewhere...)
				a := b.get(link)
				if kept := a.header.Get("Set-Cookie"); a.to != console.SetupPath || !strings.Contains(kept, "HttpOnly") ||
					!strings.Contains(kept, "SameSite=Lax") || strings.Contains(kept, "Secure") {
					t.Fatalf("the link: %d %s %s", a.status, a.to, kept)
				}
				if a := b.get(console.SetupPath); a.status != http.StatusOK {
					t.Fatalf("the page: %d %s", a.status, a.says())
				}
				if a := b.post(form.path, first...); !strings.HasSuffix(a.to, form.to) {
					t.Fatalf("the form: %d %s %s", a.status, a.to, a.says())
				}
				other := open(t, s, elsewhere...)
				if a := other.get(link); a.to != console.Home || other.cookie("setup-token") != "" {
					t.Errorf("the link afterwards: %d %s", a.status, a.to)
				}
				b.post(signUp, "email", "eve@sailplane.test", "password", strong, "first_name", "Eve")
				if n := administrators(t, s); n != 1 || token(t, s.App) != "" {
					t.Errorf("%d administrators, and a link %q", n, token(t, s.App))
				}
			})
		})
	}
}

// The cookie is for TLS only when the client came by it.
func TestSetupCookieByTLS(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Server.TrustedProxies = []string{"127.0.0.0/8"}
		b := open(t, s, "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https")
		a := b.get(console.SetupPath + "?token=" + token(t, s.App))
		if kept := a.header.Get("Set-Cookie"); !strings.Contains(kept, "setup-token") || !strings.Contains(kept, "Secure") {
			t.Errorf("the cookie is %s", kept)
		}
	})
}

// On the machine itself no link is needed.
func TestSetupOnTheMachine(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		b := open(t, s)
		if a := b.get("/"); a.to == "" {
			a = b.send(http.MethodGet, "/", nil, "Accept", "text/html")
			if a.to != console.Home {
				t.Errorf("/ leads to %q", a.to)
			}
		}
		if a := b.get(console.Home); a.to != console.SetupPath {
			t.Errorf("the console leads to %q", a.to)
		}
		if a := b.post(console.SetupPath, first...); a.to != "/console/overview/?done=set-up" {
			t.Fatalf("set-up: %d %s %s", a.status, a.to, a.says())
		}
		if a := b.get("/console/overview/?done=set-up"); a.status != http.StatusOK ||
			!strings.Contains(a.says(), "The server is set up, and you administer it.") {
			t.Errorf("overview: %d %s", a.status, a.says())
		}
	})
}

// The link is good on every node of the installation and on no other; a copy of the database does not give it away;
// once it has served it is dead for good.
func TestSetupToken(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		link := token(t, s.App)
		node := &app.App{DB: s.App.DB, Config: s.App.Config, Secret: bytes.Clone(s.App.Secret), Log: s.App.Log}
		if token(t, node) != link {
			t.Error("another node has another link")
		}
		node.Secret = []byte("another installation's secret, 32")
		if token(t, node) == link {
			t.Error("the link is the same with another secret: the database gives it away")
		}
		if a := open(t, s).post(signUp, first...); a.status != http.StatusFound {
			t.Fatalf("set-up: %d", a.status)
		}
		ctx := context.Background()
		err := s.App.DB.Write(ctx, "", func(tx *store.Tx) error {
			_, err := store.InstanceAdmins.DeleteWhere(tx, dbx.HashExp{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if again := token(t, s.App); again == "" || again == link {
			t.Errorf("the link with nobody left is %q, the first was %q", again, link)
		}
		b := open(t, s, elsewhere...)
		if a := b.get(console.SetupPath + "?token=" + link); a.status != http.StatusForbidden {
			t.Errorf("the old link: %d", a.status)
		}
	})
}
