// Package room holds the pages that are open: who writes on each of them, what they have typed, and where they are.
//
// A room keeps the document in memory. What somebody types is told to everybody at once, written down within a moment
// (page_updates), and made part of the page when it is quiet. Nodes of one Postgres have a room each for the same page:
// they read each other's rows. What is written to pages, memberships, people and sessions is told by the write itself,
// and then the room looks again, by the ordinary rules.
package room

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Hub holds the rooms of one node.
type Hub struct {
	app   *app.App
	node  string
	begun sync.Once

	mu     sync.Mutex
	rooms  map[string]*Room
	seats  map[string]map[*Seat]bool // by what is said to be forgotten when something of them changes
	dirty  map[*Room]bool            // to be read again
	doubts map[*Seat]bool            // whose access is to be looked at again
	closed bool

	nudge  chan struct{} // there is something in dirty or doubts
	keeper keeper
	folder chan struct{} // a room may be ready to be folded
	voices outbox        // for other nodes

	typed, folded atomic.Int64
}

// How often what is looked at.
const (
	tick    = time.Second
	recheck = time.Minute // the belt: access is looked at again though nothing was said
)

// Of returns the hub of an application.
func Of(a *app.App) *Hub {
	h := store.Singleton(a.DB.Read(context.Background()), func(*store.DB) *Hub {
		return &Hub{app: a, node: store.NewID(), rooms: map[string]*Room{}, seats: map[string]map[*Seat]bool{},
			dirty: map[*Room]bool{}, doubts: map[*Seat]bool{}, nudge: make(chan struct{}, 1), folder: make(chan struct{}, 1),
			keeper: newKeeper(), voices: newOutbox()}
	})
	h.begun.Do(h.begin)
	return h
}

// begin listens and starts what goes on in the background, until the database is closed.
func (h *Hub) begin() {
	d := h.app.DB
	d.Follow(store.Forgotten, h.forgotten)
	d.Follow(store.PageTyped, h.typedElsewhere)
	d.Follow(voicesTopic, h.heard)
	d.Go(h.watch)
	d.Go(h.keep)
	d.Go(h.foldQuiet)
	d.Go(h.sendVoices)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it knows already
	}
}

// forgotten hears what a write has changed. It is called before the write answers: from then on nobody types with
// rights that they have lost.
func (h *Hub) forgotten(keys string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.rooms) == 0 {
		return
	}
	for key := range strings.SplitSeq(keys, "\n") {
		if key == store.Missed {
			for _, r := range h.rooms {
				h.soil(r)
			}
			for _, all := range h.seats {
				h.doubt(all)
			}
			break
		}
		if id, ok := strings.CutPrefix(key, store.PageKey("")); ok && h.rooms[id] != nil {
			h.soil(h.rooms[id])
		}
		h.doubt(h.seats[key])
	}
	poke(h.nudge)
}

// typedElsewhere hears on which pages people have typed.
func (h *Hub) typedElsewhere(pages string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range strings.SplitSeq(pages, "\n") {
		if r := h.rooms[id]; r != nil {
			h.soil(r)
		}
	}
	if pages == store.Missed {
		for _, r := range h.rooms {
			h.soil(r)
		}
	}
	poke(h.nudge)
}

func (h *Hub) soil(r *Room) {
	r.dirty.Store(true)
	h.dirty[r] = true
}

func (h *Hub) doubt(seats map[*Seat]bool) {
	for s := range seats {
		s.doubt.Store(true)
		h.doubts[s] = true
	}
}

// watch reads again what was said to have changed.
func (h *Hub) watch(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	looked := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.nudge:
		case <-ticker.C:
			if h.sweep(); time.Since(looked) > recheck {
				looked = time.Now()
				h.forgotten(store.Missed)
			}
		}
		if err := h.look(ctx); err != nil && ctx.Err() == nil {
			h.app.Log.Warn("rooms: look at what has changed", "error", err)
			select { // the database may be away
			case <-ctx.Done():
			case <-time.After(tick):
			}
		}
	}
}

// look reads the rooms that have changed, and then looks who may still be there. What fails is looked at again.
func (h *Hub) look(ctx context.Context) error {
	h.mu.Lock()
	dirty, doubts := h.dirty, h.doubts
	h.dirty, h.doubts = map[*Room]bool{}, map[*Seat]bool{}
	h.mu.Unlock()
	var errs []error
	for r := range dirty {
		if err := r.refresh(ctx); err != nil {
			errs = append(errs, err)
			h.mu.Lock()
			h.soil(r)
			h.mu.Unlock()
		}
	}
	for s := range doubts {
		if err := s.settle(ctx); err != nil {
			errs = append(errs, err)
			h.mu.Lock()
			h.doubt(map[*Seat]bool{s: true})
			h.mu.Unlock()
		}
	}
	return errors.Join(errs...)
}

// sweep does what is done by the clock.
func (h *Hub) sweep() {
	rooms := h.open()
	for _, r := range rooms {
		r.forgetVoices(time.Now())
	}
	if len(rooms) > 0 {
		poke(h.folder)
	}
}

// ErrClosed is what joining fails with when the server stops.
var ErrClosed = errors.New("the server stops")

// enter returns the room of a page, and holds it until leave.
func (h *Hub) enter(ctx context.Context, page string) (*Room, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, ErrClosed
	}
	r := h.rooms[page]
	if r == nil {
		r = newRoom(h, page)
		h.rooms[page] = r
		h.app.DB.Go(func(life context.Context) { r.open(life) })
	}
	r.holds++
	h.mu.Unlock()
	select {
	case <-ctx.Done():
		h.leave(r)
		return nil, ctx.Err()
	case <-r.opened:
	}
	if r.fault != nil {
		h.leave(r)
		return nil, r.fault
	}
	return r, nil
}

// leave lets go of a room. One that nobody holds is folded, and gone when there is nothing left to keep.
func (h *Hub) leave(r *Room) {
	h.mu.Lock()
	r.holds--
	if r.holds == 0 && r.fault != nil {
		h.remove(r)
	}
	h.mu.Unlock()
	poke(h.folder)
}

// remove takes a room off the list, with the lock held.
func (h *Hub) remove(r *Room) {
	if h.rooms[r.page] == r {
		delete(h.rooms, r.page)
		delete(h.dirty, r)
		r.removed = true
		h.voices.goodbye(r.page)
	}
}

// Figures are for who watches.
type Figures struct {
	Rooms, Seats  int
	Typed, Folded int64
}

// Figures counts.
func (h *Hub) Figures() Figures {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := Figures{Rooms: len(h.rooms), Typed: h.typed.Load(), Folded: h.folded.Load()}
	for _, r := range h.rooms {
		f.Seats += int(r.taken.Load())
	}
	return f
}
