package project

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// The people of a project as programs keep them.

// ListMembersV1 returns everybody who is or was in the call's project, newest account first.
func ListMembersV1(c *app.Call) ([]store.User, error) {
	t := c.Read()
	rows, err := store.ProjectMembers.List(t, dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, m := range rows {
		if m.MemberID != nil {
			ids = append(ids, *m.MemberID)
		}
	}
	return store.Users.List(t, store.In("id", ids), "created_at DESC", "id DESC")
}

// GetMemberV1 returns who has a membership of the call's project, active or not.
func GetMemberV1(c *app.Call, id string) (*store.User, error) {
	t := c.Read()
	m, err := membership(c, t, id)
	if err != nil {
		return nil, err
	}
	return store.Users.Find(t, *m.MemberID)
}

func membership(c *app.Call, t *store.Tx, id string) (*store.ProjectMember, error) {
	m, err := store.ProjectMembers.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err == nil && m.MemberID == nil {
		err = store.ErrNotFound
	}
	return m, err
}

// checkPerson refuses who does not exist, or was never in the workspace.
func checkPerson(t *store.Tx, workspace, id string) error {
	there, err := store.Users.Exists(t, dbx.HashExp{"id": id})
	if err != nil {
		return err
	}
	if !there {
		return app.Field("member", `Invalid pk "`+id+`" - object does not exist.`)
	}
	if there, err = inWorkspace(t, workspace, id); err == nil && !there {
		return app.Field("member", "Member not found in workspace")
	}
	return err
}

// AddMemberV1 makes somebody of the workspace a member of the call's project. Who is or was one is refused with
// store.ErrUnique.
func AddMemberV1(c *app.Call, person string, role app.Role) (*store.ProjectMember, error) {
	var m *store.ProjectMember
	err := c.Write(func(t *store.Tx) error {
		if err := checkPerson(t, c.Workspace.ID, person); err != nil {
			return err
		}
		if err := join(t, c.Workspace.ID, c.ProjectID, person, role); err != nil {
			return err
		}
		var err error
		m, err = store.ProjectMembers.Get(t, dbx.HashExp{"project_id": c.ProjectID, "member_id": person})
		return err
	})
	return m, err
}

// ChangeMemberV1 changes a membership's role, or whose it is.
func ChangeMemberV1(c *app.Call, id string, person app.Opt[string], role app.Opt[int]) (*store.ProjectMember, error) {
	var m *store.ProjectMember
	err := c.Write(func(t *store.Tx) (err error) {
		if m, err = membership(c, t, id); err != nil {
			return err
		}
		t.Forget(store.AccessKey(m.WorkspaceID, *m.MemberID)) // who had it, if it becomes another's
		var cols []string
		app.Change(&cols, "role", role, &m.Role)
		if person.Set {
			if err := checkPerson(t, c.Workspace.ID, person.V); err != nil {
				return err
			}
			app.ChangePtr(&cols, "member_id", person, &m.MemberID)
		}
		return store.ProjectMembers.Update(t, m, cols...)
	})
	return m, err
}

// RemoveMemberV1 ends a membership; it stays on the list of who was there.
func RemoveMemberV1(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		m, err := membership(c, t, id)
		if err != nil {
			return err
		}
		m.IsActive = false
		return store.ProjectMembers.Update(t, m, "is_active")
	})
}
