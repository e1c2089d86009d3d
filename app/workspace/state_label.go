package workspace

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// openProjects fits rows of the caller's projects that are not archived.
func openProjects(c *app.Call) dbx.Expression {
	return store.OfOpenProjects(c.Workspace.ID, slices.Collect(maps.Keys(c.Access.Projects)))
}

// ListStates returns the states of the caller's projects.
func ListStates(c *app.Call) ([]store.State, error) {
	return store.StatesOf(c.Read(), store.In("states.project_id", slices.Collect(maps.Keys(c.Access.Projects))))
}

// ListLabels returns the labels of the caller's projects, newest first.
func ListLabels(c *app.Call) ([]store.Label, error) {
	return store.Labels.List(c.Read(), openProjects(c), "created_at DESC")
}
