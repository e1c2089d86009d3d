package ydoc

import (
	"bytes"
	"slices"
)

// waiting is what cannot be integrated yet: of each client a row of blocks, the highest client first, and of which
// clients something has to come first.
type waiting struct {
	update
	missing map[uint64]uint64 // try again when the client's state is above
	bytes   int               // in memory
}

// size returns about how many bytes of memory it takes.
func (w *waiting) size() int {
	if w == nil {
		return 0
	}
	return w.bytes
}

// miss notes that a client's state has to rise above clock.
func (w *waiting) miss(client uint64, clock uint64) {
	if w.missing == nil {
		w.missing = map[uint64]uint64{}
	}
	if old, ok := w.missing[client]; !ok || clock < old {
		w.missing[client] = clock
	}
}

// A queue is what is left of one client's blocks in an update.
type queue struct {
	blocks []block
	i      int
}

// A sorter integrates the blocks of an update, each after what it depends on (Yjs's integrateStructs).
type sorter struct {
	t       *transaction
	queues  map[uint64]*queue
	order   []uint64 // clients, the one to go on with last
	stack   []*block // each waits for the one above
	waiting map[uint64][]block
	missing waiting
	lenient bool // drop what goes too deep, with what its client wrote after it
}

// integrateAll returns what has to wait.
func (t *transaction) integrateAll(u *update, lenient bool) (*waiting, error) {
	s := &sorter{t: t, queues: make(map[uint64]*queue, len(u.clients)), waiting: map[uint64][]block{}, lenient: lenient}
	for _, c := range slices.Backward(u.clients) {
		s.queues[c.client] = &queue{blocks: c.blocks}
		s.order = append(s.order, c.client)
	}
	for b := s.next(); b != nil; b = s.next() {
		for b != nil {
			dependency, err := s.try(b)
			if err != nil {
				return nil, err
			}
			b = dependency
		}
	}
	if len(s.waiting) == 0 {
		return nil, nil
	}
	w := &s.missing
	for _, client := range descending(s.waiting) {
		w.clients = append(w.clients, clientBlocks{client, slices.Clone(s.waiting[client])})
	}
	return w, nil
}

// next returns the block to go on with: the last that waited, or the next of the highest client.
func (s *sorter) next() *block {
	if n := len(s.stack) - 1; n >= 0 {
		b := s.stack[n]
		s.stack = s.stack[:n]
		return b
	}
	for len(s.order) > 0 {
		client := s.order[len(s.order)-1]
		if q := s.queues[client]; q != nil && q.i < len(q.blocks) {
			return q.take()
		}
		s.order = s.order[:len(s.order)-1]
	}
	return nil
}

func (q *queue) take() *block {
	q.i++
	return &q.blocks[q.i-1]
}

// try integrates a block, or returns the one that has to be integrated first, or has it wait.
func (s *sorter) try(b *block) (*block, error) {
	if b.kind == kindSkip {
		return nil, nil
	}
	if limits := s.t.doc.limits; s.t.steps > limits.steps {
		return nil, tooManySteps(limits)
	}
	state := s.t.doc.clients[b.client].state()
	if state < b.clock {
		s.stack = append(s.stack, b)
		s.missing.miss(b.client, b.clock-1)
		s.giveUp()
		return nil, nil
	}
	if client, missing := s.t.doc.missing(b); missing {
		s.stack = append(s.stack, b)
		if q := s.queues[client]; q != nil && q.i < len(q.blocks) {
			return q.take(), nil
		}
		s.missing.miss(client, s.t.doc.clients[client].state())
		s.giveUp()
		return nil, nil
	}
	if state < b.end() {
		err := s.t.add(b, state-b.clock)
		if err != nil && s.lenient && s.t.steps <= s.t.doc.limits.steps {
			delete(s.queues, b.client)
			return nil, nil
		}
		return nil, err
	}
	s.t.neighbours(b)
	return nil, nil
}

// giveUp has all that is on the stack wait, and what their clients wrote after it.
func (s *sorter) giveUp() {
	for _, b := range s.stack {
		if q := s.queues[b.client]; q != nil {
			s.waiting[b.client] = q.blocks[q.i-1:]
			delete(s.queues, b.client)
		} else if _, ok := s.waiting[b.client]; !ok {
			s.waiting[b.client] = []block{*b}
		}
	}
	s.stack = s.stack[:0]
}

// missing returns the client of whom a block needs more than is here.
func (d *Doc) missing(b *block) (client uint64, missing bool) {
	for _, at := range [...]id{b.origin, b.rightOrigin, b.parent} {
		if at.exists() && at.client != b.client && at.clock >= d.clients[at.client].state() {
			return at.client, true
		}
	}
	return 0, false
}

// ready says whether something has come that a waiting block needs.
func (t *transaction) ready() bool {
	if t.doc.waiting == nil {
		return false
	}
	for client := range t.before {
		if clock, ok := t.doc.waiting.missing[client]; ok && clock < t.doc.clients[client].state() {
			return true
		}
	}
	return false
}

// wait adds to what waits, with data of its own.
func (d *Doc) wait(w *waiting) {
	if w == nil {
		return
	}
	for _, c := range w.clients {
		for i := range c.blocks {
			c.blocks[i].data = bytes.Clone(c.blocks[i].data)
		}
	}
	if old := d.waiting; old != nil {
		w.update = mergeUpdates([]update{old.update, w.update})
		for client, clock := range old.missing {
			w.miss(client, clock)
		}
	}
	w.bytes = 0
	for _, c := range w.clients {
		for i := range c.blocks {
			c.blocks[i].reread()
			w.bytes += c.blocks[i].size()
		}
	}
	d.waiting = w
}
