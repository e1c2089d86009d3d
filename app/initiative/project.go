package initiative

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ListProjects returns a part of the projects of an initiative that the caller knows of, by name, and how many there
// are.
func ListProjects(c *app.Call, id string, s store.ListPart) ([]store.ProjectWithCounts, int, error) {
	if _, err := Get(c, id); err != nil {
		return nil, 0, err
	}
	return projects(c, c.Read(), store.ProjectsOfInitiative(id), s)
}

// projects are those that fit and that the caller knows of.
func projects(c *app.Call, t *store.Tx, where dbx.Expression, s store.ListPart) ([]store.ProjectWithCounts, int,
	error) {
	return store.ListProjectsWithCounts(t, c.UserID(), dbx.And(store.KnownProjects(c.Workspace.ID, c.UserID()), where), s,
		"projects.name", "projects.id")
}

// AddProjects gives projects that the caller knows of to an initiative, all or none, and returns them.
func AddProjects(c *app.Call, id string, ids []string) ([]store.ProjectWithCounts, error) {
	var all []store.ProjectWithCounts
	err := c.Write(func(t *store.Tx) error {
		i, err := take(c, t, id)
		if err != nil {
			return err
		}
		known, _, err := projects(c, t, store.In("projects.id", ids), store.ListPart{Limit: len(ids)})
		if err != nil {
			return err
		}
		all = known
		there, err := store.InitiativeProjects.List(t, dbx.HashExp{"initiative_id": i.ID})
		if err != nil {
			return err
		}
		has, found := map[string]bool{}, map[string]bool{}
		for _, l := range there {
			has[l.ProjectID] = true
		}
		var fresh []*store.InitiativeProject
		for _, p := range known {
			if found[p.ID] = true; !has[p.ID] {
				fresh = append(fresh, &store.InitiativeProject{InitiativeID: i.ID, ProjectID: p.ID, WorkspaceID: i.WorkspaceID})
			}
		}
		if err := allFound("project_ids", ids, found); err != nil {
			return err
		}
		return store.InitiativeProjects.Insert(t, fresh...)
	})
	return all, err
}

// RemoveProjects takes projects from an initiative; those that it has not, or that the caller does not know of, are
// passed over.
func RemoveProjects(c *app.Call, id string, ids []string) error {
	return c.Write(func(t *store.Tx) error {
		i, err := take(c, t, id)
		if err != nil {
			return err
		}
		known, _, err := projects(c, t, store.In("projects.id", ids), store.ListPart{Limit: len(ids)})
		if err != nil {
			return err
		}
		seen := make([]string, len(known))
		for n := range known {
			seen[n] = known[n].ID
		}
		_, err = store.InitiativeProjects.DeleteWhere(t,
			dbx.And(dbx.HashExp{"initiative_id": i.ID}, store.In("project_id", seen)))
		return err
	})
}
