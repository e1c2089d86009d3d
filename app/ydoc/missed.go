package ydoc

import (
	"maps"
)

// missed is what was deleted and is not here yet.
type missed struct {
	set   deleteSet
	bytes int // in memory
}

// with returns the set with other spans for some clients; m stays as it is.
func (m missed) with(changes deleteSet) missed {
	if len(changes) == 0 {
		return m
	}
	const each = itemSize // a deletion may cut off a struct when that comes
	n := missed{maps.Clone(m.set), m.bytes}
	if n.set == nil {
		n.set = deleteSet{}
	}
	for client, spans := range changes {
		if old, ok := n.set[client]; ok {
			n.bytes -= each * len(old)
			delete(n.set, client)
		}
		if len(spans) > 0 {
			n.bytes += each * len(spans)
			n.set[client] = spans
		}
	}
	return n
}

// deleteAll deletes what is here of a set and, where something new came, of what was missed. It returns what is missed
// then.
func (t *transaction) deleteAll(set deleteSet) missed {
	still := t.doc.missed
	changes := deleteSet{}
	set.merge()
	for _, client := range descending(set) {
		rest := t.deleteSpans(client, set[client])
		if _, wrote := t.before[client]; rest != nil && !wrote {
			rest = append(rest, still.set[client]...)
		}
		if rest != nil {
			changes[client] = rest
		}
	}
	if len(still.set) > 0 {
		for _, client := range descending(t.before) {
			if spans, ok := still.set[client]; ok {
				changes[client] = append(changes[client], t.deleteSpans(client, spans)...)
			}
		}
	}
	changes.merge()
	return still.with(changes)
}

// deleteSpans returns what of them is not here.
func (t *transaction) deleteSpans(client uint64, spans []span) (rest []span) {
	for _, sp := range spans {
		if t.doc.size > t.doc.limits.document {
			break // what is cut off takes too much room: all is refused
		}
		if left := t.deleteSpan(client, sp); left.length > 0 {
			rest = append(rest, left)
		}
	}
	return rest
}
