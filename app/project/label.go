// Package project holds projects, their people and their vocabulary: states, labels, estimates.
package project

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ListLabels answers the labels of the call's project, lowest sort_order first.
func ListLabels(c *app.Call) ([]store.Label, error) {
	return store.Labels.List(c.Read(), dbx.HashExp{"project_id": c.ProjectID}, "sort_order")
}

// CreateLabel writes a new label of the call's project, after all others. A name that is taken, in letters of either case, is refused.
func CreateLabel(c *app.Call, l *store.Label) error {
	l.WorkspaceID, l.ProjectID = c.Workspace.ID, &c.ProjectID
	return c.Write(func(t *store.Tx) error {
		last, err := store.Labels.First(t, dbx.HashExp{"project_id": c.ProjectID}, "sort_order DESC")
		switch {
		case errors.Is(err, store.ErrNotFound):
			l.SortOrder = 65535
		case err != nil:
			return err
		default:
			l.SortOrder = last.SortOrder + 10000
		}
		return store.Labels.Insert(t, l)
	})
}
