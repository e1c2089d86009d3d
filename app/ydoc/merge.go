package ydoc

import (
	"cmp"
	"slices"
)

// A cursor goes over the blocks of one update, but for the gaps.
type cursor struct {
	clients []clientBlocks
	blocks  []block // of the present client, from the present block on
}

func newCursor(u update) *cursor {
	c := &cursor{clients: u.clients}
	c.settle()
	return c
}

// settle goes on to a block that is no gap.
func (c *cursor) settle() {
	for {
		for len(c.blocks) > 0 {
			if c.blocks[0].kind != kindSkip {
				return
			}
			c.blocks = c.blocks[1:]
		}
		if len(c.clients) == 0 {
			return
		}
		c.blocks, c.clients = c.clients[0].blocks, c.clients[1:]
	}
}

func (c *cursor) block() *block {
	if len(c.blocks) == 0 {
		return nil
	}
	return &c.blocks[0]
}

func (c *cursor) next() {
	c.blocks = c.blocks[1:]
	c.settle()
}

// compareCursors orders by client, the highest first, then by clock. Of two that begin at the same clock, one
// collected and one not, each is before the other: so does Yjs, and the bytes show which one was first.
func compareCursors(a, b *cursor) int {
	x, y := a.block(), b.block()
	if order := cmp.Or(cmp.Compare(y.client, x.client), cmp.Compare(x.clock, y.clock)); order != 0 {
		return order
	}
	if (x.kind == kindGC) != (y.kind == kindGC) {
		return -1
	}
	return 0
}

// A merger writes blocks of one client after the other; the last one written may still grow or give way.
type merger struct {
	out    update
	last   block
	exists bool
}

func (m *merger) put(b block) {
	if m.exists {
		if n := len(m.out.clients) - 1; n < 0 || m.out.clients[n].client != m.last.client {
			m.out.clients = append(m.out.clients, clientBlocks{client: m.last.client})
		}
		c := &m.out.clients[len(m.out.clients)-1]
		c.blocks = append(c.blocks, m.last)
	}
	m.last, m.exists = b, true
}

// mergeUpdates goes the way of Yjs's mergeUpdatesV2, as which of two overlapping structs stays shows in the bytes. Two
// of the updates may have structs.
func mergeUpdates(updates []update) update {
	m := &merger{}
	cursors := make([]*cursor, 0, len(updates))
	for _, u := range updates {
		cursors = append(cursors, newCursor(u))
	}
	for {
		cursors = slices.DeleteFunc(cursors, func(c *cursor) bool { return c.block() == nil })
		if len(cursors) == 0 {
			break
		}
		slices.SortStableFunc(cursors, compareCursors)
		m.step(cursors[0])
	}
	if m.exists {
		m.put(block{})
	}
	var set deleteSet
	for _, u := range updates {
		for client, spans := range u.deleted {
			for _, sp := range spans {
				set.add(client, sp)
			}
		}
	}
	set.merge()
	m.out.deleted = set
	return m.out
}

// step takes from the cursor that is first what it can.
func (m *merger) step(head *cursor) {
	b := head.block()
	first := b.client
	if !m.exists {
		m.put(*b)
		head.next()
	} else {
		passed := false
		for b != nil && b.end() <= m.last.end() && b.client >= m.last.client {
			head.next()
			b = head.block()
			passed = true
		}
		if b == nil || b.client != first || passed && b.clock > m.last.end() {
			return
		}
		m.join(head)
	}
	for b = head.block(); b != nil && b.client == first && b.clock == m.last.end(); b = head.block() {
		m.put(*b)
		head.next()
	}
}

// join continues behind the last block with the cursor's, which ends after it.
func (m *merger) join(head *cursor) {
	b, end := *head.block(), m.last.end()
	switch {
	case b.client != m.last.client:
	case end < b.clock && m.last.kind == kindSkip:
		m.last.length = b.clock - m.last.clock
		return
	case end < b.clock:
		m.put(block{id: id{b.client, end}, length: b.clock - end, kind: kindSkip})
		return
	case m.last.kind == kindSkip: // what is known takes the place of a gap
		m.last.length -= end - b.clock
	default:
		b = b.tail(end - b.clock)
		if m.last.kind == kindGC && b.kind == kindGC {
			m.last.length += b.length
			return
		}
	}
	m.put(b)
	head.next()
}

// since returns what of an update the holder of a state vector lacks (Yjs's diffUpdate).
func (u update) since(states map[uint64]uint64) update {
	rest := update{deleted: u.deleted}
	for _, c := range u.clients {
		state := states[c.client]
		blocks := c.blocks
		for len(blocks) > 0 && (blocks[0].kind == kindSkip || blocks[0].end() <= state) {
			blocks = blocks[1:]
		}
		if len(blocks) == 0 {
			continue
		}
		blocks = slices.Clone(blocks)
		if blocks[0].clock < state {
			blocks[0] = blocks[0].tail(state - blocks[0].clock)
			blocks[0].reread()
		}
		rest.clients = append(rest.clients, clientBlocks{c.client, blocks})
	}
	return rest
}
