package store

import (
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// KnownUser is an account as those who run the installation see it.
type KnownUser struct {
	User
	Administers bool `db:"administers"` // the installation
	Workspaces  int  `db:"workspaces"`  // in which they are active
	Sessions    int  `db:"sessions"`    // that have not expired
}

// KnownUsers returns a part of the accounts of people, by address, and how many there are in all: those whose address
// or name has the text in it. Accounts that were deleted, and bots, are none.
func KnownUsers(t *Tx, search string, part ListPart) ([]KnownUser, int, error) {
	where := dbx.And(dbx.HashExp{"is_bot": false}, dbx.NewExp("users.email IS NOT NULL"))
	if search = strings.TrimSpace(search); search != "" {
		where = dbx.And(where, dbx.Or(Contains("users.email", search), Contains("users.display_name", search),
			Contains("users.first_name", search), Contains("users.last_name", search)))
	}
	total, err := Users.Count(t, where)
	if err != nil {
		return nil, 0, err
	}
	list := []KnownUser{}
	q := Users.Query(t).AndSelect(
		"EXISTS (SELECT 1 FROM instance_admins a WHERE a.user_id = users.id AND a.deleted_at IS NULL) AS administers",
		"(SELECT COUNT(*) FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL"+
			" WHERE m.member_id = users.id AND m.is_active AND m.deleted_at IS NULL) AS workspaces",
		"(SELECT COUNT(*) FROM sessions s WHERE s.user_id = "+map[bool]string{false: "users.id", true: "users.id::text"}[t.Postgres()]+
			" AND s.expire_date > {:now}) AS sessions").
		AndWhere(where).AndBind(dbx.Params{"now": t.Now}).OrderBy("users.email")
	if part.Limit > 0 {
		q = q.Limit(int64(part.Limit)).Offset(int64(part.Offset))
	}
	return list, total, db.Mark(q.All(&list))
}
