package module

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

// List returns the modules of the call's project, archived or not, favourites first, then newest.
func List(c *app.Call, archived bool) ([]ForMember, error) {
	t := c.Read()
	where := dbx.Expression(dbx.HashExp{"archived_at": nil})
	if archived {
		where = dbx.Not(where)
	}
	rows, err := store.Modules.List(t,
		dbx.And(dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID}, where), "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	return see(c, t, rows)
}

// ListAll returns the modules that are not archived of all projects of the workspace that the caller may look into,
// newest first.
func ListAll(c *app.Call) ([]ForMember, error) {
	t := c.Read()
	rows, err := store.Modules.List(t,
		dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID, "archived_at": nil}, c.InOwnProjects("project_id")),
		"created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	seen, err := see(c, t, rows)
	slices.SortStableFunc(seen, func(a, b ForMember) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return seen, err
}

// Detail is one module with what is only seen there.
type Detail struct {
	ForMember
	SubIssues int // how many of its work items have a parent
	Links     []store.ModuleLink
	plan.Detail
}

// Get returns a module, archived or not; store.ErrNotFound when there is none of that kind.
func Get(c *app.Call, id string, archived bool) (*Detail, error) {
	t := c.Read()
	row, err := inProject(c, t, id)
	if err != nil {
		return nil, err
	}
	if (row.ArchivedAt != nil) != archived {
		return nil, store.ErrNotFound
	}
	seen, err := seeOne(c, t, row)
	if err != nil {
		return nil, err
	}
	d := &Detail{ForMember: *seen}
	if d.SubIssues, err = store.InModule.SubIssues(t, id, c.OwnOnly()); err != nil {
		return nil, err
	}
	if d.Links, err = linksOf(t, row); err != nil {
		return nil, err
	}
	points, err := plan.CountsPoints(c, t)
	if err != nil {
		return nil, err
	}
	shares, err := plan.Read(t, store.InModule, id, c.OwnOnly())
	if err != nil {
		return nil, err
	}
	d.Detail = shares.Detail(plan.Until(day(row.StartDate), day(row.TargetDate)), points)
	return d, nil
}

// Current is Get for a module that is not archived, refused in the reference's words; the look is noted.
func Current(c *app.Call, id string) (*Detail, error) {
	d, err := Get(c, id, false)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNone
	}
	if err != nil {
		return nil, err
	}
	if d.Progress.Total == 0 { // nothing burns down; archived modules show it nevertheless
		d.Counts.Chart = plan.Chart{}
	}
	visit.Note(c, "module", id, c.ProjectID)
	return d, nil
}

// day is the first moment of a date, nil for none.
func day(d *store.Date) *time.Time {
	if d == nil {
		return nil
	}
	at, err := time.Parse(time.DateOnly, string(*d))
	if err != nil {
		return nil
	}
	return &at
}
