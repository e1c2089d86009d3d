// Package cycle holds cycles: stretches of time with the work items that are meant to be done in them.
package cycle

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of a cycle.
type Input struct {
	Name           app.Opt[string]          `json:"name" check:"required,max=255"`
	Description    app.Opt[string]          `json:"description" check:"blank"`
	StartDate      app.Opt[app.WrittenTime] `json:"start_date" check:"null"`
	EndDate        app.Opt[app.WrittenTime] `json:"end_date" check:"null"`
	ViewProps      app.Opt[store.JSON]      `json:"view_props"`
	LogoProps      app.Opt[store.JSON]      `json:"logo_props" check:"logo"`
	Snapshot       app.Opt[store.JSON]      `json:"progress_snapshot"`
	SortOrder      app.Opt[float64]         `json:"sort_order"`
	ExternalSource app.Opt[string]          `json:"external_source" check:"max=255,blank,null"`
	ExternalID     app.Opt[string]          `json:"external_id" check:"max=255,blank,null"`
	Timezone       app.Opt[string]          `json:"timezone" check:"zone"`
	Version        app.Opt[int]             `json:"version"`
}

// put writes what the request has into the row; dates that are both there become a span.
func (in *Input) put(row *store.Cycle, now time.Time, zone *time.Location) ([]string, error) {
	cols, err := in.putDates(row, now, zone)
	if err == nil {
		err = in.checkSnapshot()
	}
	if err != nil {
		return nil, err
	}
	app.Change(&cols, "name", in.Name, &row.Name)
	app.Change(&cols, "description", in.Description, &row.Description)
	app.Change(&cols, "view_props", in.ViewProps, &row.ViewProps)
	app.Change(&cols, "logo_props", in.LogoProps, &row.LogoProps)
	app.Change(&cols, "progress_snapshot", in.Snapshot, &row.ProgressSnapshot)
	app.Change(&cols, "sort_order", in.SortOrder, &row.SortOrder)
	app.ChangePtr(&cols, "external_source", in.ExternalSource, &row.ExternalSource)
	app.ChangePtr(&cols, "external_id", in.ExternalID, &row.ExternalID)
	app.Change(&cols, "timezone", in.Timezone, &row.Timezone)
	app.Change(&cols, "version", in.Version, &row.Version)
	return cols, nil
}

// ForMember is a cycle as one person sees it.
type ForMember struct {
	store.Cycle
	IsFavorite bool
	Status     string // CURRENT, UPCOMING, COMPLETED or DRAFT, by the clock
	Progress   store.Progress
	Assignees  []string       // who has a work item in it
	Zone       *time.Location // the project's, in most answers
}

func status(c *store.Cycle, now time.Time) string {
	switch {
	case c.StartDate != nil && c.EndDate != nil && !c.StartDate.After(now) && !c.EndDate.Before(now):
		return "CURRENT"
	case c.StartDate != nil && c.StartDate.After(now):
		return "UPCOMING"
	case completed(c, now):
		return "COMPLETED"
	}
	return "DRAFT"
}

func completed(c *store.Cycle, now time.Time) bool { return c.EndDate != nil && c.EndDate.Before(now) }

// zoneOf is the time zone of the call's project.
func zoneOf(c *app.Call, t *store.Tx) (*time.Location, error) {
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return nil, err
	}
	return app.Zone(p.Timezone), nil
}

// see adds to cycles what the caller sees beside them; favourites come first. Their dates are meant in the zone.
func see(c *app.Call, t *store.Tx, rows []store.Cycle, zone *time.Location) ([]ForMember, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	progress, err := store.InCycle.Progress(t, dbx.And(store.In("l.cycle_id", ids), c.OwnOnly().Issues("i")))
	if err != nil {
		return nil, err
	}
	assignees, err := store.InCycle.Assignees(t, dbx.And(store.In("l.cycle_id", ids), c.OwnOnly().Issues("i")))
	if err != nil {
		return nil, err
	}
	favorites, err := store.FavoritesOf(t, c.Workspace.ID, c.UserID(), "cycle")
	if err != nil {
		return nil, err
	}
	seen := make([]ForMember, len(rows))
	for i, row := range rows {
		narrow(c, &row)
		seen[i] = ForMember{
			Cycle: row, IsFavorite: favorites[row.ID], Status: status(&row, t.Now), Progress: progress[row.ID],
			Assignees: append([]string{}, assignees[row.ID]...), Zone: zone,
		}
	}
	slices.SortStableFunc(seen,
		func(a, b ForMember) int { return cmp.Compare(rank(a.IsFavorite), rank(b.IsFavorite)) })
	return seen, nil
}

func rank(favorite bool) int {
	if favorite {
		return 0
	}
	return 1
}

func seeOne(c *app.Call, t *store.Tx, row *store.Cycle) (*ForMember, error) {
	zone, err := zoneOf(c, t)
	if err != nil {
		return nil, err
	}
	seen, err := see(c, t, []store.Cycle{*row}, zone)
	if err != nil {
		return nil, err
	}
	return &seen[0], nil
}

// inProject finds a cycle of the call's project.
func inProject(c *app.Call, t *store.Tx, id string) (*store.Cycle, error) {
	row, err := store.Cycles.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err == nil {
		narrow(c, row)
	}
	return row, err
}

// narrow takes what a cycle keeps of its progress from guests who see only their own work items: it tells of all.
func narrow(c *app.Call, row *store.Cycle) {
	if c.SeesOwnOnly(row.ProjectID) {
		row.ProgressSnapshot = store.JSON("{}")
	}
}

// Create writes a new cycle before all others.
func Create(c *app.Call, in Input) (*ForMember, error) {
	if (in.StartDate.Ptr() == nil) != (in.EndDate.Ptr() == nil) {
		return nil, app.Refuse(app.Invalid, "Both start date and end date are either required or are to be null")
	}
	row := first(c)
	var seen *ForMember
	err := c.Write(func(t *store.Tx) error {
		p, err := store.Projects.Find(t, c.ProjectID)
		if err != nil {
			return err
		}
		if _, err := in.put(row, t.Now, app.Zone(p.Timezone)); err != nil {
			return err
		}
		if err := place(c, t, row); err != nil {
			return err
		}
		if err := store.Cycles.Insert(t, row); err != nil {
			return err
		}
		if err := store.EnqueueEvent(t, "cycle", row.WorkspaceID, row.ID, nil, row); err != nil {
			return err
		}
		seen, err = seeOne(c, t, row)
		return err
	})
	return seen, err
}

// first is a cycle as it would be if it were the project's only one.
func first(c *app.Call) *store.Cycle {
	return &store.Cycle{OwnedByID: c.UserID(), ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, SortOrder: 65535,
		Timezone: "UTC", Version: 1}
}

// place puts a new cycle before all others.
func place(c *app.Call, t *store.Tx, row *store.Cycle) error {
	if err := t.Lock("cycles in " + c.ProjectID); err != nil {
		return err
	}
	before, err := store.Cycles.First(t, dbx.HashExp{"project_id": c.ProjectID}, "sort_order")
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		row.SortOrder = before.SortOrder - 10000
	}
	return err
}
