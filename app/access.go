package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// Access is what a person may do in a workspace: the active memberships, of the workspace and of its projects.
type Access struct {
	Workspace Role            // 0: not a member
	Projects  map[string]Role // project id -> role; projects without membership are absent
	OwnOnly   []string        // those of the projects that show the person, a guest, only the own work items
}

// InProject says whether the person is a member of the project whose role is one of those. As in the reference, an
// administrator of the workspace counts as soon as there is any membership of the project.
func (a *Access) InProject(project string, roles ...Role) bool {
	role, ok := a.Projects[project]
	if !ok {
		return false
	}
	return a.Workspace == Admin || has(roles, role)
}

// HasProjectRole is InProject without the exception for the workspace's administrators.
func (a *Access) HasProjectRole(project string, roles ...Role) bool {
	role, ok := a.Projects[project]
	return ok && has(roles, role)
}

// InWorkspace says whether the person's role in the workspace is one of those.
func (a *Access) InWorkspace(roles ...Role) bool { return a.Workspace != 0 && has(roles, a.Workspace) }

func has(roles []Role, role Role) bool {
	for _, r := range roles {
		if r == role {
			return true
		}
	}
	return false
}

// WorkspaceBySlug returns a living workspace, from the cache if it is there; store.ErrNotFound if there is none.
func (a *App) WorkspaceBySlug(ctx context.Context, slug string) (*store.Workspace, error) {
	return store.Cached(a.DB, store.WorkspaceKey(slug), func() (*store.Workspace, error) {
		return store.Workspaces.Get(a.DB.Read(ctx), dbx.HashExp{"slug": slug})
	})
}

// AccessOf returns the person's roles in a workspace, from the cache if they are there.
func (a *App) AccessOf(ctx context.Context, workspace, user string) (*Access, error) {
	return store.Cached(a.DB, store.AccessKey(workspace, user), func() (*Access, error) {
		return readAccess(a.DB.Read(ctx), workspace, user)
	})
}

func readAccess(t *store.Tx, workspace, user string) (*Access, error) {
	access := &Access{Projects: map[string]Role{}}
	m, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": workspace, "member_id": user, "is_active": true})
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return nil, err
	default:
		access.Workspace = Role(m.Role)
	}
	if access.Workspace == Nobody {
		return access, nil // whoever left the workspace is in none of its projects
	}
	roles, err := store.ProjectRoles(t, workspace, user)
	for _, r := range roles {
		access.Projects[r.ProjectID] = Role(r.Role)
		if Role(r.Role) == Guest && !r.GuestsSeeAll {
			access.OwnOnly = append(access.OwnOnly, r.ProjectID)
		}
	}
	return access, err
}

// OwnOnly narrows work items to those that the caller may read. On a published board everybody sees all that it shows.
func (c *Call) OwnOnly() store.OwnOnly {
	if c.Board != nil || c.Access == nil {
		return store.OwnOnly{}
	}
	return store.OwnOnly{Projects: c.Access.OwnOnly, User: c.UserID()}
}

// SeesOwnOnly says whether a project shows the caller, a guest, only what is their own.
func (c *Call) SeesOwnOnly(project string) bool {
	return slices.Contains(c.OwnOnly().Projects, project)
}

// Sees says whether the caller may read a work item of a project, by who made it.
func (c *Call) Sees(project string, maker *string) bool {
	if _, in := c.Access.Projects[project]; !in {
		return false
	}
	return !c.SeesOwnOnly(project) || maker != nil && *maker == c.UserID()
}

// Made says whether the caller made a row of the call's workspace and, if one is given, of that project. The table is a
// name from the code.
func (c *Call) Made(table, id, project string) (bool, error) {
	return store.CreatedBy(c.Read(), table, id, c.User.ID, c.Workspace.ID, project)
}

// IsOthers says whether a work item, named by its id or by that of a comment on it, is one of others that the caller, a
// guest, may not read.
func (c *Call) IsOthers(issue, comment string) (bool, error) {
	return store.IsOthers(c.Read(), c.OwnOnly(), issue, comment)
}

// KnowsProject says whether the call's project is there for the caller: they are in it, or it is no secret, or they
// administer the workspace.
func (c *Call) KnowsProject() (bool, error) {
	if c.Role() != Nobody {
		return true, nil
	}
	return store.Projects.Exists(c.Read(), dbx.And(dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID},
		store.ProjectsVisibleTo(c.UserID(), int(c.Access.Workspace))))
}

// HoldAccess keeps the memberships of the call's workspace from being changed by others until the transaction ends, and
// looks whether the caller's still are what they were when the call was let in; store.ErrOvertaken when they are not.
// What depends on how many administrators are left, or takes a role from somebody, begins with it.
func (c *Call) HoldAccess(t *store.Tx) error {
	if err := t.Lock("memberships of " + c.Workspace.ID); err != nil {
		return err
	}
	now, err := readAccess(t, c.Workspace.ID, c.UserID())
	if err != nil {
		return err
	}
	now = c.ofKey(now, c.Workspace.ID)
	if now.Workspace != c.Access.Workspace || !maps.Equal(now.Projects, c.Access.Projects) {
		c.DB.Cache.Forget(store.AccessKey(c.Workspace.ID, c.UserID())) // at once: this transaction comes to nothing
		return fmt.Errorf("memberships: %w", store.ErrOvertaken)
	}
	return nil
}

// InOwnProjects narrows rows by their project to those of the call's workspace that the caller may look into: an
// administrator of the workspace into all, others into those that they are members of.
func (c *Call) InOwnProjects(column string) dbx.Expression {
	if c.Access.Workspace == Admin {
		return nil
	}
	return store.In(column, slices.Collect(maps.Keys(c.Access.Projects)))
}
