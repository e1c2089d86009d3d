package workspace

import (
	"errors"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Member is a membership with its person.
type Member struct {
	store.WorkspaceMember
	User *store.User
}

// withPeople reads the people of memberships, all in one query.
func withPeople(t *store.Tx, rows []store.WorkspaceMember) ([]Member, error) {
	ids := make([]string, len(rows))
	for i, m := range rows {
		ids[i] = m.MemberID
	}
	people, err := store.Users.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	ms := make([]Member, 0, len(rows))
	for _, m := range rows {
		if u := people[m.MemberID]; u != nil {
			ms = append(ms, Member{m, u})
		}
	}
	return ms, nil
}

// ListMembers returns everybody who is or was in the workspace, newest first; search narrows them by their names.
func ListMembers(c *app.Call, search string) ([]Member, error) {
	t := c.Read()
	where := []dbx.Expression{dbx.HashExp{"workspace_members.workspace_id": c.Workspace.ID}}
	if search != "" {
		named, err := store.Users.List(t, dbx.And(store.InWorkspace("users.id", c.Workspace.ID),
			dbx.Or(store.Contains("users.display_name", search), store.Contains("users.first_name", search))))
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(named))
		for i, u := range named {
			ids[i] = u.ID
		}
		where = append(where, store.In("workspace_members.member_id", ids))
	}
	rows, err := store.WorkspaceMembers.List(t, dbx.And(where...), "workspace_members.created_at DESC")
	if err != nil {
		return nil, err
	}
	return withPeople(t, rows)
}

// Membership returns the caller's active membership and how many drafts they keep there; nil when they are no member.
func Membership(c *app.Call) (*store.WorkspaceMember, int, error) {
	if c.Workspace == nil {
		return nil, 0, nil
	}
	t := c.Read()
	m, err := store.WorkspaceMembers.Get(t,
		dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": c.User.ID, "is_active": true})
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	drafts, err := store.DraftIssues.Count(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "created_by_id": c.User.ID})
	return m, drafts, err
}

// KeepViewProps writes the view settings of the caller's membership.
func KeepViewProps(c *app.Call, props store.JSON) error {
	return c.Write(func(t *store.Tx) error {
		m, err := store.WorkspaceMembers.Get(t,
			dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": c.User.ID, "is_active": true})
		if err != nil {
			return err
		}
		m.ViewProps = props
		return store.WorkspaceMembers.Update(t, m, "view_props")
	})
}

// GetMember returns one membership of the workspace.
func GetMember(c *app.Call, id string) (*Member, error) {
	return member(c, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// activeMember returns the active membership of a person who is no bot.
func activeMember(c *app.Call, id string) (*Member, error) {
	m, err := member(c, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID, "is_active": true})
	if err == nil && m.User.IsBot {
		return nil, store.ErrNotFound
	}
	return m, err
}

func member(c *app.Call, where dbx.Expression) (*Member, error) {
	t := c.Read()
	row, err := store.WorkspaceMembers.Get(t, where)
	if err != nil {
		return nil, err
	}
	u, err := store.Users.Find(t, row.MemberID)
	if err != nil {
		return nil, err
	}
	return &Member{*row, u}, nil
}

// UpdateMember lets change set columns of an active membership, not the caller's own. A guest of the workspace is a
// guest in all its projects; what they were there does not come back.
func UpdateMember(c *app.Call, id string, change func(*store.WorkspaceMember) (cols []string)) (*Member, error) {
	m, err := activeMember(c, id)
	if err != nil {
		return nil, err
	}
	if m.MemberID == c.User.ID {
		return nil, app.Refuse(app.Invalid, "You cannot update your own role")
	}
	cols := change(&m.WorkspaceMember)
	err = c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		if slices.Contains(cols, "role") && m.Role == int(app.Guest) {
			if err := store.GuestInProjects(t, m.WorkspaceID, m.MemberID, int(app.Guest)); err != nil {
				return err
			}
		}
		return store.WorkspaceMembers.Update(t, &m.WorkspaceMember, cols...)
	})
	return m, err
}

// RemoveMember ends somebody else's membership, in the workspace and in its projects.
func RemoveMember(c *app.Call, id string) error {
	m, err := activeMember(c, id)
	if err != nil {
		return err
	}
	switch {
	case m.MemberID == c.User.ID:
		return app.Refuse(app.Invalid, "You cannot remove yourself from the workspace. Please use leave workspace")
	case m.Role > int(c.Access.Workspace):
		return app.Refuse(app.Invalid, "You cannot remove a user having role higher than you")
	}
	return c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		return store.EndMembership(t, &m.WorkspaceMember)
	})
}

// RemovePerson is RemoveMember of who has that id or, without one, that address.
func RemovePerson(c *app.Call, id, email string) error {
	who := dbx.Expression(dbx.HashExp{"id": id})
	switch {
	case id == "" && email == "":
		return app.Field("member_id", "This field is required, or email.")
	case id == "":
		address, _ := app.CleanEmail(email)
		who = dbx.HashExp{"email": address}
	}
	t := c.Read()
	u, err := store.Users.Get(t, who)
	if err != nil {
		return err
	}
	m, err := store.WorkspaceMembers.Get(t,
		dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": u.ID, "is_active": true})
	if err != nil {
		return err
	}
	return RemoveMember(c, m.ID)
}

// Leave ends the caller's membership. The last administrator stays, and so does who alone is in a project.
func Leave(c *app.Call) error {
	return c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		return leave(c, t)
	})
}

func leave(c *app.Call, t *store.Tx) error {
	m, err := store.WorkspaceMembers.Get(t,
		dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": c.User.ID, "is_active": true})
	if err != nil {
		return err
	}
	admins, err := store.WorkspaceMembers.Count(t,
		dbx.HashExp{"workspace_id": c.Workspace.ID, "role": int(app.Admin), "is_active": true})
	if err != nil {
		return err
	}
	if m.Role == int(app.Admin) && admins <= 1 {
		return app.Refuse(app.Invalid,
			"You cannot leave the workspace as you are the only admin of the workspace you will have to either delete "+
				"the workspace or promote another user to admin.")
	}
	alone, err := store.LeadsAlone(t, c.Workspace.ID, c.User.ID, int(app.Admin))
	if err != nil {
		return err
	}
	if alone {
		return app.Refuse(app.Invalid,
			"You are a part of some projects where you are the only admin, you should either leave the project or "+
				"promote another user to admin.")
	}
	return store.EndMembership(t, m)
}

// ListProjectMembers returns the active members of the projects that the caller is in, newest first.
func ListProjectMembers(c *app.Call) ([]store.ProjectMember, error) {
	return store.ProjectMembers.List(c.Read(), dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID, "is_active": true},
		store.In("project_id", slices.Collect(maps.Keys(c.Access.Projects)))), "created_at DESC")
}
