package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Done is an import that was made, with what is still known of it.
type Done struct {
	store.Import
	Rows    map[string]int // that it made, by kind
	Touched int            // work items that people have worked on since
}

// mostListed is how many imports are listed.
const mostListed = 200

// List returns the imports of a workspace, newest first.
func List(ctx context.Context, a *app.App, w *store.Workspace) ([]store.Import, error) {
	rows, _, err := store.Imports.Page(a.DB.Read(ctx), dbx.HashExp{"workspace_id": w.ID},
		store.ListPart{Limit: mostListed}, "created_at DESC", "id DESC")
	return rows, err
}

// Find returns an import by its id, or by the beginning of it.
func Find(ctx context.Context, a *app.App, id string) (*Done, error) {
	t := a.DB.Read(ctx)
	if !store.IsID(id) {
		return nil, refuse(fmt.Sprintf("%q is no id of an import: sailplane import list --workspace SLUG shows them", id))
	}
	row, err := store.Imports.Find(t, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, refuse("there is no import " + id + ": sailplane import list --workspace SLUG shows them")
	}
	if err != nil {
		return nil, err
	}
	d := &Done{Import: *row}
	if d.Rows, err = store.ImportCounts(t, row.ID); err != nil {
		return nil, err
	}
	d.Touched, err = store.ImportTouched(t, row.ID)
	return d, err
}

// Undone is what an undoing removed, and what it left because it is used.
type Undone struct {
	ID      string         `json:"id"`
	Removed map[string]int `json:"removed"`
	Left    map[string]int `json:"left"`
}

// undoing takes back one import.
type undoing struct {
	context.Context

	app  *app.App
	row  store.Import
	by   string
	told func(*Undone) error
	pace app.Pace
	said time.Time
	done Undone
}

// Undo removes what an import made: work items with all that hangs on them, what it added to others, and of projects,
// states, labels, cycles, modules and people without sign-in what nothing else uses. What it changed in work items that
// were here stays as it is. It goes in small steps; one that was killed goes on. Told hears now and then how far it is.
func Undo(ctx context.Context, a *app.App, d *Done, by *store.User, told func(*Undone) error) (*Undone, error) {
	u := &undoing{Context: ctx, app: a, row: d.Import, by: by.ID, told: told, pace: app.Pace{Steps: steps},
		said: time.Now(), done: Undone{ID: d.ID, Removed: map[string]int{}, Left: map[string]int{}}}
	if err := u.mark(store.ImportUndoing); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		kind   string
		remove func(t *store.Tx, rows []store.ImportRow) (left int, err error)
	}{
		{store.ImportedRelation, u.singly},
		{store.ImportedComment, u.singly},
		{store.ImportedLink, u.singly},
		{store.ImportedIssue, u.items},
		{store.ImportedModule, u.unused(remover(store.Modules))},
		{store.ImportedCycle, u.unused(remover(store.Cycles))},
		{store.ImportedLabel, u.unused(remover(store.Labels))},
		{store.ImportedState, u.unused(remover(store.States))},
		{store.ImportedProject, u.unused(func(t *store.Tx, id string) error {
			p, err := store.Projects.Find(t, id)
			if err != nil {
				return err
			}
			return store.DeleteProject(t, p)
		})},
		{store.ImportedPerson, u.people},
	} {
		if err := u.each(step.kind, step.remove); err != nil {
			return nil, fmt.Errorf("undo the import, %s: %w", step.kind, err)
		}
	}
	return &u.done, u.mark(store.ImportUndone)
}

func (u *undoing) mark(status string) error {
	return u.app.DB.Write(u, u.by, func(t *store.Tx) error {
		row := u.row
		row.Status = status
		return store.Imports.Update(t, &row, "status")
	})
}

// each gives remove the rows of a kind, a few at a time, and forgets them.
func (u *undoing) each(kind string, remove func(*store.Tx, []store.ImportRow) (int, error)) error {
	for {
		var n, left int
		var held time.Duration
		err := u.app.DB.Write(u, u.by, func(t *store.Tx) error {
			began := time.Now()
			defer func() { held = time.Since(began) }()
			rows := []store.ImportRow{}
			err := store.ImportRows.Query(t).AndWhere(dbx.HashExp{"import_id": u.row.ID, "kind": kind}).OrderBy("id").
				Limit(int64(u.pace.Size())).All(&rows)
			if n = len(rows); err != nil || n == 0 {
				return err
			}
			if left, err = remove(t, rows); err != nil {
				return err
			}
			ids := make([]string, n)
			for i, row := range rows {
				ids[i] = row.ID
			}
			return store.DropImportRows(t, ids)
		})
		if err != nil || n == 0 {
			return err
		}
		u.done.Removed[kind] += n - left
		if left > 0 {
			u.done.Left[kind] += left
		}
		if time.Since(u.said) > 2*time.Second {
			u.said = time.Now()
			if err := u.told(&u.done); err != nil {
				return err
			}
		}
		if err := u.pace.Rest(u, held); err != nil {
			return err
		}
	}
}

func idsOf(rows []store.ImportRow) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.RowID
	}
	slices.Sort(ids)
	return ids
}

func (u *undoing) singly(t *store.Tx, rows []store.ImportRow) (int, error) {
	return 0, store.RemoveImportedSingly(t, rows[0].Kind, idsOf(rows))
}

func (u *undoing) items(t *store.Tx, rows []store.ImportRow) (int, error) {
	return 0, store.RemoveImported(t, idsOf(rows))
}

// remover deletes a row of a table.
func remover[T any](table store.Table[T]) func(t *store.Tx, id string) error {
	return func(t *store.Tx, id string) error {
		row, err := table.Find(t, id)
		if err != nil {
			return err
		}
		return table.Delete(t, row)
	}
}

// unused removes what nothing uses.
func (u *undoing) unused(remove func(t *store.Tx, id string) error) func(*store.Tx, []store.ImportRow) (int, error) {
	return func(t *store.Tx, rows []store.ImportRow) (left int, err error) {
		for _, row := range rows {
			used, err := store.ImportUsed(t, row.Kind, row.RowID)
			if err != nil {
				return 0, err
			}
			if used {
				left++
				continue
			}
			if err := remove(t, row.RowID); err != nil && !errors.Is(err, store.ErrNotFound) {
				return 0, err
			}
		}
		return left, nil
	}
}

// people takes those out of the workspace whom nothing names any more and who have never come in. Their addresses are
// free again.
func (u *undoing) people(t *store.Tx, rows []store.ImportRow) (left int, err error) {
	for _, row := range rows {
		used, err := store.PersonUsed(t, row.RowID)
		if err != nil {
			return 0, err
		}
		p, err := store.Users.Find(t, row.RowID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if used || p.IsActive || p.LastLogin != nil {
			left++
			continue
		}
		if _, err := store.WorkspaceMembers.DeleteWhere(t, dbx.HashExp{"workspace_id": u.row.WorkspaceID,
			"member_id": p.ID, "is_active": false}); err != nil {
			return 0, err
		}
		elsewhere, err := store.WorkspaceMembers.Exists(t, dbx.HashExp{"member_id": p.ID})
		if err != nil {
			return 0, err
		}
		if elsewhere {
			continue
		}
		p.Email, p.Username = nil, "deleted-"+p.ID // see user.IsErased
		p.DisplayName, p.FirstName, p.LastName = user.Deleted, "", ""
		if err := store.Users.Update(t, p, "email", "username", "first_name", "last_name", "display_name"); err != nil {
			return 0, err
		}
	}
	return left, nil
}
