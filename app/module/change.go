package module

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

var errNone = app.Refuse(app.NotFound, "Module not found")

// Change writes what a request says of a module that is not archived.
func Change(c *app.Call, id string, in Input) (*ForMember, error) {
	var seen *ForMember
	err := c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		if err != nil {
			return err
		}
		if row.ArchivedAt != nil {
			return app.Refuse(app.Invalid, "Archived module cannot be updated")
		}
		if err := in.check(t, c, id); err != nil {
			return err
		}
		if err := in.save(t, row); err != nil {
			return err
		}
		seen, err = seeOne(c, t, row)
		return err
	})
	return seen, err
}

// save writes what has been checked.
func (in *Input) save(t *store.Tx, row *store.Module) error {
	before := *row
	if err := store.Modules.Update(t, row, in.put(row)...); err != nil {
		return err
	}
	var members []store.FieldValue
	if in.MemberIDs.Set {
		from, err := membersOf(t, row)
		if err != nil {
			return err
		}
		if err := setMembers(t, row, in.MemberIDs.V); err != nil {
			return err
		}
		to, err := membersOf(t, row)
		if err != nil {
			return err
		}
		if !slices.Equal(from, to) {
			members = append(members, store.FieldValue{Field: "members", Old: from, New: to})
		}
	}
	return store.EnqueueEvent(t, "module", row.WorkspaceID, row.ID, &before, row, members...)
}

// membersOf are the ids of a module's members, sorted.
func membersOf(t *store.Tx, m *store.Module) ([]string, error) {
	rows, err := store.ModuleMembers.List(t, dbx.HashExp{"module_id": m.ID}, "member_id")
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].MemberID
	}
	return ids, err
}

// Delete deletes a module. Its work items stay, each with an entry in its history; the caller's star goes, as in the
// reference, and others' stars stay until they are taken away.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		links, err := store.ModuleIssues.List(t, dbx.HashExp{"module_id": id})
		if err != nil {
			return err
		}
		issues, records := make([]string, len(links)), make([]store.IssueRecord, len(links))
		for i, l := range links {
			issues[i] = l.IssueID
		}
		in, err := placesOf(t, issues)
		if err != nil {
			return err
		}
		for i, l := range links {
			records[i] = entry(c, l.IssueID, "deleted", row)
			records[i].Fields = in.take(l.IssueID, id)
		}
		if _, err := store.ModuleIssues.DeleteWhere(t, dbx.HashExp{"module_id": id}); err != nil {
			return err
		}
		if err := store.RecordIssues(t, records); err != nil {
			return err
		}
		mine := dbx.HashExp{"entity_type": "module", "entity_identifier": id, "user_id": c.UserID()}
		if _, err := store.Favorites.DeleteWhere(t, mine); err != nil {
			return err
		}
		if _, err := store.RecentVisits.DeleteWhere(t,
			dbx.HashExp{"entity_identifier": id, "entity_name": "module"}); err != nil {
			return err
		}
		if err := store.EnqueueDeleted(t, store.EventModule, row.WorkspaceID, id); err != nil {
			return err
		}
		return store.Modules.Delete(t, row)
	})
}

// Archive puts a module away that is completed or cancelled, or brings one back; nobody's favourite it is then.
func Archive(c *app.Call, id string, away bool) (*time.Time, error) {
	var at *time.Time
	err := c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		if away {
			if row.Status != "completed" && row.Status != "cancelled" {
				return app.Refuse(app.Invalid, "Only completed or cancelled modules can be archived")
			}
			now := t.Now
			at = &now
			if err := store.DropFavorites(t, c.Workspace.ID, "module", id); err != nil {
				return err
			}
		}
		before := *row
		row.ArchivedAt = at
		if err := store.Modules.Update(t, row, "archived_at"); err != nil {
			return err
		}
		return store.EnqueueEvent(t, store.EventModule, row.WorkspaceID, id, &before, row)
	})
	return at, err
}

// Properties returns how the caller looks at a module, made at the first look.
func Properties(c *app.Call, id string) (*store.ModuleUserProperties, error) {
	row, err := properties(c, c.Read(), id)
	if !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	row = &store.ModuleUserProperties{ModuleID: id, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID,
		UserID: c.UserID(), Filters: store.JSON(app.FirstFilters), DisplayFilters: store.JSON(app.FirstDisplayFilters),
		DisplayProperties: store.JSON(app.FirstDisplayProperties)}
	err = c.Write(func(t *store.Tx) error {
		if _, err := inProject(c, t, id); errors.Is(err, store.ErrNotFound) {
			return app.ErrPayload
		} else if err != nil {
			return err
		}
		return store.ModuleUserPropertiesRows.Insert(t, row)
	})
	return row, err
}

func properties(c *app.Call, t *store.Tx, id string) (*store.ModuleUserProperties, error) {
	return store.ModuleUserPropertiesRows.Get(t,
		dbx.HashExp{"module_id": id, "user_id": c.UserID(), "project_id": c.ProjectID})
}

// ChangeProperties writes how the caller looks at a module that they have looked at before.
func ChangeProperties(c *app.Call, id string, in app.DisplayInput) (*store.ModuleUserProperties, error) {
	var row *store.ModuleUserProperties
	err := c.Write(func(t *store.Tx) (err error) {
		if row, err = properties(c, t, id); err != nil {
			return err
		}
		cols := in.Put(&row.Filters, &row.DisplayFilters, &row.DisplayProperties, &row.RichFilters)
		return store.ModuleUserPropertiesRows.Update(t, row, cols...)
	})
	return row, err
}
