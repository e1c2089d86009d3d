package workspace

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Stats is what a person has to do, as far as the caller's projects show it.
type Stats struct {
	Assigned          []store.Workload
	Created, Followed int
	Now, Soon         []store.CycleWork
}

// PersonStats counts it; of names of projects, if any, only those count. The reference shows cycles of all projects:
// these are the caller's.
func PersonStats(c *app.Call, user string, only []string) (*Stats, error) {
	if c.Workspace == nil {
		return &Stats{}, nil
	}
	projects := slices.Sorted(maps.Keys(c.Access.Projects))
	if len(only) > 0 {
		projects = slices.DeleteFunc(projects, func(id string) bool { return !slices.Contains(only, id) })
	}
	t, w := c.Read(), c.Workspace.ID
	var s Stats
	var err error
	if s.Assigned, err = store.AssignedWork(t, w, user, projects, c.OwnOnly()); err != nil {
		return nil, err
	}
	if s.Created, err = store.CreatedWork(t, w, user, projects, c.OwnOnly()); err != nil {
		return nil, err
	}
	if s.Followed, err = store.FollowedWork(t, w, user, projects, c.OwnOnly()); err != nil {
		return nil, err
	}
	if s.Now, err = store.AssignedCycles(t, w, user, projects, c.OwnOnly(), t.Now, true); err != nil {
		return nil, err
	}
	s.Soon, err = store.AssignedCycles(t, w, user, projects, c.OwnOnly(), t.Now, false)
	return &s, err
}

// Person returns an active member of the caller's workspace, and what they have to do with the caller's projects;
// guests are not told that.
func Person(c *app.Call, user string) (*store.User, []store.ProjectWork, error) {
	if c.Workspace == nil || c.Access.Workspace == 0 {
		return nil, nil, store.ErrNotFound
	}
	t := c.Read()
	if _, err := store.WorkspaceMembers.Get(t,
		dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": user, "is_active": true}); err != nil {
		return nil, nil, err
	}
	u, err := store.Users.Find(t, user)
	if err != nil || c.Access.Workspace < app.Member {
		return u, nil, err
	}
	work, err := store.WorkByProject(t, c.Workspace.ID, user, slices.Collect(maps.Keys(c.Access.Projects)), c.OwnOnly())
	return u, work, err
}

// OwnWork returns what is assigned to the caller in the projects of the call's workspace that they are in; nothing in a
// workspace that is not there.
func OwnWork(c *app.Call) ([]store.OwnWork, error) {
	if c.Workspace == nil {
		return nil, nil
	}
	return store.WorkOf(c.Read(), c.Workspace.ID, c.UserID(), slices.Collect(maps.Keys(c.Access.Projects)), c.OwnOnly())
}
