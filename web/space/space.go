// Package space is the API below /api/public/: published projects, for everybody who knows their address (the anchor) and for
// those who are signed in but need not be members of anything. Its rules are the app API's, and so are most of its shapes.
package space

import (
	"net/http"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

const (
	root  = "/api/public/"
	board = root + "anchor/{anchor}/"
	item  = board + "issues/{issue_id:uuid}/"
)

// Ops are the operations of this API, a table a resource.
func Ops() []web.Op {
	return slices.Concat(
		boards,
		items,
		votes,
		reactions,
		comments,
		intake,
		assets,
	)
}

// An address that is none is refused in many words, by the kind of operation.
var (
	errNotPublished = app.Refuse(http.StatusNotFound, "Project is not published")
	errAnchor       = app.Refuse(http.StatusNotFound, "Invalid anchor")
	errNoResource   = app.Refuse(http.StatusNotFound, "Requested resource could not be found.")
)

// reads lets everybody in who knows the address.
func reads(refusal error) web.Rule { return web.Board(refusal) }

// writes lets those of them in who are signed in.
func writes(refusal error) web.Rule { return web.SignedIn().AndThen(web.Board(refusal)) }

// writesWhere is writes where the board has that switched on.
func writesWhere(s app.BoardSwitch, off string) web.Rule {
	return web.SignedIn().AndThen(web.Board(app.ErrMissing).AndThen(web.Switched(s, app.Invalid(off))))
}
