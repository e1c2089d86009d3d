package ydoc

import "fmt"

func appendUint(b []byte, n uint64) []byte {
	for n > 127 {
		b = append(b, byte(n)|128)
		n >>= 7
	}
	return append(b, byte(n))
}

func appendBytes[T string | []byte](b []byte, t T) []byte {
	return append(appendUint(b, uint64(len(t))), t...)
}

func appendID(b []byte, i id) []byte { return appendUint(appendUint(b, i.client), i.clock) }

// block returns the item as it goes over the wire.
func (it *item) block() block {
	b := block{
		id: it.id, length: it.length, kind: it.kind, data: it.data,
		origin: it.origin, rightOrigin: it.rightOrigin, parent: none, sub: it.sub,
	}
	if p := it.parent; p != nil && p.item != nil {
		b.parent = p.item.id
	} else if p != nil {
		b.root = &p.name
	}
	return b
}

// appendTo encodes the block without its first units.
func (b *block) appendTo(to []byte, offset uint64) []byte {
	length := b.length - offset
	if b.kind == kindGC || b.kind == kindSkip {
		return appendUint(append(to, byte(b.kind)), length)
	}
	origin, data := b.origin, b.data
	if offset > 0 {
		origin = id{b.client, b.clock + offset - 1}
		_, data = cut(b.kind, b.data, b.length, offset)
	}
	info := byte(b.kind)
	if origin.exists() {
		info |= 0x80
	}
	if b.rightOrigin.exists() {
		info |= 0x40
	}
	if b.sub != nil {
		info |= 0x20
	}
	to = append(to, info)
	if origin.exists() {
		to = appendID(to, origin)
	}
	if b.rightOrigin.exists() {
		to = appendID(to, b.rightOrigin)
	}
	if info&0xc0 == 0 {
		if b.root != nil {
			to = appendBytes(append(to, 1), *b.root)
		} else {
			to = appendID(append(to, 0), b.parent)
		}
		if b.sub != nil {
			to = appendBytes(to, *b.sub)
		}
	}
	switch b.kind {
	case kindDeleted:
		return appendUint(to, length)
	case kindAny, kindJSON:
		return append(appendUint(to, length), data...)
	case kindString, kindBinary, kindEmbed:
		return appendBytes(to, data)
	default:
		return append(to, data...)
	}
}

func (u *update) appendTo(b []byte) []byte {
	b = appendUint(b, uint64(len(u.clients)))
	for _, c := range u.clients {
		b = appendUint(b, uint64(len(c.blocks)))
		b = appendUint(appendUint(b, c.client), c.blocks[0].clock)
		for i := range c.blocks {
			b = c.blocks[i].appendTo(b, 0)
		}
	}
	return u.deleted.appendTo(b)
}

// appendSince encodes what each client wrote from a clock on; all of those that from does not name.
func (d *Doc) appendSince(b []byte, from map[uint64]uint64, onlyNamed bool) []byte {
	var clients []uint64
	for _, client := range descending(d.clients) {
		clock, named := from[client]
		if named && clock < d.clients[client].state() || !named && !onlyNamed {
			clients = append(clients, client)
		}
	}
	b = appendUint(b, uint64(len(clients)))
	for _, client := range clients {
		s, clock := d.clients[client], from[client]
		p := s.find(clock)
		count := len(s.chunks[p.chunk]) - p.at
		for _, chunk := range s.chunks[p.chunk+1:] {
			count += len(chunk)
		}
		b = appendUint(appendUint(appendUint(b, uint64(count)), client), clock)
		for ok := true; ok; p, ok = s.next(p) {
			it := s.item(p)
			wire := it.block()
			b = wire.appendTo(b, max(clock, it.clock)-it.clock)
		}
	}
	return b
}

// deletions returns all that is deleted.
func (d *Doc) deletions() deleteSet {
	var set deleteSet
	for client, s := range d.clients {
		var spans []span
		for _, chunk := range s.chunks {
			for _, it := range chunk {
				if !it.deleted {
					continue
				}
				if last := len(spans) - 1; last >= 0 && spans[last].end() == it.clock {
					spans[last].length += it.length
				} else {
					spans = append(spans, span{it.clock, it.length})
				}
			}
		}
		if spans != nil {
			if set == nil {
				set = deleteSet{}
			}
			set[client] = spans
		}
	}
	return set
}

// stateVector reads one; nil stands for an empty one.
func stateVector(b []byte, limits limits) (map[uint64]uint64, error) {
	states := map[uint64]uint64{}
	if b == nil {
		return states, nil
	}
	r := &reader{b: b}
	n := r.uint()
	if most := uint64(limits.structs()); n > most {
		return nil, fmt.Errorf("%w: a state vector of %d clients, at most %d", ErrTooLarge, n, most)
	}
	for ; n > 0 && r.err == nil; n-- {
		client := r.uint()
		states[client] = r.uint()
	}
	return states, r.err
}
