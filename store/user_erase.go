package store

import (
	"database/sql"
	"fmt"
)

// personal are the tables of what is one person's own, and the column that says whose it is. What people did in a
// workspace (work items, comments, pages that others see, their history) is the workspace's and not among it.
var personal = []struct{ table, owner string }{
	{"sessions", "user_id"}, {"api_tokens", "user_id"}, {"accounts", "user_id"}, {"profiles", "user_id"},
	{"user_notification_preferences", "user_id"}, {"notifications", "receiver_id"}, {"notifications", "triggered_by_id"},
	{"email_notification_logs", "receiver_id"}, {"email_notification_logs", "triggered_by_id"},
	{"user_favorites", "user_id"}, {"user_recent_visits", "user_id"}, {"stickies", "owner_id"},
	{"workspace_user_links", "owner_id"}, {"workspace_themes", "actor_id"}, {"workspace_user_preferences", "user_id"},
	{"workspace_user_properties", "user_id"}, {"workspace_home_preferences", "user_id"},
	{"project_user_properties", "user_id"}, {"project_public_members", "member_id"}, {"cycle_user_properties", "user_id"},
	{"module_user_properties", "user_id"}, {"draft_issues", "created_by_id"}, {"issue_subscribers", "subscriber_id"},
	{"collection_members", "member_id"}, {"granted_roles", "user_id"}, {"second_factors", "user_id"},
	{"recovery_codes", "user_id"},
	{"remembered_browsers", "user_id"}, {"halfway_sign_ins", "user_id"},
}

// hidden are the tables with rows that nobody but their owner may see, and what such a row has.
var hidden = []struct{ table, private string }{{"pages", "access = 1"}, {"issue_views", "access = 0"}}

// EraseUser removes what is a person's own, and their name from what is the workspaces': history calls them by that
// name from then on. The row of users stays, for what refers to it; its caller empties it.
func EraseUser(t *Tx, user, email, name string) error {
	t.ForgetAll()
	for _, p := range personal {
		if _, err := t.Exec("DELETE FROM "+p.table+" WHERE "+p.owner+" = ?", user); err != nil {
			return fmt.Errorf("erase %s of a person: %w", p.table, err)
		}
	}
	if err := removeLonely(t, user); err != nil {
		return fmt.Errorf("erase a person's private collections: %w", err)
	}
	for _, h := range hidden {
		_, err := t.Exec("UPDATE "+h.table+" SET deleted_at = ? WHERE owned_by_id = ? AND deleted_at IS NULL AND "+h.private,
			t.Now, user)
		if err != nil {
			return fmt.Errorf("erase private %s of a person: %w", h.table, err)
		}
	}
	for _, column := range []string{"new", "old"} { // who was assigned, by name
		_, err := t.Exec("UPDATE issue_activities SET "+column+"_value = ? WHERE "+column+"_identifier = ?", name, user)
		if err != nil {
			return fmt.Errorf("take a person's name out of the history: %w", err)
		}
	}
	_, err := t.Exec("UPDATE file_assets SET deleted_at = ?, is_deleted = TRUE WHERE user_id = ? AND deleted_at IS NULL"+
		" AND entity_type IN ('USER_AVATAR', 'USER_COVER')", t.Now, user)
	if err != nil {
		return fmt.Errorf("delete a person's pictures: %w", err)
	}
	if email == "" {
		return nil
	}
	for _, q := range []string{"DELETE FROM workspace_member_invites WHERE email = ?",
		"DELETE FROM project_member_invites WHERE email = ?", "DELETE FROM jobs WHERE line = ? AND leased_until IS NULL"} {
		if _, err := t.Exec(q, email); err != nil {
			return fmt.Errorf("forget a person's address: %w", err)
		}
	}
	return nil
}

// OwnedWorkspaces returns the living workspaces that a person owns, or is the only active administrator of, by name.
func OwnedWorkspaces(t *Tx, user string, admin int) ([]Workspace, error) {
	ws := []Workspace{}
	err := t.Each(`SELECT w.id, w.slug, w.name FROM workspaces w WHERE w.deleted_at IS NULL AND (w.owner_id = ?
		OR EXISTS (SELECT 1 FROM workspace_members m WHERE m.workspace_id = w.id AND m.member_id = ? AND m.role = ?
			AND m.is_active AND m.deleted_at IS NULL)
		AND NOT EXISTS (SELECT 1 FROM workspace_members m JOIN users u ON u.id = m.member_id WHERE m.workspace_id = w.id
			AND m.member_id <> ? AND m.role = ? AND m.is_active AND m.deleted_at IS NULL AND NOT u.is_bot)) ORDER BY w.slug`,
		[]any{user, user, admin, user, admin}, func(rows *sql.Rows) error {
			var w Workspace
			if err := rows.Scan(&w.ID, &w.Slug, &w.Name); err != nil {
				return err
			}
			ws = append(ws, w)
			return nil
		})
	return ws, err
}
