package issue

import (
	"cmp"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// PublicList returns a part of the work items of the call's project, by a name of the wire (empty: newest first), and
// how many there are.
func PublicList(c *app.Call, s store.ListPart, by string) ([]store.PublicIssue, int, error) {
	return publicList(c, issuelist.Scope{}, s, cmp.Or(by, "-created_at"))
}

// PublicListIn is PublicList for what is in a cycle or module; an empty name is oldest first.
func PublicListIn(c *app.Call, plan store.Plan, id string, s store.ListPart, by string) ([]store.PublicIssue,
	int, error) {
	scope := issuelist.Scope{Cycle: id}
	if plan == store.InModule {
		scope = issuelist.Scope{Module: id}
	}
	return publicList(c, scope, s, cmp.Or(by, "created_at"))
}

func publicList(c *app.Call, in issuelist.Scope, s store.ListPart, by string) ([]store.PublicIssue, int, error) {
	order, ok := issuelist.ParsePublicOrder(by)
	if !ok { // the reference fails
		return nil, 0, app.Field("order_by", `"`+by+`" is not a valid choice.`)
	}
	t := c.Read()
	place, err := inProject(c) // nothing, when it is archived
	if err != nil {
		return nil, 0, err
	}
	place.Cycle, place.Module = in.Cycle, in.Module
	q := issuelist.Query{Scope: place, Order: order}
	if q.States, err = issuelist.ReadStates(t, slices.Concat(place.Projects, place.Own)); err != nil {
		return nil, 0, err
	}
	ids, total, err := q.Find(t, s.Offset, s.Limit)
	if err != nil {
		return nil, 0, err
	}
	rows, err := store.PublicIssues(t, ids)
	return rows, total, err
}

// publicScope is where single work items are looked for, as far as the caller may see them: where lists do, or all.
func publicScope(c *app.Call, all bool) store.PublicScope {
	return store.PublicScope{Workspace: c.Workspace.ID, Project: c.ProjectID, Own: c.OwnOnly(), All: all}
}
