package itemtype

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Which projects have a type.

// tie gives a type to the projects that the request names and takes it from the others of the caller's; and makes it
// the default of the call's project, or no longer.
func (in *Input) tie(c *app.Call, t *store.Tx, y *store.IssueType) error {
	ties, err := store.TypeTies(t, []string{y.ID})
	if err != nil {
		return err
	}
	had := map[string]*store.ProjectIssueType{}
	for i, tie := range ties[y.ID] {
		had[tie.ProjectID] = &ties[y.ID][i]
	}
	if in.ProjectIDs.Set {
		if err := in.checkProjects(c); err != nil {
			return err
		}
		if err := give(t, y, had, in.ProjectIDs.V); err != nil {
			return err
		}
		for _, project := range slices.Sorted(maps.Keys(had)) {
			if slices.Contains(in.ProjectIDs.V, project) || !c.Access.InProject(project, app.Admin) {
				continue
			}
			if err := take(t, y, had[project]); err != nil {
				return err
			}
		}
	}
	if !in.IsDefault.Set || c.ProjectID == "" {
		return nil
	}
	return setDefault(t, c.ProjectID, had[c.ProjectID], in.IsDefault.V)
}

// checkProjects refuses projects that the caller does not administer.
func (in *Input) checkProjects(c *app.Call) error {
	for _, project := range in.ProjectIDs.V {
		if !c.Access.InProject(project, app.Admin) {
			return app.Field("project_ids", app.NoObject(project))
		}
	}
	return nil
}

// give ties a type to projects that do not have it, and notes what it had.
func give(t *store.Tx, y *store.IssueType, had map[string]*store.ProjectIssueType, projects []string) error {
	for _, project := range projects {
		if had[project] != nil {
			continue
		}
		tie := &store.ProjectIssueType{Level: int(y.Level), IssueTypeID: y.ID, ProjectID: project,
			WorkspaceID: y.WorkspaceID}
		if err := store.ProjectIssueTypes.Insert(t, tie); err != nil {
			return err
		}
		had[project] = tie
	}
	return nil
}

// errUsed is said of a type that work items have.
var errUsed = app.Refuse(app.Invalid,
	"Work items have this type: give them another one first, or switch the type off with is_active.")

// take unties a type from a project, unless work items have it there.
func take(t *store.Tx, y *store.IssueType, tie *store.ProjectIssueType) error {
	used, err := store.TypeUsed(t, y.ID, tie.ProjectID)
	if err != nil {
		return err
	}
	if used {
		return errUsed
	}
	return store.ProjectIssueTypes.Delete(t, tie)
}

// setDefault makes a type the one that new work items of a project have; of which there is one at most.
func setDefault(t *store.Tx, project string, tie *store.ProjectIssueType, on bool) error {
	if tie == nil || tie.IsDefault == on {
		return nil
	}
	if on {
		if err := store.ProjectIssueTypes.SetWhere(t, dbx.Params{"is_default": false},
			dbx.HashExp{"project_id": project, "is_default": true, "deleted_at": nil}); err != nil {
			return err
		}
	}
	tie.IsDefault = on
	return store.ProjectIssueTypes.Update(t, tie, "is_default")
}

// Import gives types of the workspace's catalogue to the call's project, and returns them.
func Import(c *app.Call, ids []string) ([]Type, error) {
	if len(ids) > mostTypes {
		return nil, app.Field("work_item_types", "Ensure this field has no more than 100 elements.")
	}
	var all []Type
	err := c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		rows, err := store.IssueTypes.List(t, dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID, "project_id": nil},
			store.In("id", ids)), "level", "created_at", "id")
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !slices.ContainsFunc(rows, func(y store.IssueType) bool { return y.ID == id }) {
				return app.Field("work_item_types", app.NoObject(id))
			}
		}
		ties, err := store.TypeTies(t, ids)
		if err != nil {
			return err
		}
		for i := range rows {
			had := map[string]*store.ProjectIssueType{}
			for n, tie := range ties[rows[i].ID] {
				had[tie.ProjectID] = &ties[rows[i].ID][n]
			}
			if err := give(t, &rows[i], had, []string{c.ProjectID}); err != nil {
				return err
			}
		}
		all, err = withProjects(c, t, rows)
		return err
	})
	return all, err
}
