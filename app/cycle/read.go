package cycle

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/plan"
	"github.com/sailplane/sailplane/app/visit"
	"github.com/sailplane/sailplane/store"
)

// List returns the cycles of the call's project that are not archived, favourites first, then newest; none when the
// project is archived. With onlyCurrent those that are running.
func List(c *app.Call, onlyCurrent bool) ([]ForMember, error) {
	t := c.Read()
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil || p.ArchivedAt != nil {
		return nil, err
	}
	rows, err := store.Cycles.List(t, dbx.HashExp{"project_id": c.ProjectID, "archived_at": nil}, "created_at DESC",
		"id DESC")
	if err != nil {
		return nil, err
	}
	seen, err := see(c, t, rows, app.Zone(p.Timezone))
	if onlyCurrent {
		seen = slices.DeleteFunc(seen, func(s ForMember) bool { return s.Status != "CURRENT" })
	}
	return seen, err
}

// Get returns a cycle that is not archived, with how many of its work items have a parent.
func Get(c *app.Call, id string) (*ForMember, int, error) {
	t := c.Read()
	row, err := inProject(c, t, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.ArchivedAt != nil {
		return nil, 0, app.Refuse(app.NotFound, "Cycle not found")
	}
	if err != nil {
		return nil, 0, err
	}
	sub, err := store.InCycle.SubIssues(t, id, c.OwnOnly())
	if err != nil {
		return nil, 0, err
	}
	seen, err := seeOne(c, t, row)
	if err == nil {
		visit.Note(c, "cycle", id, c.ProjectID)
	}
	return seen, sub, err
}

// Free says whether no other cycle of the call's project has days between those two.
func Free(c *app.Call, start, end app.WrittenTime, except string) (bool, error) {
	t := c.Read()
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return false, err
	}
	zone := app.Zone(p.Timezone)
	from, to := span(start.Day(zone), end.Day(zone), t.Now, zone)
	rows, err := store.Cycles.List(t, dbx.HashExp{"project_id": c.ProjectID})
	if err != nil {
		return false, err
	}
	taken := func(r store.Cycle) bool {
		return r.ID != except && r.StartDate != nil && r.EndDate != nil && touches(r, from, to)
	}
	return !slices.ContainsFunc(rows, taken), nil
}

// touches says whether a cycle has days of a span. One that ends before it begins is asked about too, as in the
// reference: it touches what one of its ends is in.
func touches(r store.Cycle, from, to time.Time) bool {
	within := func(at time.Time) bool { return !r.StartDate.After(at) && !r.EndDate.Before(at) }
	return within(from) || within(to) || !r.StartDate.Before(from) && !r.EndDate.After(to)
}

// ListArchived returns the archived cycles of the call's project, favourites first, then newest. Their dates are in
// UTC.
func ListArchived(c *app.Call) ([]ForMember, error) {
	t := c.Read()
	where := dbx.And(dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID},
		dbx.Not(dbx.HashExp{"archived_at": nil}))
	rows, err := store.Cycles.List(t, where, "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	return see(c, t, rows, time.UTC)
}

// ListAll returns the cycles that are not archived of all projects of the workspace that the caller may look into,
// newest first. Their dates are in the caller's time zone.
func ListAll(c *app.Call) ([]ForMember, error) {
	t := c.Read()
	where := dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID, "archived_at": nil}, c.InOwnProjects("project_id"))
	rows, err := store.Cycles.List(t, where, "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	seen, err := see(c, t, rows, c.Zone())
	slices.SortStableFunc(seen, func(a, b ForMember) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return seen, err
}

// Archived is an archived cycle with what is only seen there.
type Archived struct {
	ForMember
	SubIssues int // how many of its work items have a parent
	plan.Detail
}

// GetArchived returns an archived cycle; store.ErrNotFound when there is none.
func GetArchived(c *app.Call, id string) (*Archived, error) {
	t := c.Read()
	row, err := inProject(c, t, id)
	if err != nil {
		return nil, err
	}
	if row.ArchivedAt == nil {
		return nil, store.ErrNotFound
	}
	seen, err := see(c, t, []store.Cycle{*row}, time.UTC)
	if err != nil {
		return nil, err
	}
	a := &Archived{ForMember: seen[0]}
	if a.SubIssues, err = store.InCycle.SubIssues(t, id, c.OwnOnly()); err != nil {
		return nil, err
	}
	points, err := plan.CountsPoints(c, t)
	if err != nil {
		return nil, err
	}
	shares, err := plan.Read(t, store.InCycle, id, c.OwnOnly())
	if err != nil {
		return nil, err
	}
	a.Detail = shares.Detail(plan.Until(row.StartDate, row.EndDate), points)
	return a, nil
}
