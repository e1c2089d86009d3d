package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Listener is one stream: where it is, and what is wanted. One goroutine uses it.
type Listener struct {
	hub             *hub
	user, workspace string
	filter          Filter
	at              place
	first           place // the newest one when the stream was opened: the hub may not have come to it
	oldest          bool  // it is before all that is kept, where no event is
	reset           bool  // what was asked for is kept no longer
}

// Listen opens a stream in the call's workspace, from a place on (empty: from now on; Oldest: all that is kept). Close
// it.
func Listen(c *app.Call, from string, f Filter) (*Listener, error) {
	l := &Listener{hub: hubOf(c.App), user: c.UserID(), workspace: c.Workspace.ID, filter: f}
	if err := l.hub.join(l, c.Config.Limits.Streams); err != nil {
		return nil, err
	}
	if err := l.start(c, from); err != nil {
		l.Close()
		return nil, fmt.Errorf("open a stream of events: %w", err)
	}
	return l, nil
}

func (l *Listener) start(ctx context.Context, from string) error {
	if err := l.hub.begin(ctx); err != nil {
		return err
	}
	// Not the hub's, which may be a moment old: what is asked for may be newer than that.
	head, err := l.hub.newest(ctx)
	if err != nil {
		return err
	}
	l.first = head
	switch from {
	case "":
		l.at = head
		return nil
	case Oldest:
		return l.startAtOldest(ctx)
	}
	p, err := parsePlace(from)
	known := false
	if err == nil {
		if known, err = p.known(ctx, l.hub.db); err != nil {
			return err
		}
	}
	if l.at = p; !known {
		l.at, l.reset = head, true
	}
	return nil
}

func (l *Listener) startAtOldest(ctx context.Context) error {
	e, err := store.OldestStreamEvent(l.hub.db.Read(ctx))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		l.at, l.oldest = place{number: e.Number - 1}, true
	}
	return err
}

// Close ends the stream.
func (l *Listener) Close() { l.hub.leave(l) }

// Reset says once that what was asked for is kept no longer: whoever listens reads anew what they show.
func (l *Listener) Reset() bool {
	reset := l.reset
	l.reset = false
	return reset
}

// Place is how far the stream has come.
func (l *Listener) Place() string {
	if l.oldest {
		return Oldest
	}
	return l.at.String()
}

// Ended says whether the node ends its streams.
func (l *Listener) Ended() bool {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	return l.hub.ended
}

// Changed is closed once there is something that the stream has not come to, or the node ends its streams.
func (l *Listener) Changed() <-chan struct{} {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if l.at.number < max(l.hub.head.number, l.first.number) {
		now := make(chan struct{})
		close(now)
		return now
	}
	return l.hub.changed
}

// Read returns the next events that the caller may see, and goes on behind them; more: there are others already.
func (l *Listener) Read(c *app.Call) (told []Event, more bool, err error) {
	b, head := l.hub.behind(l, time.Now())
	if head.number < l.first.number {
		head = l.first
	}
	if b == nil {
		if head.number <= l.at.number {
			return nil, false, nil
		}
		if b, err = l.own(c, head); err != nil {
			return nil, false, err
		}
		if b == nil {
			l.at, l.oldest, l.reset = head, false, true
			return nil, true, nil
		}
	}
	type once struct{ kind, id, action string }
	seen := map[once]time.Time{}
	for i := range b.events {
		e := &b.events[i]
		if e.Number <= l.at.number || e.WorkspaceID != l.workspace {
			continue
		}
		out, ok := see(c, b.subjects, &l.filter, e)
		key := once{out.Kind, out.EntityID, out.Action}
		if !ok || seen[key].Equal(e.At) { // a change of what waits in the intake is one of the intake, too
			continue
		}
		seen[key] = e.At
		told = append(told, out)
	}
	l.at, l.oldest = b.until, false
	return told, l.at.number < head.number, nil
}

// own reads what the hub has no more; nil when some of it has been forgotten meanwhile.
func (l *Listener) own(ctx context.Context, head place) (*batch, error) {
	if err := l.hub.turns.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait for who reads events: %w", err)
	}
	defer l.hub.turns.Release(1)
	t := l.hub.db.Read(ctx)
	events, err := store.StreamEventsIn(t, l.workspace, l.at.number, head.number, atOnce)
	if err != nil {
		return nil, err
	}
	oldest, err := store.OldestStreamEvent(t) // asked last: what is there now was there before
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err == nil && oldest.Number > l.at.number+1 {
		return nil, nil
	}
	b := &batch{after: l.at, until: head, events: events}
	if len(events) == atOnce {
		b.until = placeOf(&events[len(events)-1])
	}
	b.subjects, err = store.LoadStreamSubjects(t, events)
	return b, err
}
