// Package webhook tells other programs what happened: one request for each webhook and changed field.
package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// The actions of deliveries.
const (
	created = "created"
	updated = "updated"
	deleted = "deleted"
)

// news is something to be told to all webhooks that listen.
type news struct {
	event, workspace, actor string
	action                  string
	data                    fields
	changes                 []store.FieldValue // of an update, each told on its own
}

// IssueChanged tells of a new or changed work item, and of new or changed comments.
func IssueChanged(ctx context.Context, a *app.App, ch store.IssueChanged) error {
	if !ch.Webhook {
		return nil
	}
	family, verb, _ := strings.Cut(ch.Kind, ".activity.")
	n := news{event: "issue", workspace: ch.WorkspaceID, actor: ch.ActorID, action: verb, changes: ch.Fields}
	t := a.DB.Read(ctx)
	var err error
	if family == "comment" {
		n.event = "issue_comment"
		if n.changes, err = rewritten(t, ch); err == nil {
			n.data, err = commentFields(t, ch.CommentID)
		}
	} else {
		n.data, err = issueFields(t, ch.IssueID)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	return n.spread(ctx, a)
}

// rewritten is what a change of a comment did to its text.
func rewritten(t *store.Tx, ch store.IssueChanged) ([]store.FieldValue, error) {
	rows, _, err := store.ActivitiesByID(t, ch.Activities)
	var changes []store.FieldValue
	for _, r := range rows {
		changes = append(changes, store.FieldValue{Field: "comment_html", Old: r.OldValue, New: r.NewValue})
	}
	return changes, err
}

// Happened tells of a project, a cycle or a module.
func Happened(ctx context.Context, a *app.App, h store.Happened) error {
	n := news{event: h.Event, workspace: h.WorkspaceID, actor: h.ActorID, action: created}
	t := a.DB.Read(ctx)
	if h.After == nil {
		n.action, n.data = deleted, fields{"id": h.ID}
		return n.spread(ctx, a)
	}
	var err error
	if n.data, err = rowFields(t, h.Event, h.After); err != nil {
		return err
	}
	if h.Before != nil {
		before, err := rowFields(t, h.Event, h.Before)
		if err != nil {
			return err
		}
		n.action, n.changes = updated, differences(before, n.data)
	}
	return n.spread(ctx, a)
}

// differences are the fields that are not the same, by name; who wrote and when does not count.
func differences(before, after fields) []store.FieldValue {
	var all []store.FieldValue
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if name != "updated_at" && name != "updated_by" && !reflect.DeepEqual(before[name], after[name]) {
			all = append(all, store.FieldValue{Field: name, Old: before[name], New: after[name]})
		}
	}
	return all
}

// spread leaves one delivery for each webhook and change.
func (n news) spread(ctx context.Context, a *app.App) error {
	changes := n.changes
	if n.action != updated {
		changes = []store.FieldValue{{}}
	}
	t := a.DB.Read(ctx)
	hooks, err := store.Listening(t, n.workspace, n.event)
	if err != nil || len(hooks)*len(changes) == 0 {
		return err
	}
	actor, err := userFields(t, n.actor)
	if err != nil {
		return err
	}
	var deliveries []store.Delivery
	for _, h := range hooks {
		for _, change := range changes {
			body, err := n.body(h, change, actor)
			if err != nil {
				return err
			}
			deliveries = append(deliveries, store.Delivery{ID: store.NewID(), WebhookID: h.ID, Event: n.event, Action: n.action, Body: body})
		}
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		for _, d := range deliveries {
			if err := t.Deliver(t.Now, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n news) body(h store.Webhook, change store.FieldValue, actor fields) (json.RawMessage, error) {
	var field *string
	if change.Field != "" {
		field = &change.Field
	}
	body, err := json.Marshal(fields{"event": n.event, "action": n.action, "webhook_id": h.ID, "workspace_id": h.WorkspaceID, "data": n.data,
		"activity": fields{"field": field, "new_value": change.New, "old_value": change.Old, "actor": actor, "old_identifier": nil, "new_identifier": nil}})
	if err != nil {
		return nil, fmt.Errorf("what webhooks are told: %w", err)
	}
	return body, nil
}
