package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// The kinds of jobs that webhooks come from: something happened, and one delivery of it.
const (
	JobHappened = "webhook.happened" // payload: Happened
	JobDeliver  = "webhook.deliver"  // payload: Delivery
)

// Happened is what webhooks hear of a project, a cycle or a module. The rows are as they were then; without Before it is new,
// without After it is gone.
type Happened struct {
	Event       string          `json:"event"` // project, cycle, module
	ID          string          `json:"id"`
	WorkspaceID string          `json:"workspace_id"`
	ActorID     string          `json:"actor_id"`
	Before      json.RawMessage `json:"before,omitempty"`
	After       json.RawMessage `json:"after,omitempty"`
}

// Tell leaves the job that tells webhooks of a row: before and after are it, or nil.
func Tell[T any](t *Tx, event, workspace, id string, before, after *T) error {
	h := Happened{Event: event, ID: id, WorkspaceID: workspace, ActorID: t.Actor}
	for _, side := range []struct {
		row *T
		doc *json.RawMessage
	}{{before, &h.Before}, {after, &h.After}} {
		if side.row == nil {
			continue
		}
		doc, err := json.Marshal(side.row)
		if err != nil {
			return fmt.Errorf("tell webhooks of a %s: %w", event, err)
		}
		*side.doc = doc
	}
	return t.Enqueue(JobHappened, h)
}

// Delivery is one request to one webhook.
type Delivery struct {
	ID        string          `json:"id"` // the same for every attempt
	WebhookID string          `json:"webhook_id"`
	Event     string          `json:"event"`
	Action    string          `json:"action"`
	Body      json.RawMessage `json:"body"`
	Attempt   int             `json:"attempt"` // from 0
}

// Listening answers the active webhooks of a workspace whose switch for the event is on.
func Listening(t *Tx, workspace, event string) ([]Webhook, error) {
	where := dbx.HashExp{"workspace_id": workspace, "is_active": true}
	switch event {
	case "project", "issue", "cycle", "module", "issue_comment":
		where[event] = true
	default:
		return nil, fmt.Errorf("webhooks hear of no %q", event)
	}
	return Webhooks.List(t, where, "created_at")
}

// Deliver leaves a delivery to be made at that time.
func (t *Tx) Deliver(at time.Time, d Delivery) error { return t.EnqueueAt(at, JobDeliver, d) }

// IssueTies are the ids of who has a work item to do, and of its labels.
type IssueTies struct{ Assignees, Labels []string }

// TiesOf answers those of one work item.
func TiesOf(t *Tx, issue string) (IssueTies, error) {
	list := []FeedIssue{{Issue: Issue{Meta: Meta{ID: issue}}}}
	err := fillTies(t, list)
	return IssueTies{list[0].AssigneeIDs, list[0].LabelIDs}, err
}
