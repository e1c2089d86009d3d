package store

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Hearer is somebody who may be told of a work item: who follows it, or was named beside it.
type Hearer struct {
	ID       string
	Follows  bool
	Assigned bool
	Letters  NotificationPreference // which letters they want: the switches alone are filled
}

// Hearers returns who follows a work item, and those of the named, as far as they may see it now: active members of its
// project and of the workspace, whose account is open; where the project shows guests no more than their own, guests
// only when they made it. Who did something is left out.
func Hearers(t *Tx, at IssueKey, actor string, named []string) ([]Hearer, error) {
	others, ids := t.In("u.id", named)
	query := `SELECT m.member_id, s.id IS NOT NULL,
		EXISTS (SELECT 1 FROM issue_assignees a WHERE a.issue_id = i.id AND a.assignee_id = m.member_id AND a.deleted_at IS NULL),
		COALESCE(w.property_change, TRUE), COALESCE(w.state_change, TRUE), COALESCE(w.issue_completed, TRUE),
		COALESCE(w.comment, TRUE), COALESCE(w.mention, TRUE)
	FROM issues i JOIN projects p ON p.id = i.project_id AND p.deleted_at IS NULL
	JOIN project_members m ON m.project_id = i.project_id AND m.is_active AND m.deleted_at IS NULL
	JOIN workspace_members h ON h.workspace_id = i.workspace_id AND h.member_id = m.member_id AND h.is_active AND h.deleted_at IS NULL
	JOIN users u ON u.id = m.member_id AND u.is_active
	LEFT JOIN issue_subscribers s ON s.issue_id = i.id AND s.subscriber_id = m.member_id AND s.deleted_at IS NULL
	LEFT JOIN user_notification_preferences w ON w.user_id = m.member_id AND w.deleted_at IS NULL
	WHERE i.id = ? AND i.project_id = ? AND i.deleted_at IS NULL AND m.member_id <> ?
	AND (m.role > 5 OR p.guest_view_all_features OR i.created_by_id = m.member_id)
	AND m.member_id IN (SELECT f.subscriber_id FROM issue_subscribers f WHERE f.issue_id = ? AND f.deleted_at IS NULL
		UNION ALL SELECT u.id FROM users u WHERE ` + others + `)
	ORDER BY s.created_at, m.member_id, w.created_at`
	var all []Hearer
	err := t.Each(query, []any{at.IssueID, at.ProjectID, actor, at.IssueID, ids}, func(rows *sql.Rows) error {
		var h Hearer
		w := &h.Letters
		if err := rows.Scan(&h.ID, &h.Follows, &h.Assigned, &w.PropertyChange, &w.StateChange, &w.IssueCompleted,
			&w.Comment, &w.Mention); err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(o Hearer) bool { return o.ID == h.ID }) { // once, whatever rows there are of them
			all = append(all, h)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read who is told: %w", err)
	}
	return all, nil
}

// CompletedAmong returns those of the states in which work items are completed.
func CompletedAmong(t *Tx, states []string) (map[string]bool, error) {
	completed := map[string]bool{}
	if len(states) == 0 {
		return completed, nil
	}
	in, ids := t.In("id", states)
	err := t.Each(`SELECT id FROM states WHERE "group" = 'completed' AND `+in, []any{ids}, func(rows *sql.Rows) error {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		completed[id] = true
		return nil
	})
	return completed, err
}

// NotificationContext is what a notification says of a work item.
type NotificationContext struct {
	ID              string  `db:"id"`
	Name            string  `db:"name"`
	SequenceID      int     `db:"sequence_id"`
	CreatedByID     *string `db:"maker"`
	CreatorAssigned bool    `db:"maker_assigned"`
	Identifier      string  `db:"identifier"` // of its project
	StateName       string  `db:"state_name"`
	StateGroup      string  `db:"state_group"`
	Slug            string  `db:"slug"`  // of its workspace
	Actor           string  `db:"actor"` // name of who did something
	Text            string  `db:"text"`  // of the description, as HTML
}

// FindNotificationContext returns a living work item as notifications about something that a person did show it, or
// ErrNotFound.
func FindNotificationContext(t *Tx, issue, actor string) (*NotificationContext, error) {
	var n NotificationContext
	err := t.Select("i.id", "i.name", "i.sequence_id", "i.created_by_id AS maker", "p.identifier",
		"COALESCE(s.name, '') AS state_name", `COALESCE(s."group", '') AS state_group`, "w.slug",
		"COALESCE(u.display_name, '') AS actor", "i.description_html AS text", "EXISTS (SELECT 1 FROM issue_assignees a"+
			" WHERE a.issue_id = i.id AND a.assignee_id = i.created_by_id AND a.deleted_at IS NULL) AS maker_assigned").
		From("issues i").InnerJoin("projects p", dbx.NewExp("p.id = i.project_id")).InnerJoin("workspaces w",
		dbx.NewExp("w.id = i.workspace_id")).
		LeftJoin("states s", dbx.NewExp("s.id = i.state_id")).LeftJoin("users u",
		dbx.NewExp("u.id = {:actor}", dbx.Params{"actor": actor})).
		Where(dbx.HashExp{"i.id": issue, "i.deleted_at": nil}).One(&n)
	if err != nil {
		return nil, db.Mark(err)
	}
	return &n, nil
}

// ActivitiesByID returns rows of history with the texts of the comments that they are about, in their order.
func ActivitiesByID(t *Tx, ids []string) ([]IssueActivity, map[string]string, error) {
	rows, err := IssueActivities.List(t, In("id", ids), "created_at")
	if err != nil {
		return nil, nil, err
	}
	var comments []string
	for _, r := range rows {
		if r.IssueCommentID != nil {
			comments = append(comments, *r.IssueCommentID)
		}
	}
	texts := map[string]string{}
	if len(comments) == 0 {
		return rows, texts, nil
	}
	found, err := IssueComments.ByID(t, comments)
	for id, m := range found {
		texts[id] = m.CommentStripped
	}
	return rows, texts, err
}

// AddNotifications writes notifications; those that are there already, by their ids, stay as they are.
func AddNotifications(t *Tx, rows []*Notification) error {
	args := make([]any, 0, len(rows)*14)
	for _, n := range rows {
		args = append(args, n.ID, n.CreatedAt, n.CreatedAt, n.Data, n.EntityIdentifier, "issue", n.Title, n.Message,
			"<p></p>", n.Sender, n.ProjectID, n.ReceiverID, n.TriggeredByID, n.WorkspaceID)
	}
	err := db.InsertRows(t, "notifications",
		"id, created_at, updated_at, data, entity_identifier, entity_name, title, message, message_html, sender, "+
			"project_id, receiver_id, triggered_by_id, workspace_id", 14, args, " ON CONFLICT (id) DO NOTHING")
	if err != nil {
		return fmt.Errorf("write notifications: %w", err)
	}
	return nil
}

// AddEmailLogs writes what letters are to tell of; those that are there already, by their ids, stay as they are.
func AddEmailLogs(t *Tx, rows []*EmailNotificationLog) error {
	args := make([]any, 0, len(rows)*9)
	for _, m := range rows {
		args = append(args, m.ID, m.CreatedAt, m.CreatedAt, m.EntityIdentifier, "issue", m.Data, "", m.ReceiverID,
			m.TriggeredByID)
	}
	err := db.InsertRows(t, "email_notification_logs",
		"id, created_at, updated_at, entity_identifier, entity_name, data, entity, receiver_id, triggered_by_id", 9, args,
		" ON CONFLICT (id) DO NOTHING")
	if err != nil {
		return fmt.Errorf("write what letters tell of: %w", err)
	}
	return nil
}
