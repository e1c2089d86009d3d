package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// Pages of other origins may read what the API answers only when the settings name them (server.cors_origins), letter
// by letter: no pattern, no "*". They come with a key. Whoever looks at them lends them a session only if they are also
// the frontends' (web.app_url, …); and what a session writes is looked at once more, see foreign.

// corsMethods, corsHeaders and corsShown are what pages of other origins may use: methods, headers of requests, and
// headers of answers that scripts may read beside the few that they always may.
const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsHeaders = "Accept, Authorization, Content-Type, X-Api-Key, X-CSRFToken, X-Request-Id"
	corsShown   = "Content-Disposition, Retry-After, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id"
	corsSeconds = "600" // for which a browser may remember a preflight
)

// cors lets pages of the named origins read the answer. It returns true for a preflight, which it answers: browsers
// send no key and no cookie with it.
func cors(w http.ResponseWriter, r *http.Request, cfg *app.Config) (answered bool) {
	if len(cfg.Server.CORSOrigins) == 0 || !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/auth/") {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin") // also where no origin is sent: a cache must not hand that answer to a page
	origin := r.Header.Get("Origin")
	if !slices.Contains(cfg.Server.CORSOrigins, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if slices.ContainsFunc(frontends(cfg), func(address string) bool { return originOf(address) == origin }) {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		h.Set("Access-Control-Expose-Headers", corsShown)
		return false
	}
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Access-Control-Allow-Methods", corsMethods)
	h.Set("Access-Control-Allow-Headers", corsHeaders)
	h.Set("Access-Control-Max-Age", corsSeconds)
	w.WriteHeader(http.StatusNoContent)
	return true
}

// frontends are the addresses whose pages may use sessions, beside the server's own.
func frontends(cfg *app.Config) []string {
	return []string{cfg.Web.AppURL, cfg.Web.AdminURL, cfg.Web.SpaceURL}
}
