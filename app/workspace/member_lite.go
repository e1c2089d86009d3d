package workspace

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// MembersPart returns a part of those who are or were in the call's workspace, by name or -name (empty: the newest
// first), and how many there are in all. role is a slug of app.Roles; empty: any.
func MembersPart(c *app.Call, f store.MemberFilter, role string, s store.ListPart, by string) ([]store.ListedMember,
	int, error) {
	if err := app.OfRole(&f, app.OfWorkspace, role); err != nil {
		return nil, 0, err
	}
	order, err := app.OrderBy(by, "-created_at", store.MemberOrders)
	if err != nil {
		return nil, 0, err
	}
	return store.WorkspaceMembersPart(c.Read(), c.Workspace, f, s, order)
}
