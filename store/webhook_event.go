package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sailplane/sailplane/store/db"
)

// JobDeliver is the kind of the jobs that tell one webhook of one event; their payload is a Delivery.
const JobDeliver = "webhook.deliver"

// The events and actions that webhooks hear of.
const (
	EventIssue   = "issue"
	EventComment = "issue_comment"
	EventProject = "project"
	EventCycle   = "cycle"
	EventModule  = "module"

	ActionCreated = "created"
	ActionUpdated = "updated"
	ActionDeleted = "deleted"
)

// Event is something that happened in a transaction and that webhooks listen to.
type Event struct {
	Event       string
	Action      string
	ID          string
	WorkspaceID string
	ActorID     string
	Hooks       []Webhook // that listen

	Changes    []FieldValue    // of a work item that was updated
	Activities []string        // of a comment: ids of its rows of history
	Before     json.RawMessage // of a project, a cycle or a module: the rows as they were then
	After      json.RawMessage
}

// EnqueueEvent lets streams and webhooks hear of a row: before and after are it, or nil when it is new or gone.
func EnqueueEvent[T any](t *Tx, event, workspace, id string, before, after *T) error {
	e := Event{Event: event, Action: ActionUpdated, ID: id, WorkspaceID: workspace, ActorID: t.Actor}
	switch {
	case before == nil:
		e.Action = ActionCreated
	case after == nil:
		e.Action = ActionDeleted
	}
	NoteEvent(t, workspace, event, e.Action, id)
	return addEvent(t, e, func(e *Event) (err error) {
		if e.Before, err = json.Marshal(before); err == nil {
			e.After, err = json.Marshal(after)
		}
		return err
	})
}

// EnqueueDeleted lets streams and webhooks hear that rows are gone.
func EnqueueDeleted(t *Tx, event, workspace string, ids ...string) error {
	for _, id := range ids {
		NoteEvent(t, workspace, event, ActionDeleted, id)
		e := Event{Event: event, Action: ActionDeleted, ID: id, WorkspaceID: workspace, ActorID: t.Actor}
		if err := addEvent(t, e, nil); err != nil {
			return err
		}
	}
	return nil
}

// EnqueueIssueEvents lets streams and webhooks hear of changes of work items that leave nothing in their histories.
func EnqueueIssueEvents(t *Tx, changes ...IssueChanged) error {
	for i := range changes {
		noteIssue(t, &changes[i], nil)
		changes[i].ActorID = t.Actor
		if err := addIssueEvent(t, &changes[i]); err != nil {
			return err
		}
	}
	return nil
}

// noteIssue notes what a request did to a work item, to what is around it or to a comment, with the rows that it left
// in the history. Streams hear more than webhooks: of strangers on boards, and of links, files, reactions and the like.
func noteIssue(t *Tx, ch *IssueChanged, rows []*IssueActivity) {
	family, action, _ := strings.Cut(ch.Kind, ".activity.")
	names := make([]string, len(ch.Fields))
	for i, f := range ch.Fields {
		names[i] = f.Field
	}
	switch {
	case action == ActionDeleted && (family == "issue" || family == "comment"): // EnqueueDeleted has named them
	case family == "comment":
		NoteEvent(t, ch.WorkspaceID, EventComment, action, ch.CommentID)
	case family == "issue":
		NoteEvent(t, ch.WorkspaceID, EventIssue, action, ch.IssueID, names...)
	case family == "intake":
		NoteEvent(t, ch.WorkspaceID, EventIntake, ActionUpdated, ch.IssueID)
		fallthrough
	default:
		NoteEvent(t, ch.WorkspaceID, EventIssue, ActionUpdated, ch.IssueID, names...)
	}
	for _, r := range rows {
		if *r.IssueID != ch.IssueID {
			NoteEvent(t, ch.WorkspaceID, EventIssue, ActionUpdated, *r.IssueID)
		}
	}
}

// addIssueEvent lets webhooks hear of what a request did to a work item or a comment that is still there. What it did
// beside them (links, files, reactions …) is no event.
func addIssueEvent(t *Tx, ch *IssueChanged) error {
	family, action, _ := strings.Cut(ch.Kind, ".activity.")
	e := Event{Event: EventIssue, Action: action, ID: ch.IssueID, WorkspaceID: ch.WorkspaceID, ActorID: ch.ActorID,
		Changes: ch.Fields}
	heard := !ch.Unheard && action != ActionDeleted // whoever deletes says what went along: EnqueueDeleted
	switch family {
	case "issue":
		heard = heard && (action == ActionCreated || len(ch.Fields) > 0)
	case "cycle", "module": // in which of them the work item is
		e.Action, heard = ActionUpdated, len(ch.Fields) > 0
	case "comment":
		e.Event, e.ID, e.Activities = EventComment, ch.CommentID, ch.Activities
	default:
		heard = false
	}
	if !heard {
		return nil
	}
	return addEvent(t, e, nil)
}

// addEvent keeps an event until the end of the transaction, when everything that belongs to it has been written, if
// anybody listens.
func addEvent(t *Tx, e Event, fill func(*Event) error) (err error) {
	if e.Hooks, err = Listening(t, e.WorkspaceID, e.Event); err != nil || len(e.Hooks) == 0 {
		return err
	}
	if fill != nil {
		if err := fill(&e); err != nil {
			return fmt.Errorf("tell webhooks of a %s: %w", e.Event, err)
		}
	}
	of := db.Carried(t, func() *events { t.Last(enqueueEvents); return &events{} })
	of.list = append(of.list, e)
	return nil
}

// listener is who is told of events, one of a database.
type listener struct{ tell func(*Tx, []Event) error }

// events are those of one transaction.
type events struct{ list []Event }

// OnEvents lets tell leave what webhooks are to hear of the events of a transaction, as its last part.
func OnEvents(d *DB, tell func(*Tx, []Event) error) {
	Singleton(d.Read(context.Background()), func(*DB) *listener { return &listener{} }).tell = tell
}

func enqueueEvents(t *Tx) error {
	l := Singleton(t, func(*DB) *listener { return &listener{} })
	if l.tell == nil {
		return errors.New("tell webhooks: nobody does")
	}
	if err := l.tell(t, db.Carried(t, func() *events { return &events{} }).list); err != nil {
		return fmt.Errorf("tell webhooks: %w", err)
	}
	return nil
}

// Listening returns the active webhooks of a workspace whose switch for the event is on.
func Listening(t *Tx, workspace, event string) ([]Webhook, error) {
	all, err := Cached(t.DB(), webhooksKey(workspace), func() ([]Webhook, error) { return activeWebhooks(t, workspace) })
	if err != nil {
		return nil, err
	}
	var some []Webhook
	for i := range all {
		if all[i].hears(event) {
			some = append(some, all[i])
		}
	}
	return some, nil
}

// EventContext are the ids of who has a work item to do, and of its labels.
type EventContext struct{ Assignees, Labels []string }

// EventContextOf returns those of work items, by id.
func EventContextOf(t *Tx, issues []string) (map[string]EventContext, error) {
	list := make([]PublicIssue, len(issues))
	for i, id := range issues {
		list[i].ID = id
	}
	if err := fillLinks(t, list); err != nil {
		return nil, err
	}
	ties := make(map[string]EventContext, len(list))
	for _, i := range list {
		ties[i.ID] = EventContext{i.AssigneeIDs, i.LabelIDs}
	}
	return ties, nil
}
