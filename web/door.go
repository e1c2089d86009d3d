package web

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app/oidc"
)

// signInPage is our own sign-in page, which shows all that is switched on.
const signInPage = "/console/sign-in/"

// openPages begin the paths of those pages of the web frontend that are for who is not signed in.
var openPages = []string{"sign-up", "accounts", "workspace-invitations"}

// door leads who is not signed in and opens a page of the web frontend to our sign-in page, when that is the one to be
// shown. The administrators' pages and the published boards have doors of their own.
func (s *Server) door(x *exchange, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || !readable(r.URL.Path) ||
		!strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	first, _, _ := strings.Cut(name, "/")
	if isAsset(name) || slices.Contains(openPages, first) {
		return false
	}
	for _, p := range []string{s.app.Config.Web.AdminPath, s.app.Config.Web.SpacePath} {
		if folder := strings.Trim(p, "/"); folder != "" && (name == folder || strings.HasPrefix(name, folder+"/")) {
			return false
		}
	}
	own, err := oidc.OwnPage(r.Context(), s.app)
	if err != nil || !own || s.knows(r) {
		return false // a database that is down is for the frontend's own requests to tell of
	}
	x.Header().Set("Cache-Control", "no-store")
	x.Header().Set("Location", signInPage+"?"+comingFrom(r.URL))
	x.WriteHeader(http.StatusFound)
	return true
}

// comingFrom says to our page where somebody wanted to go, and what went wrong on the way.
func comingFrom(u *url.URL) string {
	q := u.Query()
	to := url.Values{"next": {u.EscapedPath()}}
	if next := q.Get("next_path"); next != "" {
		to.Set("next", next)
	}
	if fault := q.Get("error_message"); fault != "" {
		to.Set("fault", fault)
	}
	return to.Encode()
}

// knows says whether a browser has a session of somebody.
func (s *Server) knows(r *http.Request) bool {
	cookie, err := r.Cookie(SessionCookie)
	if err != nil || cookie.Value == "" {
		return false
	}
	session, err := s.app.SessionByKey(r.Context(), cookie.Value)
	if err != nil || session.UserID == nil || !session.ExpireDate.After(s.app.DB.Now()) {
		return false
	}
	u, err := s.app.UserByID(r.Context(), *session.UserID)
	return err == nil && u.IsActive
}
