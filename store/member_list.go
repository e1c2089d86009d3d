package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// ListedMember is somebody who is or was in a workspace or a project, with the role there.
type ListedMember struct {
	User
	MemberRole   int  `db:"member_role"`
	MemberActive bool `db:"member_active"`
}

// MemberFilter narrows a list of members; what is zero does not.
type MemberFilter struct {
	FirstName, LastName, Email, DisplayName string // parts of them, letters of either case
	Role                                    *int
	Owner                                   *bool // is the workspace's owner, or is not
	Active, Bot                             *bool
	BotType                                 string
}

// MemberOrders are what lists of members can be ordered by.
var MemberOrders = map[string]string{"created_at": "m.created_at", "first_name": "users.first_name",
	"last_name": "users.last_name", "display_name": "users.display_name", "email": "users.email", "role": "m.role"}

// WorkspaceMembersPart returns a part of those who are or were in a workspace, and how many there are in all.
func WorkspaceMembersPart(t *Tx, w *Workspace, f MemberFilter, s ListPart, order string) ([]ListedMember, int, error) {
	q := Users.Query(t).InnerJoin("workspace_members m", dbx.NewExp("m.member_id = users.id AND m.deleted_at IS NULL")).
		AndWhere(dbx.HashExp{"m.workspace_id": w.ID})
	return membersPart(q, f, w.OwnerID, s, order)
}

// ProjectMembersPart is WorkspaceMembersPart for a project.
func ProjectMembersPart(t *Tx, project string, f MemberFilter, s ListPart, order string) ([]ListedMember, int, error) {
	q := Users.Query(t).InnerJoin("project_members m", dbx.NewExp("m.member_id = users.id AND m.deleted_at IS NULL")).
		AndWhere(dbx.HashExp{"m.project_id": project})
	return membersPart(q, f, "", s, order)
}

func membersPart(q *dbx.SelectQuery, f MemberFilter, owner string, s ListPart, order string) ([]ListedMember, int,
	error) {
	for _, named := range []struct{ column, part string }{{"users.first_name", f.FirstName},
		{"users.last_name", f.LastName}, {"users.email", f.Email}, {"users.display_name", f.DisplayName}} {
		if named.part != "" {
			q.AndWhere(Contains(named.column, named.part))
		}
	}
	if f.Role != nil {
		q.AndWhere(dbx.HashExp{"m.role": *f.Role})
	}
	if f.Owner != nil {
		is := dbx.Expression(dbx.HashExp{"users.id": owner})
		if !*f.Owner {
			is = dbx.Not(is)
		}
		q.AndWhere(is)
	}
	if f.Active != nil {
		q.AndWhere(dbx.HashExp{"m.is_active": *f.Active})
	}
	if f.Bot != nil {
		q.AndWhere(dbx.HashExp{"users.is_bot": *f.Bot})
	}
	if f.BotType != "" {
		q.AndWhere(dbx.HashExp{"users.bot_type": f.BotType})
	}
	total := 0
	if err := q.Select("COUNT(*)").Row(&total); err != nil {
		return nil, 0, fmt.Errorf("count members: %w", db.Mark(err))
	}
	rows := []ListedMember{}
	err := q.Select("users.*", "m.role AS member_role", "m.is_active AS member_active").OrderBy(order, "m.id").
		Offset(int64(s.Offset)).Limit(int64(s.Limit)).All(&rows)
	if err != nil {
		return nil, 0, fmt.Errorf("list members: %w", db.Mark(err))
	}
	return rows, total, nil
}
