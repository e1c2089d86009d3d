package web

import (
	"net/http"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
)

// What browsers keep for us: that people have signed in with them before (see app.Call.KnowDevice), and that they are
// not to be asked for the second factor (app.Call.Browser).
const (
	DeviceCookie  = "known-device"
	BrowserCookie = "remembered-browser"
)

// keptLife is how long browsers keep it; they take no more.
const keptLife = 400 * 24 * time.Hour

func kept(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil || len(cookie.Value) > 1000 {
		return ""
	}
	return cookie.Value
}

// giveKept has the client keep what it is to show the next time, if that is something else now.
func giveKept(x *exchange, r *http.Request) {
	c := x.call
	for name, value := range map[string]string{DeviceCookie: c.Devices, BrowserCookie: c.Browser} {
		if value != kept(r, name) {
			http.SetCookie(x, SessionCookieFor(c, name, value, keptLife))
		}
	}
}

const (
	// FactorPath is our page that asks for the second factor.
	FactorPath = "/console/factor/"
	// HalfwayCookie is where a browser keeps, for that page alone, the key of a sign-in that waits.
	HalfwayCookie = "halfway-sign-in"
)

// halfway leads somebody who has signed in to where they show their second factor. No row of a route table says so: it
// is so wherever a sign-in halts.
func halfway(c *app.Call, halt *user.Halt) Reply {
	cookie := SessionCookieFor(c, HalfwayCookie, halt.Key, user.HalfwayLife)
	cookie.Path = FactorPath
	return Reply{Status: http.StatusFound, Redirect: FactorPath, Cookies: []*http.Cookie{cookie},
		Header: http.Header{"Cache-Control": {"no-store"}}}
}

// EndedHalfway deletes the cookie of a sign-in that waits.
func EndedHalfway() *http.Cookie {
	cookie := EndedCookie(HalfwayCookie)
	cookie.Path = FactorPath
	return cookie
}
