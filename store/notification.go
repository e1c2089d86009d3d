package store

import (
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Notification is a row of notifications.
type Notification struct {
	AuditFields
	Data             NullJSON   `db:"data"`
	EntityIdentifier *string    `db:"entity_identifier"`
	EntityName       string     `db:"entity_name"`
	Title            string     `db:"title"`
	Message          NullJSON   `db:"message"`
	MessageHTML      string     `db:"message_html"`
	MessageStripped  *string    `db:"message_stripped"`
	Sender           string     `db:"sender"`
	ReadAt           *time.Time `db:"read_at"`
	SnoozedTill      *time.Time `db:"snoozed_till"`
	ArchivedAt       *time.Time `db:"archived_at"`
	ProjectID        *string    `db:"project_id"`
	ReceiverID       string     `db:"receiver_id"`
	TriggeredByID    *string    `db:"triggered_by_id"`
	WorkspaceID      string     `db:"workspace_id"`
}

// Notifications is the table of Notification rows.
var Notifications = NewTable[Notification]("notifications")

// EmailNotificationLog is a row of email_notification_logs.
type EmailNotificationLog struct {
	AuditFields
	EntityIdentifier *string    `db:"entity_identifier"`
	EntityName       string     `db:"entity_name"`
	Data             NullJSON   `db:"data"`
	ProcessedAt      *time.Time `db:"processed_at"`
	SentAt           *time.Time `db:"sent_at"`
	Entity           string     `db:"entity"`
	OldValue         *string    `db:"old_value"`
	NewValue         *string    `db:"new_value"`
	ReceiverID       string     `db:"receiver_id"`
	TriggeredByID    string     `db:"triggered_by_id"`
}

// EmailNotificationLogs is the table of EmailNotificationLog rows.
var EmailNotificationLogs = NewTable[EmailNotificationLog]("email_notification_logs")

// NotificationPreference is a row of user_notification_preferences.
type NotificationPreference struct {
	AuditFields
	PropertyChange bool    `db:"property_change"`
	StateChange    bool    `db:"state_change"`
	Comment        bool    `db:"comment"`
	Mention        bool    `db:"mention"`
	IssueCompleted bool    `db:"issue_completed"`
	RemindersOff   bool    `db:"reminders_off"` // ours: of due dates
	ProjectID      *string `db:"project_id"`
	UserID         string  `db:"user_id"`
	WorkspaceID    *string `db:"workspace_id"`
}

// NotificationPreferences is the table of NotificationPreference rows.
var NotificationPreferences = NewTable[NotificationPreference]("user_notification_preferences")

// openable holds for notifications of what their receiver can still open: a work item that is not deleted, of a project
// that is neither deleted nor archived, and that they are in; of others' they hear nothing whom the project lets see
// only their own. Of an archived one there is only what came since: that it was, and what was done to it there.
const openable = `EXISTS (SELECT 1 FROM issues i JOIN projects p ON p.id = i.project_id
	JOIN project_members m ON m.project_id = i.project_id AND m.member_id = notifications.receiver_id
	WHERE i.id = notifications.entity_identifier AND i.deleted_at IS NULL AND p.deleted_at IS NULL AND p.archived_at IS NULL
	AND m.is_active AND m.deleted_at IS NULL AND (m.role > 5 OR p.guest_view_all_features OR i.created_by_id = notifications.receiver_id)
	AND (i.archived_at IS NULL OR notifications.created_at >= (SELECT MAX(a.created_at) FROM issue_activities a
		WHERE a.issue_id = i.id AND a.field = 'archived_at' AND a.deleted_at IS NULL)))`

// Openable holds for notifications of what their receiver can still open.
func Openable() dbx.Expression { return dbx.NewExp(openable) }

// Inbox says which of a person's notifications about issues in a workspace are meant.
type Inbox struct {
	User, Workspace   string
	Snoozed, Archived bool
	Read              *bool    // nil: both
	Mentions          *bool    // nil: both
	Projects          []string // whose notifications the person still reads
	OwnOnly           OwnOnly  // of those, what they may see
	// of issues, any of them: assigned, created, subscribed (but not made), watching (and made); others say nothing
	Kinds []string
}

// Where fits the rows. What was snoozed is back when its time has come: in the reference it then is in the list of what
// is snoozed for ever, and what is still snoozed is in both.
func (i Inbox) Where(now time.Time) dbx.Expression {
	params := dbx.Params{"receiver": i.User, "place": i.Workspace, "now": now}
	cond := "receiver_id = {:receiver} AND notifications.workspace_id = {:place} AND entity_name = 'issue' AND " + openable
	cond += map[bool]string{true: " AND snoozed_till > {:now}",
		false: " AND (snoozed_till <= {:now} OR snoozed_till IS NULL)"}[i.Snoozed]
	cond += map[bool]string{true: " AND notifications.archived_at IS NOT NULL",
		false: " AND notifications.archived_at IS NULL"}[i.Archived]
	if i.Read != nil {
		cond += map[bool]string{true: " AND read_at IS NOT NULL", false: " AND read_at IS NULL"}[*i.Read]
	}
	if i.Mentions != nil {
		cond += map[bool]string{true: " AND sender LIKE '%mentioned%'",
			false: " AND sender NOT LIKE '%mentioned%'"}[*i.Mentions]
	}
	var kinds []string
	for _, kind := range i.Kinds {
		if issues, ok := inboxIssues[kind]; ok {
			kinds = append(kinds, "entity_identifier IN ("+issues+")")
		}
	}
	if len(kinds) > 0 {
		cond += " AND (" + strings.Join(kinds, " OR ") + ")"
	}
	return dbx.And(dbx.NewExp(cond, params), i.Readable())
}

// Readable holds for notifications of what the person may still read: who was put out of a project hears of it no more.
func (i Inbox) Readable() dbx.Expression {
	return dbx.And(dbx.Or(dbx.HashExp{"notifications.project_id": nil}, In("notifications.project_id", i.Projects)),
		i.OwnOnly.Around("notifications.project_id", "notifications.entity_identifier"))
}

var inboxIssues = map[string]string{
	"assigned": "SELECT issue_id FROM issue_assignees WHERE workspace_id = {:place} AND assignee_id = {:receiver} AND deleted_at IS NULL",
	"created":  "SELECT id FROM issues WHERE workspace_id = {:place} AND created_by_id = {:receiver} AND deleted_at IS NULL",
	"watching": "SELECT issue_id FROM issue_subscribers WHERE workspace_id = {:place} AND subscriber_id = {:receiver} AND deleted_at IS NULL",
	"subscribed": `SELECT s.issue_id FROM issue_subscribers s WHERE s.workspace_id = {:place} AND s.subscriber_id = {:receiver} AND s.deleted_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.id = s.issue_id AND i.created_by_id = {:receiver} AND i.deleted_at IS NULL)`,
}

// InboxRow is a notification in a list.
type InboxRow struct {
	Notification
	IsIntake bool `db:"is_intake"` // its issue waits for a decision, or was declined or snoozed there
}

// ListInbox returns notifications; a limit of 0 is none.
func ListInbox(t *Tx, where dbx.Expression, offset, limit int, order ...string) ([]InboxRow, error) {
	rows := []InboxRow{}
	q := Notifications.Query(t).AndSelect("EXISTS (SELECT 1 FROM intake_issues n WHERE n.issue_id = notifications.entity_identifier" +
		" AND n.status IN (0, 2, -2) AND n.deleted_at IS NULL) AS is_intake").AndWhere(where).OrderBy(order...)
	if limit > 0 {
		q.Offset(int64(offset)).Limit(int64(limit))
	}
	return rows, db.Mark(q.All(&rows))
}

// UnreadInbox counts those of the notifications that are mentions, and all others.
func UnreadInbox(t *Tx, where dbx.Expression) (others, mentions int, err error) {
	err = t.Select("COUNT(*)",
		"COALESCE(SUM(CASE WHEN sender LIKE '%mentioned%' THEN 1 ELSE 0 END), 0)").From("notifications").
		Where(dbx.And(where, dbx.NewExp("notifications.deleted_at IS NULL"))).Row(&others, &mentions)
	return others - mentions, mentions, db.Mark(err)
}

// ReadInbox marks all that fit as read.
func ReadInbox(t *Tx, where dbx.Expression) error {
	_, err := t.Builder.Update("notifications", dbx.Params{"read_at": t.Now},
		db.InTurn("notifications", dbx.And(dbx.NewExp("deleted_at IS NULL"), where))).Execute()
	return db.Mark(err)
}
