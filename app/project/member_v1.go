package project

import (
	"errors"

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

// checkPerson refuses who does not exist, or is not in the workspace; a guest there is none but a guest
// in its projects.
func checkPerson(t *store.Tx, workspace, id string, role app.Role) error {
	there, err := store.Users.Exists(t, dbx.HashExp{"id": id})
	if err != nil {
		return err
	}
	if !there {
		return app.Field("member", `Invalid pk "`+id+`" - object does not exist.`)
	}
	m, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": workspace, "member_id": id, "is_active": true})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return app.Field("member", "Member not found in workspace")
	case err != nil:
		return err
	case app.Role(m.Role) == app.Guest && role > app.Guest:
		return errAboveGuest
	}
	return nil
}

// AddMemberV1 takes somebody of the workspace into the call's project, or back into it.
func AddMemberV1(c *app.Call, person string, role app.Role) (*store.ProjectMember, error) {
	w, err := welcomeFor(c)
	if err != nil {
		return nil, err
	}
	var m *store.ProjectMember
	err = c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		if err := checkPerson(t, c.Workspace.ID, person, role); err != nil {
			return err
		}
		where := dbx.HashExp{"project_id": c.ProjectID, "member_id": person}
		active, err := store.ProjectMembers.Exists(t, dbx.And(where, dbx.HashExp{"is_active": true}))
		if err != nil {
			return err
		}
		if active {
			return app.ErrPayload
		}
		if _, err := admit(t, c.Workspace.ID, c.ProjectID, NewPerson{person, app.Some(int(role))}); err != nil {
			return err
		}
		if err := w.tell(t, []string{person}); err != nil {
			return err
		}
		m, err = store.ProjectMembers.Get(t, where)
		return err
	})
	return m, err
}

// ChangeMemberV1 changes a membership's role, or whose it is; see mayChange for who may.
func ChangeMemberV1(c *app.Call, id string, person app.Opt[string], role app.Opt[int]) (*store.ProjectMember, error) {
	var m *store.ProjectMember
	err := c.Write(func(t *store.Tx) (err error) {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		if m, err = membership(c, t, id); err != nil {
			return err
		}
		given := role
		if person.Set && !role.Set && person.V != *m.MemberID {
			given = app.Some(m.Role) // it is taken from one and given to another
		}
		if err := mayChange(c, t, m, given); err != nil {
			return err
		}
		t.Forget(store.AccessKey(m.WorkspaceID, *m.MemberID)) // who had it, if it becomes another's
		var cols []string
		app.Change(&cols, "role", role, &m.Role)
		if person.Set {
			if err := checkPerson(t, c.Workspace.ID, person.V, app.Role(m.Role)); err != nil {
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
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		m, err := membership(c, t, id)
		if err != nil {
			return err
		}
		return putOut(c, t, m)
	})
}
