package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// A browser sends its cookies along whatever site makes it ask; SameSite=Lax stops other sites, but not a sibling
// host or another port of the same one. So what would change something with a session's rights is looked at once
// more.

// errForeignSite refuses what a page of another site makes a browser do.
var errForeignSite = Detail(http.StatusForbidden,
	"CSRF Failed: the request comes from another site than this server's and its frontends' "+
		"(web.app_url, web.admin_url, web.space_url).")

// foreign says whether a page of another site made a browser send this, by Sec-Fetch-Site and Origin. Programs send
// neither and pass. Go's own check serves: it knows the host of the request itself, behind whatever proxy that ends
// TLS, and the frontends that the settings name.
func foreign(c *app.Call, r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions: // change nothing
		return false
	}
	return elsewhere(c.Config, r)
}

// elsewhere says whether a browser sends what changes something for a page of another site.
func elsewhere(cfg *app.Config, r *http.Request) bool {
	check := http.NewCrossOriginProtection()
	for _, address := range frontends(cfg) {
		if origin := originOf(address); origin != "" && check.AddTrustedOrigin(origin) != nil {
			return true // cannot be: the settings were checked
		}
	}
	return check.Check(r) != nil
}

// originOf is the scheme and the host of an address, as browsers write them; empty for what is no address.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	return scheme + "://" + strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme])
}

// keepPrivate forbids every cache to keep what only this caller, or only this moment, may see; operations may say
// otherwise.
func keepPrivate(c *app.Call, r *http.Request, h http.Header) {
	if c.User != nil || c.Session != nil || strings.HasPrefix(r.URL.Path, "/auth/") {
		h.Set("Cache-Control", "no-store")
	}
}

// pageHeaders are those of the pages of our own: they load our style and our script and nothing else, send forms only
// to us and stand in no frame.
func pageHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin") // with none at all browsers do not say which page sends a form
}
