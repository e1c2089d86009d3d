package ydoc

import "bytes"

// finish collects what was deleted and merges neighbours, in the steps of Yjs's cleanupTransactions, so that both hold
// the same structs.
func (t *transaction) finish() {
	t.deleted.merge()
	for client, spans := range t.deleted {
		t.collect(t.doc.clients[client], spans)
	}
	for client, spans := range t.deleted {
		s := t.doc.clients[client]
		for i := len(spans) - 1; i >= 0; i-- {
			t.mergeSpan(s, spans[i])
		}
	}
	for client, before := range t.before {
		t.mergeNew(t.doc.clients[client], before)
	}
	t.mergeCuts()
	t.separate()
	for client := range t.before {
		t.doc.clients[client].compact()
	}
}

// collect forgets the content of deleted items.
func (t *transaction) collect(s *structs, spans []span) {
	for _, sp := range spans {
		p, ok := s.find(sp.clock), true
		for ; ok && s.item(p).clock < sp.end(); p, ok = s.next(p) {
			if it := s.item(p); it.kind != kindGC && it.deleted {
				t.doc.forget(it)
			}
		}
	}
}

// forget drops the content of a deleted item; of what is in it only the length stays.
func (d *Doc) forget(it *item) {
	br := it.branch
	d.size -= it.size()
	it.data, it.kind, it.branch = nil, kindDeleted, nil
	d.size += it.size()
	if br == nil {
		return
	}
	for child := br.start; child != nil; {
		next := child.right
		d.forgetWithin(child)
		child = next
	}
	for _, value := range br.attrs.all {
		for value != nil {
			older := value.left
			d.forgetWithin(value)
			value = older
		}
	}
}

func (d *Doc) forgetWithin(it *item) {
	d.forget(it)
	d.size -= it.size()
	*it = item{id: it.id, length: it.length, origin: none, rightOrigin: none, kind: kindGC, deleted: true}
	d.size += it.size()
}

// mergeSpan merges what was deleted, from the right.
func (t *transaction) mergeSpan(s *structs, sp span) {
	p := s.find(sp.end() - 1)
	if next, ok := s.next(p); ok {
		p = next
	}
	for ok := true; ok && s.item(p).clock >= sp.clock; {
		p, ok = s.previous(t.mergeLeft(s, p))
	}
}

// mergeNew merges what was written.
func (t *transaction) mergeNew(s *structs, before uint64) {
	first := s.find(before)
	for p, ok := s.lastPlace(), true; ok && !p.before(first); {
		p, ok = s.previous(t.mergeLeft(s, p))
	}
}

// mergeCuts merges what was cut and is whole again.
func (t *transaction) mergeCuts() {
	for i := len(t.cuts) - 1; i >= 0; i-- {
		s := t.doc.clients[t.cuts[i].client]
		p := s.find(t.cuts[i].clock)
		if next, ok := s.next(p); ok {
			count := s.count
			t.mergeLeft(s, next)
			if count-s.count > 1 {
				continue
			}
			p = s.find(t.cuts[i].clock)
		}
		t.mergeLeft(s, p)
	}
}

// separate gives what was cut data of its own, so that a small part does not hold on to all that it was part of.
func (t *transaction) separate() {
	own := func(it *item) {
		if it.shared {
			it.shared = false
			it.data = bytes.Clone(it.data)
		}
	}
	for _, at := range t.cuts {
		s := t.doc.clients[at.client]
		p := s.find(at.clock)
		own(s.item(p))
		if p, ok := s.previous(p); ok {
			own(s.item(p))
		}
	}
}

// mergeLeft merges the item at p with as many before it as join, and returns where it is then.
func (t *transaction) mergeLeft(s *structs, p place) place {
	first, right := p, s.item(p)
	for {
		before, ok := s.previous(first)
		if !ok {
			break
		}
		left := s.item(before)
		if !left.joins(right) {
			break
		}
		first, right = before, left
	}
	if first == p {
		return p
	}
	into, last := s.item(first), s.item(p)
	if last.sub != nil && last.parent.attrs.get(*last.sub) == last {
		defer last.parent.attrs.set(into)
	}
	for q := first; q != p; {
		q, _ = s.next(q)
		t.doc.size -= into.size() + s.item(q).size()
		into.absorb(s.item(q))
		t.doc.size += into.size()
	}
	s.remove(first, p)
	return first
}
