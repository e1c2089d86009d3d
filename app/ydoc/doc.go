// Package ydoc is a Yjs document: it takes updates of version 1, tells state vectors and differences, and writes byte
// for byte what Yjs 13.6 writes for the same document. The facts are those of Yjs (https://github.com/yjs/yjs, MIT)
// and lib0 (https://github.com/dmonad/lib0, MIT); the code is our own.
package ydoc

import (
	"errors"
	"fmt"
)

// What is wrong with an update, a state vector or a content.
var (
	ErrMalformed = errors.New("not a Yjs update")
	ErrTooLarge  = errors.New("too large")
)

// A Doc is one document. Content that is deleted is collected, as with Yjs's gc: true. It is not safe for concurrent
// use.
//
// One thing that Yjs does is left to the editors: after an update of others it deletes marks that have become
// redundant, which is a change of its own that it sends to all. A document that did so here too would depend on the
// order in which updates came.
type Doc struct {
	limits  limits
	clients map[uint64]*structs
	roots   map[string]*branch
	waiting *waiting // structs that need others which are not here
	missed  missed   // deletions of what is not here
	size    int      // of items and roots
	// How many searches for a place there were where others wrote too.
	searches uint64
}

// New returns an empty document.
func New() *Doc {
	return &Doc{limits: defaults, clients: map[uint64]*structs{}, roots: map[string]*branch{}}
}

// Apply integrates an update; what depends on what is not here yet waits. Errors wrap ErrMalformed or ErrTooLarge, and
// leave the document as it was.
func (d *Doc) Apply(update []byte) error {
	u, err := decode(update, d.limits)
	if err != nil {
		return err
	}
	if err := d.room(d.growth(&u)); err != nil {
		return err
	}
	t := d.begin()
	waiting, missed := d.waiting, d.missed
	err = t.apply(&u)
	if err == nil {
		err = d.room(0) // what is cut takes room too
	}
	if err != nil {
		t.rollback()
		d.waiting, d.missed = waiting, missed
		return err
	}
	t.finish()
	return nil
}

// room returns an error unless there is room for so many bytes more.
func (d *Doc) room(more int) error {
	if size := d.Size() + more; size > d.limits.document {
		return fmt.Errorf("%w: a document of %d bytes in memory, at most %d", ErrTooLarge, size, d.limits.document)
	}
	return nil
}

// growth returns about how many bytes the items take that are new.
func (d *Doc) growth(u *update) int {
	n := 0
	for _, c := range u.clients {
		state := d.clients[c.client].state()
		for i := range c.blocks {
			if b := &c.blocks[i]; b.end() > state {
				n += itemSize + len(b.data)
			}
		}
	}
	return n
}

// apply goes the way of Yjs's readUpdateV2.
func (t *transaction) apply(u *update) error {
	d := t.doc
	rest, err := t.integrateAll(u, false)
	if err != nil {
		return err
	}
	ready := t.ready()
	d.wait(rest)
	d.missed = t.deleteAll(u.deleted)
	if size := d.waiting.size() + d.missed.bytes; size > d.limits.pending {
		return fmt.Errorf("%w: %d bytes wait for other updates, at most %d", ErrTooLarge, size, d.limits.pending)
	}
	if ready {
		t.retry()
	}
	return nil
}

// retry integrates what waited. What goes too far, which the sender of this update has not written, is dropped.
func (t *transaction) retry() {
	d := t.doc
	waited := d.waiting
	d.waiting = nil
	t.steps = 0
	if rest, err := t.integrateAll(&waited.update, true); err == nil {
		d.wait(rest)
	}
	d.missed = t.deleteAll(nil)
}

// StateVector returns how much the document has of each client, as Yjs encodes it.
func (d *Doc) StateVector() []byte {
	clients := descending(d.clients)
	b := appendUint(nil, uint64(len(clients)))
	for _, client := range clients {
		b = appendUint(appendUint(b, client), d.clients[client].state())
	}
	return b
}

// Diff returns what the holder of the state vector lacks, byte for byte Yjs's encodeStateAsUpdate; nil stands for who
// has nothing. What waits is in it, but for what claims to be something that is here: Yjs may write that in its place,
// and who reads it then misses all that its client wrote after it.
func (d *Doc) Diff(stateVectorOfOther []byte) ([]byte, error) {
	states, err := stateVector(stateVectorOfOther, d.limits)
	if err != nil {
		return nil, err
	}
	b := d.deletions().appendTo(d.appendSince(nil, states, false))
	if d.waiting == nil && len(d.missed.set) == 0 {
		return b, nil
	}
	u, err := decode(b, unlimited)
	if err != nil {
		return nil, fmt.Errorf("reading what was written: %w", err)
	}
	parts := []update{u, {deleted: d.missed.set}}
	if d.waiting != nil {
		parts = append(parts, d.waiting.update.since(d.orHere(states)))
	}
	merged := mergeUpdates(parts)
	return merged.appendTo(nil), nil
}

// orHere raises the states of clients that wait to what is here of them.
func (d *Doc) orHere(states map[uint64]uint64) map[uint64]uint64 {
	raised := make(map[uint64]uint64, len(d.waiting.clients))
	for _, c := range d.waiting.clients {
		raised[c.client] = max(states[c.client], d.clients[c.client].state())
	}
	return raised
}

// Size returns about how many bytes the document takes in memory.
func (d *Doc) Size() int { return d.size + d.waiting.size() + d.missed.bytes }
