// Package auth is what signs people in and out below /auth/: forms and pages of providers, which end in a redirect, and
// what the frontends ask before. Each stands there twice: for the app and, below spaces/, for published projects.
package auth

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

// Ops are the operations of this API.
func Ops() []web.Op {
	return web.Small(slices.Concat(
		csrf,
		credentials("/auth/", inApp),
		credentials("/auth/spaces/", inSpaces),
		codes("/auth/", inApp),
		codes("/auth/spaces/", inSpaces),
		resets("/auth/", inApp),
		resets("/auth/spaces/", inSpaces),
		providers("/auth/", inApp),
		providers("/auth/spaces/", inSpaces),
		passwords,
	))
}

var csrf = []web.Op{
	web.Do("GET", "/auth/get-csrf-token/", web.Public(), 200, "Get the token that forms carry", getCSRFToken),
}

// CSRFToken is the token for the field csrfmiddlewaretoken or the header X-CSRFToken; a cookie has it too.
type CSRFToken struct {
	Token string `json:"csrf_token"`
}

func getCSRFToken(c *app.Call, in struct {
	Have string `cookie:"csrftoken"`
}) (web.With[CSRFToken], error) {
	token, cookie := web.CSRFToken(c, in.Have)
	return web.With[CSRFToken]{Body: CSRFToken{token}, Cookies: cookies(cookie)}, nil
}

// signedIn sends a client on with a session of its own.
func signedIn(c *app.Call, key, location string) web.Reply {
	return web.Reply{Redirect: location,
		Cookies: cookies(web.SessionCookieFor(c, web.SessionCookie, key, c.Config.Sessions.Life()))}
}
