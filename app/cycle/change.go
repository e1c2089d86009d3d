package cycle

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// List answers the cycles of the call's project that are not archived, favourites first, then newest; none when the
// project is archived. With onlyCurrent those that are running.
func List(c *app.Call, onlyCurrent bool) ([]Seen, error) {
	t := c.Read()
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil || p.ArchivedAt != nil {
		return nil, err
	}
	rows, err := store.Cycles.List(t, dbx.HashExp{"project_id": c.ProjectID, "archived_at": nil}, "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	seen, err := see(c, t, rows)
	if onlyCurrent {
		seen = slices.DeleteFunc(seen, func(s Seen) bool { return s.Status != "CURRENT" })
	}
	return seen, err
}

// Get answers a cycle that is not archived, with how many of its work items have a parent.
func Get(c *app.Call, id string) (*Seen, int, error) {
	t := c.Read()
	row, err := inProject(c, t, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.ArchivedAt != nil {
		return nil, 0, app.Refuse(http.StatusNotFound, "Cycle not found")
	}
	if err != nil {
		return nil, 0, err
	}
	sub, err := store.InCycle.SubIssues(t, id)
	if err != nil {
		return nil, 0, err
	}
	seen, err := seeOne(c, t, row)
	if err == nil {
		c.Visited("cycle", id, c.ProjectID)
	}
	return seen, sub, err
}

// Change writes what a request says of a cycle that is neither archived nor completed; one that is completed only takes a
// new place in the list.
func Change(c *app.Call, id string, in Input) (*Seen, error) {
	var seen *Seen
	err := c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		if row.ArchivedAt != nil {
			return app.Invalid("Archived cycle cannot be updated")
		}
		if completed(row, t.Now) && !in.SortOrder.Set {
			return app.Invalid("The Cycle has already been completed so it cannot be edited")
		}
		p, err := store.Projects.Find(t, c.ProjectID)
		if err != nil {
			return err
		}
		cols, err := in.put(row, t.Now, app.Zone(p.Timezone))
		if err != nil {
			return err
		}
		if err := store.Cycles.Update(t, row, cols...); err != nil {
			return err
		}
		seen, err = seeOne(c, t, row)
		return err
	})
	return seen, err
}

// Delete deletes a cycle. Its work items stay, each with an entry in its history; the caller's star goes, as in the
// reference, and others' stars stay until they are taken away.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		links, err := store.CycleIssues.List(t, dbx.HashExp{"cycle_id": id})
		if err != nil {
			return err
		}
		for i := range links {
			if err := store.CycleIssues.Delete(t, &links[i]); err != nil {
				return err
			}
			if err := record(c, t, links[i].IssueID, "deleted", "deleted", row, nil); err != nil {
				return err
			}
		}
		mine := dbx.HashExp{"entity_type": "cycle", "entity_identifier": id, "user_id": c.UserID()}
		if _, err := store.Favorites.DeleteWhere(t, mine); err != nil {
			return err
		}
		if _, err := store.RecentVisits.DeleteWhere(t, dbx.HashExp{"entity_identifier": id, "entity_name": "cycle"}); err != nil {
			return err
		}
		return store.Cycles.Delete(t, row)
	})
}

// Archive puts a completed cycle away, or brings one back; nobody's favourite it is then.
func Archive(c *app.Call, id string, away bool) (*time.Time, error) {
	var at *time.Time
	err := c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		if away {
			if !completed(row, t.Now) {
				return app.Invalid("Only completed cycles can be archived")
			}
			now := t.Now
			at = &now
			if err := store.DropFavorites(t, c.Workspace.ID, "cycle", id); err != nil {
				return err
			}
		}
		row.ArchivedAt = at
		return store.Cycles.Update(t, row, "archived_at")
	})
	return at, err
}

// Free says whether no other cycle of the call's project has days between those two.
func Free(c *app.Call, start, end time.Time, except string) (bool, error) {
	t := c.Read()
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return false, err
	}
	var probe store.Cycle
	in := Input{StartDate: app.Some(start), EndDate: app.Some(end)}
	if _, err := in.put(&probe, t.Now, app.Zone(p.Timezone)); err != nil {
		return false, err
	}
	rows, err := store.Cycles.List(t, dbx.HashExp{"project_id": c.ProjectID})
	if err != nil {
		return false, err
	}
	overlaps := func(r store.Cycle) bool {
		return r.ID != except && r.StartDate != nil && r.EndDate != nil && !r.StartDate.After(*probe.EndDate) && !r.EndDate.Before(*probe.StartDate)
	}
	return !slices.ContainsFunc(rows, overlaps), nil
}

// Properties answers how the caller looks at a cycle, made at the first look.
func Properties(c *app.Call, id string) (*store.CycleUserProperties, error) {
	row, err := properties(c, c.Read(), id)
	if !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	row = &store.CycleUserProperties{CycleID: id, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, UserID: c.UserID(),
		Filters: store.JSON(app.FirstFilters), DisplayFilters: store.JSON(app.FirstDisplayFilters), DisplayProperties: store.JSON(app.FirstDisplayProperties)}
	return row, c.Write(func(t *store.Tx) error {
		if _, err := inProject(c, t, id); errors.Is(err, store.ErrNotFound) {
			return app.ErrPayload
		} else if err != nil {
			return err
		}
		return store.CycleUserPropertiesRows.Insert(t, row)
	})
}

func properties(c *app.Call, t *store.Tx, id string) (*store.CycleUserProperties, error) {
	return store.CycleUserPropertiesRows.Get(t, dbx.HashExp{"cycle_id": id, "user_id": c.UserID(), "project_id": c.ProjectID})
}

// ChangeProperties writes how the caller looks at a cycle that he has looked at before.
func ChangeProperties(c *app.Call, id string, in app.DisplayInput) (*store.CycleUserProperties, error) {
	var row *store.CycleUserProperties
	err := c.Write(func(t *store.Tx) (err error) {
		if row, err = properties(c, t, id); err != nil {
			return err
		}
		cols := in.Put(&row.Filters, &row.DisplayFilters, &row.DisplayProperties, &row.RichFilters)
		return store.CycleUserPropertiesRows.Update(t, row, cols...)
	})
	return row, err
}
