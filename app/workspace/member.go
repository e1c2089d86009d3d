package workspace

import (
	"errors"

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

// ListMembers answers everybody who is or was in the workspace, newest first; search narrows them by their names.
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

// Membership answers the caller's active membership and how many drafts he keeps there; nil when he is no member.
func Membership(c *app.Call) (*store.WorkspaceMember, int, error) {
	if c.Workspace == nil {
		return nil, 0, nil
	}
	t := c.Read()
	m, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": c.User.ID, "is_active": true})
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	drafts, err := store.DraftIssues.Count(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "created_by_id": c.User.ID})
	return m, drafts, err
}
