package ydoc

import (
	"cmp"
	"fmt"
	"slices"
)

// An id names one unit of content: the clock-th that the client wrote.
type id struct{ client, clock uint64 }

var none = id{client: ^uint64(0)}

func (i id) exists() bool { return i != none }

// A kind is what a struct holds, by its number on the wire.
type kind byte

const (
	kindGC      kind = 0 // collected: nothing is known but the length
	kindDeleted kind = 1
	kindJSON    kind = 2
	kindBinary  kind = 3
	kindString  kind = 4
	kindEmbed   kind = 5
	kindFormat  kind = 6
	kindType    kind = 7
	kindAny     kind = 8
	kindDoc     kind = 9
	kindSkip    kind = 10 // a gap
)

// A block is one struct of an update, not yet in a document.
type block struct {
	id
	length      uint64  // in UTF-16 units, values, or 1
	origin      id      // what it was written behind
	rightOrigin id      // what it was written in front of
	parent      id      // of the type it is in, unless origin, rightOrigin or root say it
	root        *string // the name of the root type it is in; nil: none
	sub         *string // the attribute it is the value of; nil: none
	data        []byte  // the content as item.data has it
	kind        kind
}

func (b *block) end() uint64 { return b.clock + b.length }

// tail returns the block without its first units.
func (b *block) tail(offset uint64) block {
	t := *b
	if offset == 0 {
		return t
	}
	t.clock += offset
	t.length -= offset
	if b.kind != kindGC && b.kind != kindSkip {
		_, t.data = cut(b.kind, b.data, b.length, offset)
		t.origin = id{b.client, t.clock - 1}
	}
	return t
}

// reread makes the block what it is after being written and read again, as Yjs does with what waits: what follows
// something else does not say its attribute.
func (b *block) reread() {
	if b.origin.exists() || b.rightOrigin.exists() {
		b.sub = nil
	}
}

func (b *block) size() int { return blockSize + len(b.data) }

const blockSize = 192

// An update is a decoded one: of each client its blocks in order, the highest client first, and what is deleted.
type update struct {
	clients []clientBlocks
	deleted deleteSet
}

type clientBlocks struct {
	client uint64
	blocks []block
}

// decode reads an update of version 1 whole; blocks share its bytes.
func decode(b []byte, limits limits) (update, error) {
	var u update
	if len(b) > limits.document {
		return u, fmt.Errorf("%w: an update of %d bytes, at most %d", ErrTooLarge, len(b), limits.document)
	}
	r := &reader{b: b}
	clients := r.uint()
	most := uint64(limits.structs())
	if clients > most {
		return u, fmt.Errorf("%w: an update of %d clients, at most %d", ErrTooLarge, clients, most)
	}
	structs, sorted := uint64(0), true
	for range clients {
		n := r.uint()
		if structs += n; structs > most {
			return u, fmt.Errorf("%w: an update of more than %d structs", ErrTooLarge, most)
		}
		c := r.client(n, limits)
		if r.err != nil {
			return u, r.err
		}
		if last := len(u.clients) - 1; last >= 0 && u.clients[last].client <= c.client {
			sorted = false
		}
		u.clients = append(u.clients, c)
	}
	if !sorted {
		u.sort()
	}
	u.deleted = r.deleteSet(limits)
	return u, r.err
}

// sort brings clients of foreign encoders into the order of Yjs, and joins those that come twice.
func (u *update) sort() {
	slices.SortStableFunc(u.clients, func(a, b clientBlocks) int { return cmp.Compare(b.client, a.client) })
	joined := u.clients[:1]
	for _, c := range u.clients[1:] {
		if last := &joined[len(joined)-1]; last.client == c.client {
			last.blocks = append(last.blocks, c.blocks...)
			slices.SortStableFunc(last.blocks, func(a, b block) int { return cmp.Compare(a.clock, b.clock) })
			continue
		}
		joined = append(joined, c)
	}
	u.clients = joined
}

// client reads n structs of one client.
func (r *reader) client(n uint64, limits limits) clientBlocks {
	c := clientBlocks{client: r.uint()}
	clock := r.uint()
	c.blocks = make([]block, 0, min(n, uint64(len(r.b)/2)))
	for range n {
		b := r.block(id{c.client, clock}, limits)
		if r.err != nil {
			break
		}
		if clock += b.length; clock > maxSafe {
			r.fail("a clock is out of range")
			break
		}
		if b.length > 0 { // Yjs writes no empty structs but gaps
			c.blocks = append(c.blocks, b)
		}
	}
	return c
}

func (r *reader) block(at id, limits limits) block {
	info := r.byte()
	b := block{id: at, kind: kind(info & 31), origin: none, rightOrigin: none, parent: none}
	if b.kind == kindGC || b.kind == kindSkip {
		b.length = r.uint()
		return b
	}
	if info&0x80 != 0 {
		b.origin = r.id()
	}
	if info&0x40 != 0 {
		b.rightOrigin = r.id()
	}
	if info&0xc0 == 0 {
		if r.uint() == 1 {
			b.root = r.name()
		} else {
			b.parent = r.id()
		}
		if info&0x20 != 0 {
			b.sub = r.name()
		}
	}
	r.content(&b, limits.values)
	for _, dependency := range [...]id{b.origin, b.rightOrigin, b.parent} {
		if dependency.client == at.client && dependency.clock >= at.clock {
			r.fail("a struct depends on what comes after it")
		}
	}
	return b
}

// content reads what the block holds: its length and its data.
func (r *reader) content(b *block, depth int) {
	b.length = 1
	switch b.kind {
	case kindDeleted:
		b.length = r.uint()
	case kindString:
		b.data = r.text()
		b.length = units(b.data)
	case kindBinary:
		b.data = r.bytes()
	case kindEmbed:
		b.data = r.json(depth)
	case kindJSON, kindAny:
		b.length = r.uint()
		before := r.b
		for n := b.length; n > 0 && r.err == nil; n-- {
			if b.kind == kindAny {
				r.skipValue(depth)
			} else if rest := r.b; string(r.text()) != "undefined" && r.err == nil {
				r.b = rest
				r.json(depth)
			}
		}
		b.data = r.since(before)
	case kindFormat, kindType, kindDoc:
		before := r.b
		r.framed(b.kind, depth)
		b.data = r.since(before)
	default:
		r.fail("unknown kind of content")
	}
}

// framed passes content whose encoding is kept as it is.
func (r *reader) framed(k kind, depth int) {
	switch k {
	case kindFormat:
		r.text()
		r.json(depth)
	case kindDoc:
		r.text()
		r.skipValue(depth)
	case kindType:
		switch ref := r.uint(); ref {
		case refElement, refHook:
			r.text()
		case refArray, refMap, refText, refFragment, refXMLText:
		default:
			r.fail("unknown type")
		}
	}
}
