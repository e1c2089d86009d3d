package store

import "github.com/pocketbase/dbx"

// ServiceAccount is the bot_type of accounts for programs that belong to one workspace. Each is a member of that one,
// and of no other.
const ServiceAccount = "SERVICE_ACCOUNT"

const serviceAccountsOf = ` IN (SELECT u.id FROM users u JOIN workspace_members m ON m.member_id = u.id
	WHERE m.workspace_id = ? AND m.deleted_at IS NULL AND u.is_bot AND u.bot_type = ?)`

// CloseServiceAccounts closes the service accounts of a workspace that is deleted, and ends their keys.
func CloseServiceAccounts(t *Tx, workspace string) error {
	t.ForgetAll()
	_, err := t.Exec("UPDATE api_tokens SET deleted_at = ? WHERE deleted_at IS NULL AND user_id"+serviceAccountsOf, t.Now,
		workspace, ServiceAccount)
	if err == nil {
		_, err = t.Exec("UPDATE users SET is_active = FALSE, updated_at = ? WHERE id"+serviceAccountsOf, t.Now, workspace,
			ServiceAccount)
	}
	return err
}

// SeatsOf returns the active memberships of those people in projects of a workspace.
func SeatsOf(t *Tx, workspace string, users []string) (map[string][]ProjectMember, error) {
	rows, err := ProjectMembers.List(t, dbx.And(dbx.HashExp{"workspace_id": workspace, "is_active": true},
		In("member_id", users)), "created_at", "id")
	all := map[string][]ProjectMember{}
	for _, m := range rows {
		all[*m.MemberID] = append(all[*m.MemberID], m)
	}
	return all, err
}
