package project

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Lists for programs that need names and ids: what is counted in other lists is not here.

var orderedLite = map[string]string{"name": "name", "identifier": "identifier", "created_at": "created_at",
	"updated_at": "updated_at", "archived_at": "archived_at", "network": "network", "id": "id"}

// ListLite returns a part of the projects that the caller knows of, by name or -name (empty: the newest first), with
// archived those as well, and how many there are in all.
func ListLite(c *app.Call, s store.ListPart, by string, archived bool) ([]store.Project, int, error) {
	order, err := app.OrderBy(by, "-created_at", orderedLite)
	if err != nil {
		return nil, 0, err
	}
	where := dbx.And(store.KnownProjects(c.Workspace.ID, c.UserID()), c.OfKey("projects.id"))
	if !archived {
		where = dbx.And(where, dbx.HashExp{"projects.archived_at": nil})
	}
	return store.Projects.Page(c.Read(), where, s, order, "id")
}

// MembersPart returns a part of those who are or were in the call's project, by name or -name (empty: the newest
// first), and how many there are in all. role is a slug of app.Roles; empty: any.
func MembersPart(c *app.Call, f store.MemberFilter, role string, s store.ListPart, by string) ([]store.ListedMember,
	int, error) {
	if err := app.OfRole(&f, app.OfProject, role); err != nil {
		return nil, 0, err
	}
	order, err := app.OrderBy(by, "-created_at", store.MemberOrders)
	if err != nil {
		return nil, 0, err
	}
	return store.ProjectMembersPart(c.Read(), c.ProjectID, f, s, order)
}
