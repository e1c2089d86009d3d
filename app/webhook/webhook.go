// Package webhook tells other programs what happened: one request for each webhook and changed field.
//
// What is told is written down in the transaction in which it happened, as things are at its end. A webhook hears of
// things in the order in which they happened: what cannot be delivered is tried again, and what happened later waits
// behind it.
package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// EnqueueDeliveries leaves the deliveries of the events of a transaction: for each event one for each webhook and
// change.
func EnqueueDeliveries(t *store.Tx, events []store.Event) error {
	s, err := loadSnapshot(t, events)
	if err != nil {
		return err
	}
	var all []*store.WebhookDelivery
	hosts := map[string]string{}
	for i := range events {
		some, err := s.deliveries(t, &events[i])
		if err != nil {
			return err
		}
		all = append(all, some...)
		for _, h := range events[i].Hooks {
			hosts[h.ID] = app.HostOf(h.URL)
		}
	}
	return store.EnqueueDeliveries(t, all, hosts)
}

// deliveries are those of one event; none when what it is about is gone already.
func (s *snapshot) deliveries(t *store.Tx, e *store.Event) ([]*store.WebhookDelivery, error) {
	data, changes, err := s.of(t, e)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if e.Action != store.ActionUpdated {
		changes = []store.FieldValue{{}}
	}
	var list []*store.WebhookDelivery
	for i := range e.Hooks {
		for _, change := range changes {
			m := message{event: e.Event, action: e.Action, slug: s.slugs[e.WorkspaceID], data: data, change: change,
				actor: s.actor(e.ActorID)}
			d, err := m.to(&e.Hooks[i])
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
	}
	return list, nil
}

// of is what an event is about, and what has changed of it.
func (s *snapshot) of(t *store.Tx, e *store.Event) (data fields, changes []store.FieldValue, err error) {
	switch {
	case e.Action == store.ActionDeleted:
		return fields{"id": e.ID}, nil, nil
	case e.Event == store.EventIssue:
		data, err = s.issue(e.ID)
		return data, e.Changes, err
	case e.Event == store.EventComment:
		if data, err = commentFields(t, e.ID); err == nil {
			changes, err = rewritten(t, e.Activities)
		}
		return data, changes, err
	}
	if data, err = rowFields(t, e.Event, e.After); err != nil || e.Action == store.ActionCreated {
		return data, nil, err
	}
	before, err := rowFields(t, e.Event, e.Before)
	if err != nil {
		return nil, nil, err
	}
	changes = append(differences(before, data), e.Changes...)
	if e.Event == store.EventCycle {
		err = showDays(t, changes, data["project"])
	}
	return data, changes, err
}

// showDays turns the dates of a cycle that have changed into days of its project's time zone: that is how people write
// them, and how the reference tells them.
func showDays(t *store.Tx, changes []store.FieldValue, project any) error {
	var zone *time.Location
	for i, c := range changes {
		if c.Field != "start_date" && c.Field != "end_date" {
			continue
		}
		if zone == nil {
			p, err := store.Projects.Get(t, dbx.HashExp{"id": project})
			if err != nil {
				return err
			}
			zone = app.Zone(p.Timezone)
		}
		changes[i].Old, changes[i].New = day(c.Old, zone), day(c.New, zone)
	}
	return nil
}

// day is the day of a time that at has written; nil stays nil.
func day(written any, zone *time.Location) any {
	text, _ := written.(string)
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at.In(zone).Format(time.DateOnly)
	}
	return written
}

// rewritten is what a change of a comment did to its text.
func rewritten(t *store.Tx, activities []string) ([]store.FieldValue, error) {
	rows, _, err := store.ActivitiesByID(t, activities)
	var changes []store.FieldValue
	for _, r := range rows {
		changes = append(changes, store.FieldValue{Field: "comment_html", Old: r.OldValue, New: r.NewValue})
	}
	return changes, err
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

// message is what a webhook is told of one change.
type message struct {
	event, action string
	slug          string // of the workspace: newer than the reference, which has it from 1.4 on
	data          fields
	change        store.FieldValue
	actor         fields
}

// to writes the message down for a webhook.
func (m *message) to(h *store.Webhook) (*store.WebhookDelivery, error) {
	var field *string
	if m.change.Field != "" {
		field = &m.change.Field
	}
	doc, err := json.Marshal(fields{"event": m.event, "action": m.action, "webhook_id": h.ID,
		"workspace_id": h.WorkspaceID, "workspace_slug": m.slug, "data": m.data,
		"activity": fields{"field": field, "new_value": m.change.New, "old_value": m.change.Old, "actor": m.actor,
			"old_identifier": nil, "new_identifier": nil}})
	if err != nil {
		return nil, fmt.Errorf("what webhooks are told: %w", err)
	}
	return &store.WebhookDelivery{WebhookID: h.ID, WorkspaceID: h.WorkspaceID, Event: m.event, Action: m.action,
		Body: string(doc)}, nil
}
