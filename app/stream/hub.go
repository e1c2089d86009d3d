package stream

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const (
	lookEvery = 500 * time.Millisecond // for what other nodes, and commands, have written
	lookApart = 100 * time.Millisecond // at least, however much this node writes
	atOnce    = 500                    // events that are read and told together
	fresh     = 2 * time.Second        // for which what events are about counts as it was read
	batches   = 16                     // that are kept for those who listen
	ownReads  = 4                      // of who is slow, or comes back, at a time
	perPerson = 20                     // streams
)

// hub reads for all who listen on a node. It does nothing while nobody does.
type hub struct {
	db    *store.DB
	log   *slog.Logger
	turns *semaphore.Weighted // of those who read for themselves
	wake  chan struct{}

	beginning sync.Mutex // held by who begins to read

	mu      sync.Mutex
	running bool
	ended   bool
	open    map[*Listener]bool
	people  map[string]int // streams by user
	places  map[string]int // streams by workspace
	head    place
	recent  []*batch
	changed chan struct{} // closed when head moves, and at the end
}

// batch are events that were read together, and what they are about.
type batch struct {
	after, until place
	of           map[string]int // the workspaces in which somebody listened then: it has no other events
	events       []store.StreamEvent
	subjects     *store.StreamSubjects
	read         time.Time
}

func hubOf(a *app.App) *hub {
	return store.Singleton(a.DB.Read(context.Background()), func(db *store.DB) *hub {
		return &hub{db: db, log: a.Log, turns: semaphore.NewWeighted(ownReads), wake: make(chan struct{}, 1),
			open: map[*Listener]bool{}, people: map[string]int{}, places: map[string]int{}, changed: make(chan struct{})}
	})
}

// Open says how many streams are open on this node.
func Open(a *app.App) int {
	h := hubOf(a)
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}

// End ends all streams of this node, for good: it stops.
func End(a *app.App) {
	h := hubOf(a)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.ended {
		h.ended = true
		close(h.changed)
	}
}

var errEnds = app.Refuse(app.Unavailable, "The server stops. Try again in a moment.")

// join lets one more listen.
func (h *hub) join(l *Listener, most int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended:
		return errEnds
	case len(h.open) >= most:
		return app.Refuse(app.TooMany, "As many streams of events are open on this server as limits.streams allows. "+
			"Try again later, or ask now and then with follow=false.")
	case h.people[l.user] >= perPerson:
		return app.Refuse(app.TooMany, "You have "+strconv.Itoa(perPerson)+" streams of events open, which is the most. "+
			"Close one: a stream tells of all projects.")
	}
	h.open[l] = true
	h.people[l.user]++
	h.places[l.workspace]++
	return nil
}

func (h *hub) leave(l *Listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.open[l] {
		return
	}
	delete(h.open, l)
	for counts, key := range map[*map[string]int]string{&h.people: l.user, &h.places: l.workspace} {
		if (*counts)[key]--; (*counts)[key] == 0 {
			delete(*counts, key)
		}
	}
}

// begin begins to read, unless somebody has.
func (h *hub) begin(ctx context.Context) error {
	h.beginning.Lock()
	defer h.beginning.Unlock()
	h.mu.Lock()
	running := h.running
	h.mu.Unlock()
	if running {
		return nil
	}
	head, err := h.newest(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.head, h.recent, h.running = head, nil, true
	h.mu.Unlock()
	store.OnStreamEvents(h.db, h.hurry)
	h.db.Go(h.run)
	return nil
}

// newest is the place behind everything that has happened.
func (h *hub) newest(ctx context.Context) (place, error) {
	if err := store.NumberStreamEvents(ctx, h.db); err != nil {
		return place{}, err
	}
	return newest(h.db.Read(ctx))
}

// hurry has events be read that this node has written.
func (h *hub) hurry() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// run reads until nobody listens.
func (h *hub) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	failed := false
	for h.listening() {
		looked := time.Now()
		more, err := h.look(ctx)
		if err != nil && ctx.Err() == nil && !failed {
			h.log.Error("streams of events stand still: what happened cannot be read", "error", err)
		}
		if failed = err != nil; more {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.wake:
			time.Sleep(max(0, lookApart-time.Since(looked)))
		}
	}
}

// listening says whether anybody listens; else reading ends.
func (h *hub) listening() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.open) == 0 {
		h.running = false
		store.OnStreamEvents(h.db, nil)
	}
	return h.running
}

// look reads what is new, and says whether there may be more.
func (h *hub) look(ctx context.Context) (more bool, err error) {
	if err := store.NumberStreamEvents(ctx, h.db); err != nil {
		return false, err
	}
	h.mu.Lock()
	after := h.head
	h.mu.Unlock()
	t := h.db.Read(ctx)
	events, err := store.StreamEventsAfter(t, after.number, atOnce)
	if err != nil || len(events) == 0 {
		return false, err
	}
	b := &batch{after: after, until: placeOf(&events[len(events)-1]), read: time.Now()}
	if first := events[0].Number - 1; first > after.number { // some were forgotten: whoever needs them finds out
		b.after = place{number: first}
	}
	more = len(events) == atOnce
	h.mu.Lock()
	b.of = maps.Clone(h.places)
	h.mu.Unlock()
	b.events = slices.DeleteFunc(events, func(e store.StreamEvent) bool { return b.of[e.WorkspaceID] == 0 })
	if b.subjects, err = store.LoadStreamSubjects(t, b.events); err != nil {
		return false, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.head = b.until
	h.recent = append(h.recent, b)
	h.recent = slices.Clone(h.recent[max(0, len(h.recent)-batches):])
	if !h.ended {
		close(h.changed)
		h.changed = make(chan struct{})
	}
	return more, nil
}

// behind returns the batch with what comes next for a listener, if it is still good, and the place behind the newest
// event.
func (h *hub) behind(l *Listener, now time.Time) (*batch, place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range h.recent {
		if b.of[l.workspace] > 0 && b.after.number <= l.at.number && l.at.number < b.until.number &&
			now.Sub(b.read) < fresh {
			return b, h.head
		}
	}
	return nil, h.head
}
