package cycle

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Change writes what a request says of a cycle that is neither archived nor completed; one that is completed only takes
// a new place in the list.
func Change(c *app.Call, id string, in Input) (*ForMember, error) {
	var seen *ForMember
	err := c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		if row.ArchivedAt != nil {
			return app.Refuse(app.Invalid, "Archived cycle cannot be updated")
		}
		if completed(row, t.Now) && !in.SortOrder.Set {
			return app.Refuse(app.Invalid, "The Cycle has already been completed so it cannot be edited")
		}
		p, err := store.Projects.Find(t, c.ProjectID)
		if err != nil {
			return err
		}
		before := *row
		cols, err := in.put(row, t.Now, app.Zone(p.Timezone))
		if err != nil {
			return err
		}
		if err := store.Cycles.Update(t, row, cols...); err != nil {
			return err
		}
		if err := store.EnqueueEvent(t, "cycle", row.WorkspaceID, row.ID, &before, row); err != nil {
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
		records := make([]store.IssueRecord, len(links))
		for i, l := range links {
			records[i] = entry(c, l.IssueID, "deleted", "deleted", row, nil)
		}
		if _, err := store.CycleIssues.DeleteWhere(t, dbx.HashExp{"cycle_id": id}); err != nil {
			return err
		}
		if err := store.RecordIssues(t, records); err != nil {
			return err
		}
		mine := dbx.HashExp{"entity_type": "cycle", "entity_identifier": id, "user_id": c.UserID()}
		if _, err := store.Favorites.DeleteWhere(t, mine); err != nil {
			return err
		}
		if _, err := store.RecentVisits.DeleteWhere(t,
			dbx.HashExp{"entity_identifier": id, "entity_name": "cycle"}); err != nil {
			return err
		}
		if err := store.EnqueueDeleted(t, store.EventCycle, row.WorkspaceID, id); err != nil {
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
				return app.Refuse(app.Invalid, "Only completed cycles can be archived")
			}
			now := t.Now
			at = &now
			if err := store.DropFavorites(t, c.Workspace.ID, "cycle", id); err != nil {
				return err
			}
		}
		before := *row
		row.ArchivedAt = at
		if err := store.Cycles.Update(t, row, "archived_at"); err != nil {
			return err
		}
		return store.EnqueueEvent(t, store.EventCycle, row.WorkspaceID, id, &before, row)
	})
	return at, err
}

// Properties returns how the caller looks at a cycle, made at the first look.
func Properties(c *app.Call, id string) (*store.CycleUserProperties, error) {
	row, err := properties(c, c.Read(), id)
	if !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	row = &store.CycleUserProperties{CycleID: id, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, UserID: c.UserID(),
		Filters: store.JSON(app.FirstFilters), DisplayFilters: store.JSON(app.FirstDisplayFilters),
		DisplayProperties: store.JSON(app.FirstDisplayProperties)}
	err = c.Write(func(t *store.Tx) error {
		if _, err := inProject(c, t, id); errors.Is(err, store.ErrNotFound) {
			return app.ErrPayload
		} else if err != nil {
			return err
		}
		return store.CycleUserPropertiesRows.Insert(t, row)
	})
	return row, err
}

func properties(c *app.Call, t *store.Tx, id string) (*store.CycleUserProperties, error) {
	return store.CycleUserPropertiesRows.Get(t,
		dbx.HashExp{"cycle_id": id, "user_id": c.UserID(), "project_id": c.ProjectID})
}

// ChangeProperties writes how the caller looks at a cycle that they have looked at before.
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
