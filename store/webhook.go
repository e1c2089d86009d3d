package store

import (
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Webhook is a row of webhooks.
type Webhook struct {
	AuditFields
	URL          string `db:"url"`
	IsActive     bool   `db:"is_active"`
	SecretKey    string `db:"secret_key"`
	Project      bool   `db:"project"`
	Issue        bool   `db:"issue"`
	Module       bool   `db:"module"`
	Cycle        bool   `db:"cycle"`
	IssueComment bool   `db:"issue_comment"`
	WorkspaceID  string `db:"workspace_id"`
	IsInternal   bool   `db:"is_internal"`
	Version      string `db:"version"`

	FailingSince *time.Time `db:"failing_since"` // nobody has answered in good order since then; nil: somebody did
}

// Webhooks is the table of Webhook rows.
var Webhooks = NewTable("webhooks", func(h *Webhook) []string { return []string{webhooksKey(h.WorkspaceID)} })

func webhooksKey(workspace string) string { return "webhooks:" + workspace }

func activeWebhooks(t *Tx, workspace string) ([]Webhook, error) {
	return Webhooks.List(t, dbx.HashExp{"workspace_id": workspace, "is_active": true}, "created_at")
}

func (h *Webhook) hears(event string) bool {
	switch event {
	case EventIssue:
		return h.Issue
	case EventComment:
		return h.IssueComment
	case EventProject:
		return h.Project
	case EventCycle:
		return h.Cycle
	case EventModule:
		return h.Module
	}
	return false
}

// WebhookLog is a row of webhook_logs.
type WebhookLog struct {
	AuditFields
	EventType       *string `db:"event_type"`
	RequestMethod   *string `db:"request_method"`
	RequestHeaders  *string `db:"request_headers"`
	RequestBody     *string `db:"request_body"`
	ResponseStatus  *string `db:"response_status"`
	ResponseHeaders *string `db:"response_headers"`
	ResponseBody    *string `db:"response_body"`
	RetryCount      int     `db:"retry_count"`
	Webhook         string  `db:"webhook"`
	WorkspaceID     string  `db:"workspace_id"`
	DeliveryID      *string `db:"delivery_id"` // nil: from before deliveries were written down
	DurationMS      int64   `db:"duration_ms"`
}

// WebhookLogs is the table of WebhookLog rows.
var WebhookLogs = NewTable[WebhookLog]("webhook_logs")

// LatestWebhookLogs returns no more than so many attempts to tell a webhook of events, newest first; a ping is none.
func LatestWebhookLogs(t *Tx, workspace, webhook string, most int) ([]WebhookLog, error) {
	logs := []WebhookLog{}
	err := WebhookLogs.Query(t).AndWhere(dbx.HashExp{"webhook": webhook, "workspace_id": workspace}).
		AndWhere(dbx.NewExp("(event_type IS NULL OR event_type <> {:ping})", dbx.Params{"ping": EventPing})).
		OrderBy("created_at DESC", "id DESC").Limit(int64(most)).All(&logs)
	return logs, db.Mark(err)
}

// WebhookTries returns the latest attempts of a delivery, newest first and no more than so many.
func WebhookTries(t *Tx, delivery string, most int) ([]WebhookLog, error) {
	logs := []WebhookLog{}
	err := WebhookLogs.Query(t).AndWhere(dbx.HashExp{"delivery_id": delivery}).OrderBy("created_at DESC", "id DESC").
		Limit(int64(most)).All(&logs)
	return logs, db.Mark(err)
}

// KnownWebhook is a webhook as those who run the installation see it.
type KnownWebhook struct {
	ID           string     `db:"id" json:"id"`
	URL          string     `db:"url" json:"url"`
	IsActive     bool       `db:"is_active" json:"is_active"`
	Workspace    string     `db:"workspace" json:"workspace"` // its slug
	FailingSince *time.Time `db:"failing_since" json:"failing_since"`
	Waiting      int        `db:"waiting" json:"waiting"` // deliveries
}

// KnownWebhooks returns webhooks of one workspace, or of all with an empty slug, those first that were stopped, and no
// more than so many.
func KnownWebhooks(t *Tx, slug string, most int) ([]KnownWebhook, error) {
	list := []KnownWebhook{}
	q := t.Select("webhooks.id", "webhooks.url", "webhooks.is_active", "webhooks.failing_since", "w.slug AS workspace",
		`(SELECT COUNT(*) FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id AND d.status = 'waiting') AS waiting`).
		From("webhooks").
		InnerJoin("workspaces w", dbx.NewExp("w.id = webhooks.workspace_id AND w.deleted_at IS NULL")).
		Where(dbx.NewExp("webhooks.deleted_at IS NULL"))
	if slug != "" {
		q.AndWhere(dbx.HashExp{"w.slug": slug})
	}
	err := q.OrderBy("webhooks.is_active", "webhooks.created_at DESC").Limit(int64(most)).All(&list)
	return list, db.Mark(err)
}
