package project

import (
	"context"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Delete deletes the call's project; its administrators and those of the workspace may.
func Delete(c *app.Call) error {
	return c.Write(func(t *store.Tx) error {
		p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		if err := store.EnqueueEvent[store.Project](t, "project", p.WorkspaceID, p.ID, p, nil); err != nil {
			return err
		}
		return store.DeleteProject(t, p)
	})
}

// Cascade deletes what a deleted project had, step by step and unseen: the work of the job store.JobProjectDeleted.
func Cascade(ctx context.Context, a *app.App, payload store.ProjectDeleted) error {
	return a.SweepAll(ctx, store.ProjectRows(payload.ID))
}

// Identifiers returns the entries of the register with that name: an identifier that can't be given again.
func Identifiers(c *app.Call, name string) ([]store.ProjectIdentifier, error) {
	if name = strings.ToUpper(strings.TrimSpace(name)); name == "" {
		return nil, app.Refuse(app.Invalid, "Name is required")
	}
	return store.IdentifiersNamed(c.Read(), c.Workspace.ID, name)
}

// FreeIdentifier strikes an identifier off the register, unless a project has it.
func FreeIdentifier(c *app.Call, name string) error {
	if name = strings.ToUpper(strings.TrimSpace(name)); name == "" {
		return app.Refuse(app.Invalid, "Name is required")
	}
	return c.Write(func(t *store.Tx) error {
		used, err := store.Projects.Exists(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "identifier": name})
		if err != nil {
			return err
		}
		if used {
			return app.Refuse(app.Invalid, "Cannot delete an identifier of an existing project")
		}
		entries, err := store.IdentifiersNamed(t, c.Workspace.ID, name)
		for i := range entries {
			if err := store.ProjectIdentifiers.Purge(t, &entries[i]); err != nil {
				return err
			}
		}
		return err
	})
}
