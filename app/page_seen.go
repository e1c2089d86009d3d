package app

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// PublicPage is the access of a page that is not only its owner's.
const PublicPage = 0

// SeenPages are the pages of a project, or of the workspace itself when none is named, that the caller may read: public
// ones and their own. Of a project that shows a guest only what is their own, those; of the workspace, its guests none,
// and others not what lies in private collections that they are not in.
func (c *Call) SeenPages(project string) dbx.Expression {
	if project == "" && c.Access.Workspace < Member || project != "" && c.Access.Projects[project] == Nobody {
		return store.Nothing()
	}
	seen := dbx.Expression(dbx.HashExp{"pages.owned_by_id": c.UserID()})
	switch {
	case project == "":
		seen = dbx.Or(seen, dbx.And(dbx.HashExp{"pages.access": PublicPage}, dbx.Not(store.ShutAway(c.UserID()))))
	case !c.SeesOwnOnly(project):
		seen = dbx.Or(seen, dbx.HashExp{"pages.access": PublicPage})
	}
	return dbx.And(store.PagesIn(c.Workspace.ID, project), seen)
}
