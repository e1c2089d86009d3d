package cycle

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Cycles as programs use them: with origins and owners, a project named in the body, and returns without stars.
// Plane: api/views/cycle.py, api/serializers/cycle.py

// ExternalInput is what only programs say of a cycle.
type ExternalInput struct {
	ProjectID app.Opt[string] // whose switch and time zone count; needed in a new one
	OwnedBy   app.Opt[string]
	Placed    bool // the request speaks of the place in the list
}

// WithCounts is a cycle with how far it is.
type WithCounts struct {
	store.Cycle
	Progress store.Progress
	Sums     store.EstimateSums // of archived ones only
}

// views are the parts of a project's cycles that programs ask for by name; any other name is all of them.
func views(name string, now time.Time) dbx.Expression {
	switch name {
	case "current":
		return dbx.And(store.NotAfter("start_date", now), store.NotBefore("end_date", now))
	case "upcoming":
		return store.After("start_date", now)
	case "completed":
		return store.Before("end_date", now)
	case "draft":
		return dbx.HashExp{"start_date": nil, "end_date": nil}
	case "incomplete":
		return dbx.Or(store.NotBefore("end_date", now), dbx.HashExp{"end_date": nil})
	}
	return nil
}

func here(c *app.Call) dbx.HashExp {
	return dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID}
}

// ListV1 returns a part of the cycles of a view, by name or -name (empty: newest first), and how many there are.
func ListV1(c *app.Call, s store.ListPart, view, by string) ([]WithCounts, int, error) {
	t := c.Read()
	return page(c, t, dbx.And(here(c), dbx.HashExp{"archived_at": nil}, views(view, t.Now)), s, by)
}

// ListArchivedV1 is ListV1 for what is archived, with sums of points.
func ListArchivedV1(c *app.Call, s store.ListPart, by string) ([]WithCounts, int, error) {
	t := c.Read()
	list, total, err := page(c, t, dbx.And(here(c), dbx.Not(dbx.HashExp{"archived_at": nil})), s, by)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	sums, err := store.CycleEstimates(t, ids, c.OwnOnly())
	for i := range list {
		list[i].Sums = sums[list[i].ID]
	}
	return list, total, err
}

func page(c *app.Call, t *store.Tx, where dbx.Expression, s store.ListPart,
	by string) ([]WithCounts, int, error) {
	order, err := app.Orders(by, orders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	rows, total, err := store.Cycles.Page(t, where, s, order...)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	progress, err := store.InCycle.Progress(t, dbx.And(store.In("l.cycle_id", ids), c.OwnOnly().Issues("i")))
	list := make([]WithCounts, len(rows))
	for i, row := range rows {
		narrow(c, &row)
		list[i] = WithCounts{Cycle: row, Progress: progress[row.ID]}
	}
	return list, total, err
}

// GetV1 returns a cycle that is not archived.
func GetV1(c *app.Call, id string) (*WithCounts, error) {
	list, _, err := page(c, c.Read(), dbx.And(here(c), dbx.HashExp{"id": id, "archived_at": nil}),
		store.ListPart{Limit: 1}, "")
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// CreateV1 is Create for programs.
func CreateV1(c *app.Call, in Input, more ExternalInput) (*store.Cycle, error) {
	if (in.StartDate.Ptr() == nil) != (in.EndDate.Ptr() == nil) {
		return nil, app.Refuse(app.Invalid, "Both start date and end date are either required or are to be null")
	}
	var made *store.Cycle
	err := c.Write(func(t *store.Tx) error {
		row := first(c)
		if _, err := in.putFrom(c, t, row, more); err != nil {
			return err
		}
		if err := in.origin().CheckNew(t, "cycles", "Cycle", c.ProjectID); err != nil {
			return err
		}
		if err := place(c, t, row); err != nil {
			return err
		}
		made = row
		if err := store.Cycles.Insert(t, row); err != nil {
			return err
		}
		return store.EnqueueEvent(t, "cycle", row.WorkspaceID, row.ID, nil, row)
	})
	return made, err
}

// ChangeV1 is Change for programs.
func ChangeV1(c *app.Call, id string, in Input, more ExternalInput) (*store.Cycle, error) {
	var now *store.Cycle
	err := c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		if row.ArchivedAt != nil {
			return app.Refuse(app.Invalid, "Archived cycle cannot be edited")
		}
		if completed(row, t.Now) && !more.Placed {
			return app.Refuse(app.Invalid, "The Cycle has already been completed so it cannot be edited")
		}
		if more.ProjectID.V == "" {
			more.ProjectID = app.Some(c.ProjectID)
		}
		before := *row
		cols, err := in.putFrom(c, t, row, more)
		if err != nil {
			return err
		}
		if err := in.origin().CheckChange(t, "cycles", "Cycle", c.ProjectID, id, before.ExternalID,
			before.ExternalSource); err != nil {
			return err
		}
		now = row
		if err := store.Cycles.Update(t, row, cols...); err != nil {
			return err
		}
		return store.EnqueueEvent(t, "cycle", row.WorkspaceID, row.ID, &before, row)
	})
	return now, err
}

func (in *Input) origin() *app.ExternalRef {
	return &app.ExternalRef{ExternalID: in.ExternalID, ExternalSource: in.ExternalSource}
}

// putFrom is put in the time zone of the project that the request names, and with an owner, whom only administrators
// name: with the reference whoever changes a cycle is its owner, and may delete it.
func (in *Input) putFrom(c *app.Call, t *store.Tx, row *store.Cycle, more ExternalInput) ([]string, error) {
	owner := row.OwnedByID
	if named := more.OwnedBy.Ptr(); named != nil && c.Access.InProject(c.ProjectID, app.Admin) {
		owner = *named
		if known, err := store.WorkspacePeople(t, c.Workspace.ID, []string{owner}); err != nil {
			return nil, err
		} else if !known[owner] {
			return nil, app.Field("owned_by", app.NoObject(owner))
		}
	}
	zone, err := more.zone(c, t)
	if err != nil {
		return nil, err
	}
	cols, err := in.put(row, t.Now, zone)
	row.OwnedByID = owner
	return append(cols, "owned_by_id"), err
}

