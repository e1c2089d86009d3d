package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/mux"
)

// The reference keeps two sessions apart: the administrators' pages have a cookie of their own.
const (
	SessionCookie      = "session-id"
	AdminSessionCookie = "admin-session-id"
)

// adminPages is where the administrators' session counts; everywhere else, whatever a workspace is called, it is the
// app's.
const adminPages = "/api/instances/"

// CookieFor names the session cookie of a path.
func CookieFor(path string) string {
	if strings.HasPrefix(path, adminPages) {
		return AdminSessionCookie
	}
	return SessionCookie
}

var errBadKey = Detail(http.StatusForbidden, "Given API token is not valid")

// identify fills who asks: below /api/v1/ by a key, elsewhere, and where an operation says so, by the session's
// cookie. Where an operation takes either, a key is what counts.
func identify(x *exchange, c *app.Call, r *http.Request, route *mux.Route[*Op]) error {
	if strings.HasPrefix(r.URL.Path, "/api/v1/") && !bySession(route) || byEither(route) && keyOf(r) != "" {
		return identifyKey(x, c, r)
	}
	return identifySession(x, c, r)
}

// bySession says whether an operation of the route, and so each of them (see NewServer), knows callers by their
// session.
func bySession(route *mux.Route[*Op]) bool {
	for _, op := range route.Methods {
		return op.session
	}
	return false
}

// byEither says whether an operation of the route takes a key as well as a session.
func byEither(route *mux.Route[*Op]) bool {
	for _, op := range route.Methods {
		return op.either
	}
	return false
}

// keyOf is the key that a request carries: in X-Api-Key, as the reference wants it, else in Authorization, as most
// programs can. Where both stand, the second one may be meant for a proxy in front.
func keyOf(r *http.Request) string {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

func identifyKey(x *exchange, c *app.Call, r *http.Request) error {
	key := keyOf(r)
	if key == "" {
		return nil
	}
	token, err := c.TokenByKey(c, key)
	if errors.Is(err, store.ErrNotFound) || err == nil && !usable(token, c.DB.Now()) {
		return c.KeptOut(app.TriedKey, errBadKey)
	}
	if err != nil {
		return err
	}
	user, err := c.UserByID(c, token.UserID)
	if err != nil {
		return err
	}
	if !user.IsActive {
		return c.KeptOut(app.TriedKey, errBadKey) // whoever closed the account, and however
	}
	c.Token, c.User = token, user
	if x.lasts { // it was noted when the stream was opened
		return nil
	}
	return c.TouchKey()
}

func usable(k *store.APIToken, now time.Time) bool {
	return k.IsActive && (k.ExpiredAt == nil || k.ExpiredAt.After(now))
}

func identifySession(x *exchange, c *app.Call, r *http.Request) error {
	name := CookieFor(r.URL.Path)
	cookie, err := r.Cookie(name)
	if err != nil || cookie.Value == "" {
		return nil
	}
	session, err := c.SessionByKey(c, cookie.Value)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || !c.SessionLives(session) {
		http.SetCookie(x, EndedCookie(name))
		return nil
	}
	c.Session = session
	if session.UserID == nil {
		return nil
	}
	if !x.lasts { // a stream that goes on is no use of it
		if err := c.TouchSession(c, session); err != nil {
			return err
		}
	}
	user, err := c.UserByID(c, *session.UserID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && user.IsActive {
		c.User = user
	}
	return nil
}

// SessionCookieFor is the cookie that gives a client its session, for as long as that lives.
func SessionCookieFor(c *app.Call, name, key string, life time.Duration) *http.Cookie {
	return &http.Cookie{Name: name, Value: key, Path: "/", MaxAge: int(life.Seconds()), Expires: c.DB.Now().Add(life),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: Secure(c)}
}

// Secure says whether the client came by TLS, so that cookies may go back by TLS only.
func Secure(c *app.Call) bool { return strings.HasPrefix(c.Base, "https://") }

// EndedCookie deletes a session's cookie in the client.
func EndedCookie(name string) *http.Cookie {
	return &http.Cookie{Name: name, Value: "", Path: "/", MaxAge: -1, Expires: time.Unix(1, 0),
		SameSite: http.SameSiteLaxMode}
}

// peer is who the connection is from, and whether that is a proxy whose word counts: one that the settings name, or
// whoever may use our unix socket.
func peer(r *http.Request, cfg *app.Config) (host string, proxy bool) {
	if at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && at.Network() == "unix" {
		return "unix", true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return host, trusted(host, cfg.Server.TrustedProxies)
}

// clientIP is the address of the client: the connection's, or what a trusted proxy says.
func clientIP(r *http.Request, cfg *app.Config) string {
	host, proxy := peer(r, cfg)
	if !proxy {
		return host
	}
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		addr, err := netip.ParseAddr(hop)
		if err != nil {
			break
		}
		host = addr.WithZone("").String() // a zone may be any text
		if !trusted(host, cfg.Server.TrustedProxies) {
			break
		}
	}
	return host
}

func trusted(host string, networks []string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, n := range networks {
		if p, err := netip.ParsePrefix(n); err == nil && p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// page is the origin of the page that asks. A browser knows better than a request whether it came by TLS.
func page(r *http.Request, base string) string {
	if u, err := url.Parse(r.Header.Get("Origin")); err == nil && u.Host == r.Host &&
		(u.Scheme == "http" || u.Scheme == "https") {
		return u.Scheme + "://" + u.Host
	}
	return base
}

// base is the origin that the client used.
func base(r *http.Request, cfg *app.Config) string {
	scheme := "http"
	if _, proxy := peer(r, cfg); r.TLS != nil || proxy && r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
