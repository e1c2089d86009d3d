package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// standIns are the pages of the frontends that pages of our own stand in for while no frontend is served: letters, and
// redirects of forms, lead to them.
var standIns = map[string]string{
	"/accounts/reset-password": "/console/password/",
	"/sign-in":                 "/console/sign-in/",
	"/sign-up":                 "/console/sign-in/",
}

// standIn leads a browser on when no frontend is served that has the page.
func (s *Server) standIn(x *exchange, r *http.Request) bool {
	path := strings.TrimSuffix(r.URL.Path, "/")
	to := standIns[path]
	if admin := strings.TrimSuffix(s.app.Config.Web.AdminPath, "/"); admin != "" &&
		(path == admin || strings.HasPrefix(path, admin+"/")) {
		to = "/console/"
	}
	if path == "/workspace-invitations" {
		to = invitationStandIn(r.URL.Query())
	}
	if to == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if r.URL.RawQuery != "" && to == "/console/password/" {
		to += "?" + r.URL.RawQuery
	}
	x.Header().Set("Location", to)
	x.WriteHeader(http.StatusFound)
	return true
}

// invitationStandIn is where an invitation is answered whose link has these values; empty when it names none.
func invitationStandIn(link url.Values) string {
	slug, id := link.Get("slug"), link.Get("invitation_id")
	if slug == "" || !store.IsID(id) {
		return ""
	}
	return "/console/invitation/" + url.PathEscape(slug) + "/" + id + "/?token=" + url.QueryEscape(link.Get("token"))
}
