package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// Events that streams tell and webhooks do not.
const (
	EventPage   = "page"
	EventIntake = "intake_issue" // its id is the work item's
)

// StreamEvent is a row of stream_events: that something happened. What it is about is read anew by whoever tells it, so
// that what may be seen is decided then.
type StreamEvent struct {
	Number      int64 // in the order in which events can be seen
	WorkspaceID string
	Kind        string // EventIssue and the like
	Action      string // ActionCreated and the like
	EntityID    string
	ActorID     *string
	Fields      []string // of a work item, by name; none: something around it, or nobody knows
	At          time.Time
}

// NoteEvent notes that a transaction has changed something; it is written as the transaction's last part, once for
// everything that it has changed.
func NoteEvent(t *Tx, workspace, kind, action, id string, fields ...string) {
	of := db.Carried(t, func() *noted {
		t.Last(writeNoted)
		return &noted{at: map[[2]string]*StreamEvent{}}
	})
	e := of.at[[2]string{kind, id}]
	if e == nil {
		e = &StreamEvent{WorkspaceID: workspace, Kind: kind, Action: action, EntityID: id}
		of.at[[2]string{kind, id}] = e
		of.list = append(of.list, e)
	}
	if action == ActionDeleted || e.Action == ActionUpdated {
		e.Action = action
	}
	if actor := t.Actor; actor != "" {
		e.ActorID = &actor
	}
	for _, f := range fields {
		if !slices.Contains(e.Fields, f) {
			e.Fields = append(e.Fields, f)
		}
	}
}

// noted is what one transaction has changed.
type noted struct {
	list []*StreamEvent
	at   map[[2]string]*StreamEvent // by kind and id
}

const eventColumns = "workspace_id, kind, action, entity_id, actor_id, fields, at"

func writeNoted(t *Tx) error {
	list := db.Carried(t, func() *noted { return &noted{} }).list
	args := make([]any, 0, 7*len(list))
	for _, e := range list {
		args = append(args, e.WorkspaceID, e.Kind, e.Action, e.EntityID, e.ActorID, strings.Join(e.Fields, ","), t.Now)
	}
	if err := db.InsertRows(t, "stream_events", eventColumns, 7, args); err != nil {
		return fmt.Errorf("note what happened: %w", err)
	}
	if wake := wakerOf(t).wake.Load(); wake != nil {
		t.After(*wake)
	}
	return nil
}

// waker is who is told that there are new events, one of a database.
type waker struct{ wake atomic.Pointer[func()] }

func wakerOf(t *Tx) *waker { return Singleton(t, func(*DB) *waker { return &waker{} }) }

// OnStreamEvents has wake called whenever this process has written events; nil ends that.
func OnStreamEvents(d *DB, wake func()) {
	if w := wakerOf(d.Read(context.Background())); wake == nil {
		w.wake.Store(nil)
	} else {
		w.wake.Store(&wake)
	}
}

const selectEvents = "SELECT number, " + eventColumns + " FROM stream_events "

func streamEvents(t *Tx, where string, args ...any) ([]StreamEvent, error) {
	var fields string
	list, err := scanned(t, "read what happened", selectEvents+where, args, func(e *StreamEvent) []any {
		return []any{&e.Number, &e.WorkspaceID, &e.Kind, &e.Action, &e.EntityID, &e.ActorID, fieldNames{&e.Fields, &fields},
			&e.At}
	})
	return list, err
}

// fieldNames scans names with commas.
type fieldNames struct {
	into *[]string
	text *string
}

// Scan takes what the database has.
func (f fieldNames) Scan(v any) error {
	switch v := v.(type) {
	case string:
		*f.text = v
	case []byte:
		*f.text = string(v)
	}
	*f.into = nil
	if *f.text != "" {
		*f.into = strings.Split(*f.text, ",")
	}
	return nil
}

// LastStreamEvent returns the newest event that has a number; ErrNotFound when there is none.
func LastStreamEvent(t *Tx) (*StreamEvent, error) {
	return firstEvent(streamEvents(t, "WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1"))
}

// OldestStreamEvent returns the oldest event that is kept and has a number; ErrNotFound when there is none.
func OldestStreamEvent(t *Tx) (*StreamEvent, error) {
	return firstEvent(streamEvents(t, "WHERE number IS NOT NULL ORDER BY number LIMIT 1"))
}

// StreamEventAt returns the event of a number; ErrNotFound when it is kept no longer, or never was.
func StreamEventAt(t *Tx, number int64) (*StreamEvent, error) {
	return firstEvent(streamEvents(t, "WHERE number = ?", number))
}

func firstEvent(list []StreamEvent, err error) (*StreamEvent, error) {
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

// StreamEventsAfter returns the events after a number, no more than so many.
func StreamEventsAfter(t *Tx, number int64, most int) ([]StreamEvent, error) {
	return streamEvents(t, "WHERE number > ? ORDER BY number LIMIT ?", number, most)
}

// StreamEventsIn returns the events of a workspace after a number and up to another, no more than so many.
func StreamEventsIn(t *Tx, workspace string, after, until int64, most int) ([]StreamEvent, error) {
	return streamEvents(t, "WHERE workspace_id = ? AND number > ? AND number <= ? ORDER BY number LIMIT ?", workspace,
		after, until, most)
}

// numberedAtOnce is how many events get their numbers in one transaction.
const numberedAtOnce = 5000

// NumberStreamEvents gives numbers to the events that have none and can be seen: on Postgres, where transactions end in
// another order than their rows are made. One does so at a time, of all nodes.
func NumberStreamEvents(ctx context.Context, d *DB) error {
	for d.Postgres {
		var waiting bool
		err := d.Read(ctx).One("SELECT EXISTS (SELECT 1 FROM stream_events WHERE number IS NULL)", nil, &waiting)
		if err != nil || !waiting {
			return err
		}
		err = d.Write(ctx, "", func(t *Tx) error {
			if err := t.Lock("numbers of stream events"); err != nil {
				return err
			}
			// A statement of its own: it sees what the one before has committed.
			_, err := t.Exec(`UPDATE stream_events SET number = fresh.place + (SELECT COALESCE(MAX(number), 0) FROM stream_events)
				FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM stream_events WHERE number IS NULL
					ORDER BY id LIMIT ?) fresh
				WHERE stream_events.id = fresh.id`, numberedAtOnce)
			return err
		})
		if err != nil {
			return fmt.Errorf("number what happened: %w", err)
		}
	}
	return nil
}

// SweepStreamEvents forgets up to so many of the oldest events that came before a time, or are more than kept, and
// returns how many. The newest one stays: who has read up to it has missed nothing.
func SweepStreamEvents(t *Tx, before time.Time, kept int64, most int) (int64, error) {
	var until *int64
	err := t.One(`SELECT MAX(number) FROM (SELECT number, at FROM stream_events WHERE number IS NOT NULL ORDER BY number LIMIT ?) oldest
		WHERE number < (SELECT MAX(number) FROM stream_events)
		AND (at < ? OR number <= (SELECT MAX(number) FROM stream_events) - ?)`, []any{most, before, kept}, &until)
	if err != nil || until == nil {
		return 0, err
	}
	r, err := t.Exec("DELETE FROM stream_events WHERE number <= ?", *until)
	if err != nil {
		return 0, fmt.Errorf("forget what happened: %w", err)
	}
	return r.RowsAffected()
}
