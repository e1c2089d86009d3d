// Package space is the API below /api/public/: published projects, for everybody who knows their address (the anchor)
// and for those who are signed in but need not be members of anything. Its rules are the app API's, and so are most of
// its shapes.
package space

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/web"
)

const (
	root    = "/api/public/"
	onBoard = root + "anchor/{anchor}/"
	item    = onBoard + "issues/{issue_id:uuid}/"
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
	errNotPublished = app.Refuse(app.NotFound, "Project is not published")
	errAnchor       = app.Refuse(app.NotFound, "Invalid anchor")
	errNoResource   = app.Refuse(app.NotFound, "Requested resource could not be found.")
)

// reads lets everybody in who knows the address.
func reads(refusal error) web.Rule { return web.Board(refusal) }

// writes lets those of them in who are signed in.
func writes(refusal error) web.Rule { return web.SignedIn().AndThen(web.Board(refusal)) }

// writesWhere is writes where the board has that switched on.
func writesWhere(s board.Switch, off string) web.Rule {
	return web.SignedIn().AndThen(web.Board(app.ErrMissing).AndThen(web.Switched(s, app.Refuse(app.Invalid, off))))
}
