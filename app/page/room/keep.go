package room

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sailplane/sailplane/store"
)

// pace is how often what was typed is written down, at most: what comes meanwhile, in all rooms, is one transaction.
const pace = 50 * time.Millisecond

// mostQueued is how many bytes of a room may wait to be written down, when the database is away.
const mostQueued = 32 << 20

// ErrBehind is what typing fails with while too much waits to be written down.
var ErrBehind = errors.New("too much waits to be written down")

// keeper knows which rooms have something that waits to be written down.
type keeper struct {
	mu    sync.Mutex
	rooms map[*Room]bool
	wake  chan struct{}
}

func newKeeper() keeper { return keeper{rooms: map[*Room]bool{}, wake: make(chan struct{}, 1)} }

// await lets an update be written down, and its seat hear of that, with the room's lock held. Without an update the
// seat hears when all before it is.
func (r *Room) await(s *Seat, update []byte) {
	if update == nil && len(r.queue) == 0 && !r.keeping {
		s.answer(true)
		return
	}
	r.queue = append(r.queue, typed{s, update})
	r.queued += len(update)
	if update != nil && s != nil {
		r.actor = s.User.ID
	}
	r.hub.keeper.add(r)
}

func (k *keeper) add(r *Room) {
	k.mu.Lock()
	k.rooms[r] = true
	k.mu.Unlock()
	poke(k.wake)
}

func (k *keeper) take() []*Room {
	k.mu.Lock()
	defer k.mu.Unlock()
	rooms := make([]*Room, 0, len(k.rooms))
	for r := range k.rooms {
		rooms = append(rooms, r)
	}
	clear(k.rooms)
	slices.SortFunc(rooms, func(a, b *Room) int { return strings.Compare(a.page, b.page) })
	return rooms
}

// keep writes down what was typed, until the context ends.
func (h *Hub) keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.keeper.wake:
		}
		wait := pace
		if err := h.keepTyped(ctx); err != nil && ctx.Err() == nil {
			h.app.Log.Error("rooms: what was typed could not be written down; it is tried again", "error", err)
			wait = tick
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// batch is what one room has to be written down.
type batch struct {
	room *Room
	all  []typed
	row  store.PageUpdate
}

// keepTyped writes down what waits, in one transaction. Of a page that is gone for good nothing can be kept: then each
// room has its own, so that the others lose nothing.
func (h *Hub) keepTyped(ctx context.Context) error {
	var batches []*batch
	for _, r := range h.keeper.take() {
		if b := r.takeQueue(); b != nil {
			batches = append(batches, b)
		}
	}
	err := h.write(ctx, batches)
	if errors.Is(err, store.ErrReference) && len(batches) > 1 {
		var errs []error
		for _, b := range batches {
			errs = append(errs, h.write(ctx, []*batch{b}))
		}
		return errors.Join(errs...)
	}
	return err
}

func (h *Hub) write(ctx context.Context, batches []*batch) error {
	err := h.app.DB.Write(ctx, "", func(t *store.Tx) error {
		var rows []store.PageUpdate
		for _, b := range batches {
			if b.row.Updates != nil {
				rows = append(rows, b.row)
			}
		}
		return store.KeepPageUpdates(t, rows)
	})
	if errors.Is(err, store.ErrReference) && len(batches) > 1 {
		return err // one by one
	}
	for _, b := range batches {
		switch {
		case err == nil:
			h.typed.Add(int64(len(b.all)))
			b.room.written(b.all)
		case errors.Is(err, store.ErrReference):
			b.room.lost(b.all)
		default:
			b.room.putBack(b.all)
		}
	}
	if errors.Is(err, store.ErrReference) {
		return nil
	}
	return err
}

// takeQueue takes what waits; nil: nothing does.
func (r *Room) takeQueue() *batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) == 0 {
		return nil
	}
	b := &batch{room: r, all: r.queue}
	r.queue, r.queued, r.keeping = nil, 0, true
	b.row = store.PageUpdate{PageID: r.page, Node: r.hub.node}
	var updates [][]byte
	for _, one := range b.all {
		if one.update == nil {
			continue
		}
		updates = append(updates, one.update)
		if one.seat != nil {
			id := one.seat.User.ID
			b.row.ActorID = &id
		}
	}
	if updates != nil {
		b.row.Updates = store.PackUpdates(updates)
	}
	return b
}

// written tells those who have waited.
func (r *Room) written(all []typed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keeping = false
	for _, one := range all {
		if one.update != nil {
			r.noteKept(one.update)
		}
		if one.seat != nil {
			one.seat.answer(true)
		}
	}
}

// noteKept counts what is not part of the page yet.
func (r *Room) noteKept(update []byte) {
	if r.last = time.Now(); r.kept == 0 {
		r.since = r.last
	}
	r.kept++
	r.bytes += len(update)
}

// putBack lets what could not be written wait again, before what has come since.
func (r *Room) putBack(all []typed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keeping = false
	r.queue = append(all, r.queue...)
	for _, one := range all {
		r.queued += len(one.update)
	}
	r.hub.keeper.add(r)
}

// lost tells those who have typed on a page that is gone for good.
func (r *Room) lost(all []typed) {
	r.mu.Lock()
	r.keeping = false
	for _, one := range all {
		if one.seat != nil {
			one.seat.answer(false)
		}
	}
	r.mu.Unlock()
	r.end()
}
