package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Follower is somebody who hears of changes of a work item.
type Follower struct {
	ID       string `db:"id"`
	Assigned bool   `db:"assigned"`
}

// Followers returns who follows a work item and is an active member of its project, without the one who did something.
func Followers(t *Tx, at IssueKey, actor string) ([]Follower, error) {
	rows, err := t.Rows(`SELECT s.subscriber_id, EXISTS (SELECT 1 FROM issue_assignees a WHERE a.issue_id = s.issue_id
			AND a.assignee_id = s.subscriber_id AND a.deleted_at IS NULL)
		FROM issue_subscribers s WHERE s.issue_id = ? AND s.project_id = ? AND s.deleted_at IS NULL AND s.subscriber_id <> ?
			AND EXISTS (SELECT 1 FROM project_members m WHERE m.project_id = s.project_id AND m.member_id = s.subscriber_id
			AND m.is_active AND m.deleted_at IS NULL) ORDER BY s.created_at`, at.IssueID, at.ProjectID, actor)
	if err != nil {
		return nil, fmt.Errorf("read followers: %w", err)
	}
	defer rows.Close()
	var all []Follower
	for rows.Next() {
		var f Follower
		if err := rows.Scan(&f.ID, &f.Assigned); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, db.Mark(rows.Err())
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
