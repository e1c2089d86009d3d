package store

import "time"

// Notification is a row of notifications.
type Notification struct {
	Meta
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
	Meta
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
	Meta
	PropertyChange bool    `db:"property_change"`
	StateChange    bool    `db:"state_change"`
	Comment        bool    `db:"comment"`
	Mention        bool    `db:"mention"`
	IssueCompleted bool    `db:"issue_completed"`
	ProjectID      *string `db:"project_id"`
	UserID         string  `db:"user_id"`
	WorkspaceID    *string `db:"workspace_id"`
}

// NotificationPreferences is the table of NotificationPreference rows.
var NotificationPreferences = NewTable[NotificationPreference]("user_notification_preferences")
