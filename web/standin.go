package web

import (
	"net/http"
	"strings"
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
