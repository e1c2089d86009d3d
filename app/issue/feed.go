package issue

import (
	"cmp"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// Feed answers a part of the work items of the call's project, by a name of the wire (empty: newest first), and how many there are.
func Feed(c *app.Call, s store.Slice, by string) ([]store.FeedIssue, int, error) {
	return feed(c, feedOf(c), issuelist.Scope{}, s, cmp.Or(by, "-created_at"))
}

// feedOf are the work items of the call's project that lists show, as far as the caller may see them.
func feedOf(c *app.Call) *store.Feed {
	return store.FeedOf(c.Workspace.ID, c.ProjectID).OwnOnly(c.Read(), c.OwnOnly())
}

// feedOfAll are all living ones that the caller may see, archived ones and drafts as well.
func feedOfAll(c *app.Call) *store.Feed {
	return store.FeedOfAll(c.Workspace.ID, c.ProjectID).OwnOnly(c.Read(), c.OwnOnly())
}

// FeedIn is Feed for what is in a cycle or module; an empty name is oldest first.
func FeedIn(c *app.Call, plan store.Plan, id string, s store.Slice, by string) ([]store.FeedIssue, int, error) {
	scope := issuelist.Scope{Cycle: id}
	if plan == store.InModule {
		scope = issuelist.Scope{Module: id}
	}
	return feed(c, feedOf(c).In(plan, id), scope, s, cmp.Or(by, "created_at"))
}

// feed finds the part in the project's outline, if it has one; else the database does.
func feed(c *app.Call, f *store.Feed, scope issuelist.Scope, s store.Slice, by string) ([]store.FeedIssue, int, error) {
	order, ok := store.FeedOrder(by)
	if !ok { // the reference fails
		return nil, 0, app.Field("order_by", `"`+by+`" is not a valid choice.`)
	}
	t := c.Read()
	q, err := feedQuery(c, scope, by)
	if err != nil {
		return nil, 0, err
	}
	ids, total, found, err := q.Recall(t, s.Offset, s.Limit)
	if err != nil {
		return nil, 0, err
	}
	if found {
		rows, err := f.InTurn(t, ids)
		return rows, total, err
	}
	var rows []store.FeedIssue
	err = q.Timed(t, func() error {
		rows, total, err = f.Page(t, s, order)
		return err
	})
	return rows, total, err
}

// feedQuery is the feed as outlines are asked for it; of an archived project it is nothing.
func feedQuery(c *app.Call, scope issuelist.Scope, by string) (issuelist.Query, error) {
	place, err := inProject(c)
	if err != nil {
		return issuelist.Query{}, err
	}
	place.Cycle, place.Module = scope.Cycle, scope.Module
	q := issuelist.Query{Scope: place, Order: issuelist.FeedOrder(by)}
	q.States, err = issuelist.ReadStates(c.Read(), slices.Concat(place.Projects, place.Own))
	return q, err
}