// zone returns the time zone of the project that the request names, which must be of the workspace and have cycles.
func (more *ExternalInput) zone(c *app.Call, t *store.Tx) (*time.Location, error) {
	id := more.ProjectID.V
	switch {
	case id == "":
		return nil, app.Field("non_field_errors", "Project ID is required")
	case !store.IsID(id):
		return nil, app.Field("non_field_errors", "“"+id+"” is not a valid UUID.")
	}
	p, err := store.Projects.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, app.Field("non_field_errors", "Project not found")
	case err != nil:
		return nil, err
	case !p.CycleView:
		return nil, app.Field("non_field_errors", "Cycles are not enabled for this project")
	}
	return app.Zone(p.Timezone), nil
}

// DeleteV1 is Delete for programs: its owner may, and the project's administrators. It is nobody's favourite then.
func DeleteV1(c *app.Call, id string) error {
	row, err := inProject(c, c.Read(), id)
	if err != nil {
		return err
	}
	if c.Role() != app.Admin && row.OwnedByID != c.UserID() {
		return app.Refuse(app.Forbidden, "Only admin or creator can delete the cycle")
	}
	if err := Delete(c, id); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.DropFavorites(t, c.Workspace.ID, "cycle", id) })
}

// TransferV1 is Transfer for programs, which can't move anything out of a cycle that still runs.
func TransferV1(c *app.Call, from, to string) error {
	if to == "" {
		return app.Refuse(app.Invalid, "New Cycle Id is required")
	}
	t := c.Read()
	row, err := inProject(c, t, from)
	if err != nil {
		return err
	}
	if row.EndDate != nil && row.EndDate.After(t.Now) {
		return app.Refuse(app.Invalid, "The old cycle is not completed yet")
	}
	if !store.IsID(to) {
		return app.ErrValue
	}
	return Transfer(c, from, to)
}

// Link is a work item's place in a cycle.
type Link struct {
	store.CycleIssue
	SubItems int
}

// AddIssuesV1 is AddIssues for programs, in which what is there already is no fault. It returns all of the cycle,
// newest first.
func AddIssuesV1(c *app.Call, id string, items []string) ([]Link, error) {
	if len(items) == 0 {
		return nil, &app.Error{Kind: app.Invalid, Code: "MISSING_WORK_ITEMS", Text: "Work items are required"}
	}
	var all []Link
	err := c.Write(func(t *store.Tx) error {
		to, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		if completed(to, t.Now) {
			return &app.Error{Kind: app.Invalid, Code: "CYCLE_COMPLETED",
				Text: "The Cycle has already been completed so no new issues can be added"}
		}
		if err := link(c, t, to, items); err != nil {
			return err
		}
		all, err = links(c, t, id)
		return err
	})
	return all, err
}

// link puts what is not in the cycle into it, and says of the rest that it was added once more, as the reference does.
func link(c *app.Call, t *store.Tx, to *store.Cycle, items []string) error {
	items = slices.Compact(slices.Sorted(slices.Values(items)))
	for _, id := range items {
		if !store.IsID(id) {
			return app.ErrValue
		}
	}
	if err := t.LockRows("issues", items...); err != nil { // nobody else moves them meanwhile
		return err
	}
	if n, err := store.Issues.Count(t, dbx.And(here(c), store.In("id", items))); err != nil {
		return err
	} else if n < len(items) {
		return app.ErrPayload
	}
	have, err := store.CycleIssues.List(t, store.In("issue_id", items))
	if err != nil {
		return err
	}
	var elsewhere []store.CycleIssue
	var again []store.IssueRecord
	for _, l := range have {
		if l.CycleID != to.ID {
			elsewhere = append(elsewhere, l)
			continue
		}
		items = slices.DeleteFunc(items, func(id string) bool { return id == l.IssueID })
		again = append(again, entry(c, l.IssueID, "created", "created", nil, to))
	}
	if err := store.RecordIssues(t, again); err != nil {
		return err
	}
	return put(c, t, to, items, elsewhere, nil) // what programs add is signed by nobody
}

func links(c *app.Call, t *store.Tx, id string) ([]Link, error) {
	rows, err := store.CycleIssues.List(t, dbx.And(here(c), dbx.HashExp{"cycle_id": id}), "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	items := make([]string, len(rows))
	for i := range rows {
		items[i] = rows[i].IssueID
	}
	subs, err := store.SubItemCounts(t, items)
	all := make([]Link, len(rows))
	for i, row := range rows {
		all[i] = Link{row, subs[row.IssueID]}
	}
	return all, err
}

// GetIssueV1 returns a work item's place in a cycle.
func GetIssueV1(c *app.Call, id, item string) (*store.CycleIssue, error) {
	return pickLink(c, c.Read(), id, item)
}

func pickLink(c *app.Call, t *store.Tx, id, item string) (*store.CycleIssue, error) {
	return store.CycleIssues.Get(t, dbx.And(here(c), dbx.HashExp{"cycle_id": id, "issue_id": item}))
}

// RemoveIssueV1 is RemoveIssue for programs, in which it is a fault that there is nothing to remove.
func RemoveIssueV1(c *app.Call, id, item string) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.LockRows("issues", item); err != nil {
			return err
		}
		if _, err := pickLink(c, t, id, item); err != nil {
			return err
		}
		return takeOut(c, t, id, item)
	})
}
