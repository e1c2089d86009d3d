package console

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/oidc"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
)

// singleSignOn are the addresses that providers of OpenID Connect are told: those without a name are the reference's
// paid edition's.
var singleSignOn = []web.Op{
	signOnStep("/auth/oidc/", "Begin to sign in by OpenID Connect", beginSignOn),
	signOnStep("/auth/oidc/callback/", "End to sign in by OpenID Connect", endSignOn),
	signOnStep("/auth/oidc/logout/", "Come back from signing out at a provider", backFromSignOut),
	signedOutThere("/auth/oidc/logout/"),
	signOnStep("/auth/oidc/{name}/", "Begin to sign in by a provider of OpenID Connect", beginSignOn),
	signOnStep("/auth/oidc/{name}/callback/", "End to sign in by a provider of OpenID Connect", endSignOn),
	signOnStep("/auth/oidc/{name}/logout/", "Come back from signing out at a provider", backFromSignOut),
	signedOutThere("/auth/oidc/{name}/logout/"),
}

func signOnStep[In any](path, summary string, do func(*app.Call, In) (web.Reply, error)) web.Op {
	return web.Screen("GET", path, web.Public(), summary, refused,
		func(c *app.Call, _ *http.Request, in In) (web.Reply, error) { return do(c, in) })
}

// named is the provider of a path: without a name, the one that is called oidc.
func named(c *app.Call, name string) (*oidc.Provider, error) {
	if name == "" {
		name = app.PaidOIDC
	}
	return oidc.Find(c, c.App, name)
}

type beginVisit struct {
	Name    string `path:"name"`
	Next    string `query:"next_path"`
	Connect string `query:"connect"`
}

func beginSignOn(c *app.Call, in beginVisit) (web.Reply, error) {
	p, err := named(c, in.Name)
	if err != nil {
		return web.Reply{}, err
	}
	connect := in.Connect != ""
	if connect && (c.User == nil || subtle.ConstantTimeCompare([]byte(in.Connect), []byte(connectToken(c, p))) != 1) {
		return web.Reply{}, app.Refuse(app.Forbidden, say("fault.connect"))
	}
	location, key, err := p.Begin(c, local(in.Next), connect)
	if err != nil {
		return web.Reply{}, err
	}
	reply := web.Reply{Redirect: location}
	if key != "" {
		reply.Cookies = []*http.Cookie{web.SessionCookieFor(c, web.SessionCookie, key, c.Config.Sessions.Life())}
	}
	return reply, nil
}

// connectToken shows that the account page of this very session has the link: nobody else's page can have an account of
// theirs connected.
func connectToken(c *app.Call, p *oidc.Provider) string {
	if c.Session == nil {
		return ""
	}
	return c.Sign("connect an account", c.Session.SessionKey+" "+p.Name)
}

type endVisit struct {
	Name        string `path:"name"`
	Code        string `query:"code"`
	State       string `query:"state"`
	Issuer      string `query:"iss"`
	Error       string `query:"error"`
	Description string `query:"error_description"`
}

func endSignOn(c *app.Call, in endVisit) (web.Reply, error) {
	p, err := named(c, in.Name)
	if err != nil {
		return web.Reply{}, err
	}
	a, err := p.End(c, oidc.Answer{Code: in.Code, State: in.State, Issuer: in.Issuer, Error: in.Error,
		Description: in.Description})
	if err != nil {
		var refusal *app.Error
		if errors.As(err, &refusal) && !errors.Is(err, app.Unreachable) { // which the server logs itself
			c.Log.Warn("sign-in by provider refused", "client", c.IP, "provider", p.Name, "id", c.RequestID, "code", refusal.Code,
				"error", err)
		}
		return web.Reply{}, user.LeadOn(c, err, destination(c, a.Next))
	}
	if a.Connected {
		return web.Reply{Redirect: accountPath + "?done=connected"}, nil
	}
	return web.Reply{Redirect: destination(c, a.Next),
		Cookies: []*http.Cookie{web.SessionCookieFor(c, web.SessionCookie, a.Key, c.Config.Sessions.Life())}}, nil
}

func backFromSignOut(c *app.Call, _ struct {
	Name string `path:"name"`
}) (web.Reply, error) {
	return web.Reply{Redirect: signInPath + "?done=signed-out"}, nil
}

// signedOutThere is told by a provider that somebody signed out of it.
func signedOutThere(path string) web.Op {
	type said struct {
		Name  string `path:"name"`
		Token string `json:"logout_token" check:"blank,raw"`
	}
	return web.Small([]web.Op{web.Do("POST", path, web.Public(), http.StatusOK, "End the sessions of who signed out at a provider",
		func(c *app.Call, in said) (web.Reply, error) {
			p, err := named(c, in.Name)
			if err != nil {
				return web.Reply{}, err
			}
			n, err := p.SignedOut(c, in.Token)
			if err != nil {
				c.Log.Warn("sign-out at provider refused", "client", c.IP, "provider", p.Name, "id", c.RequestID, "error", err)
				return web.Reply{}, err
			}
			c.Log.Info("signed out at provider", "provider", p.Name, "id", c.RequestID, "sessions", n)
			return web.Reply{Header: http.Header{"Cache-Control": {"no-store"}}}, nil
		})})[0]
}

const longestNext = 500

// local is a path of this server, or of its frontend; empty for what is none.
func local(next string) string {
	if len(next) > longestNext || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "/auth/") ||
		strings.Contains(next, "//") || strings.ContainsAny(next, "\\\x7f") ||
		strings.ContainsFunc(next, func(r rune) bool { return r <= ' ' }) {
		return ""
	}
	return next
}

// destination is where somebody goes on who has signed in: to where they wanted to, else to the tracker, else to their
// account here.
func destination(c *app.Call, next string) string {
	next = local(next)
	switch {
	case strings.HasPrefix(next, Home):
		return next
	case next == "" && !frontend.Served(c.App):
		return Home
	}
	return c.AppURL() + cmp.Or(next, "/")
}
