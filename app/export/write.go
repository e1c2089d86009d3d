package export

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

const batch = 500

func list(ids []string) (store.NullJSON, error) {
	doc, err := json.Marshal(ids)
	return doc, err
}

// Write writes an export into the file store and says so in its row. One that is written twice, after a crash, is
// written to the same place; one that fails says why, and is tried again.
func Write(ctx context.Context, a *app.App, w Result) error {
	row, err := store.Exporters.Get(a.DB.Read(ctx), dbx.HashExp{"id": w.ID})
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Status == store.ExportCompleted {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := a.CallFor(ctx, row.WorkspaceID, row.InitiatedByID)
	if err != nil {
		return err
	}
	if c == nil || c.Access.Workspace < app.Member {
		return note(ctx, a, row, store.ExportFailed, "Whoever asked for it is no longer a member of the workspace.")
	}
	row.Key = fmt.Sprintf("%s/export-%s-%.6s-%s.zip", row.WorkspaceID, c.Workspace.Slug, row.Token,
		row.CreatedAt.UTC().Format(time.DateOnly))
	// with the key, so that the sweep finds the file whatever happens
	if err := note(ctx, a, row, store.ExportWorking, ""); err != nil {
		return err
	}
	if err := keep(c, row, w.Multiple); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) { // the server stops: it is written after the next start
			return ctx.Err()
		}
		return errors.Join(err, note(context.WithoutCancel(ctx), a, row, store.ExportFailed, "The export could not be written."))
	}
	return note(ctx, a, row, store.ExportCompleted, "")
}

func note(ctx context.Context, a *app.App, row *store.Exporter, status, reason string) error {
	row.Status, row.Reason = status, reason
	return a.DB.Write(ctx, "",
		func(t *store.Tx) error { return store.Exporters.Update(t, row, "status", "reason", "key") })
}

// keep streams the archive into the file store while it is being written.
func keep(c *app.Call, row *store.Exporter, multiple bool) error {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := archive(c, row, multiple, w)
		w.CloseWithError(err)
		done <- err
	}()
	err := c.Blob.Put(c, row.Key, r, blob.Unknown)
	r.CloseWithError(errors.New("the file store takes no more"))
	return errors.Join(<-done, err)
}

func archive(c *app.Call, row *store.Exporter, multiple bool, w io.Writer) error {
	var asked []string
	if err := json.Unmarshal(row.Project, &asked); err != nil {
		return fmt.Errorf("projects of an export: %w", err)
	}
	projects, err := store.Projects.ByID(c.Read(), asked)
	if err != nil {
		return err
	}
	parts := map[string][]string{c.Workspace.ID: asked}
	names := []string{c.Workspace.ID}
	if multiple {
		names = asked
		for _, id := range asked {
			parts[id] = []string{id}
		}
	}
	z := zip.NewWriter(w)
	for _, name := range names {
		f, err := z.Create(c.Workspace.Slug + "-" + name + "." + row.Provider)
		if err != nil {
			return err
		}
		of := scope(c, projects, parts[name])
		known, err := store.ExportedProperties(c.Read(), c.Workspace.ID, slices.Concat(of.Projects, of.Own))
		if err != nil {
			return err
		}
		columns := slices.Concat(columnsFor(of, projects), propertyColumns(known, row.Provider == "json"))
		if err := write(c, of, len(known) > 0, formats[row.Provider](f, columns)); err != nil {
			return err
		}
	}
	return z.Close()
}

// columnsFor are the columns of a file: with those of worked time where any project of it keeps that.
func columnsFor(s store.ExportScope, projects map[string]*store.Project) []column {
	for _, id := range slices.Concat(s.Projects, s.Own) {
		if projects[id].IsTimeTrackingEnabled {
			return slices.Concat(columns, timeColumns)
		}
	}
	return columns
}

// scope is what the caller may take of the projects: nothing of those that they are not in, and as a guest only what
// they see.
func scope(c *app.Call, projects map[string]*store.Project, asked []string) store.ExportScope {
	s := store.ExportScope{Workspace: c.Workspace.ID, User: c.UserID(), Projects: []string{}, Own: []string{}}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(asked))) {
		p, role := projects[id], c.Access.Projects[id]
		switch {
		case p == nil || p.WorkspaceID != c.Workspace.ID || p.ArchivedAt != nil || role == app.Nobody:
		case c.SeesOwnOnly(id):
			s.Own = append(s.Own, id)
		default:
			s.Projects = append(s.Projects, id)
		}
	}
	return s
}

// write reads the work items in portions, so that few of them are in memory at a time.
func write(c *app.Call, s store.ExportScope, properties bool, f file) error {
	ids, err := s.IDs(c.Read())
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ids, batch) {
		rows, err := s.ExportRows(c.Read(), part, properties)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := f.write(&rows[i]); err != nil {
				return err
			}
		}
	}
	return f.end()
}
