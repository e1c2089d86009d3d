package ydoc

import "unicode/utf8"

// A transaction is one change of a document: it knows what was there before, what was deleted and what was cut.
type transaction struct {
	doc     *Doc
	before  map[uint64]uint64 // the state of clients that wrote
	deleted deleteSet
	cuts    []id // where neighbours may be merged again
	torn    []tear
	roots   []string // new ones
	steps   int
}

// A tear is where a pair of surrogates fell apart: its first unit, and its character.
type tear struct {
	at        id
	character string
}

func (d *Doc) begin() *transaction { return &transaction{doc: d, before: map[uint64]uint64{}} }

// known says whether an item was there before the transaction.
func (t *transaction) known(at id) bool {
	if before, ok := t.before[at.client]; ok {
		return at.clock < before
	}
	return true
}

// put adds an item to what its client wrote.
func (t *transaction) put(it *item) {
	d := t.doc
	s := d.clients[it.client]
	if s == nil {
		s = &structs{}
		d.clients[it.client] = s
	}
	if _, ok := t.before[it.client]; !ok {
		t.before[it.client] = s.state()
	}
	s.add(it)
	d.size += it.size()
}

// endingAt returns the item whose last unit is the given one, and cuts it off there if need be.
func (t *transaction) endingAt(at id) *item {
	s := t.doc.clients[at.client]
	p := s.find(at.clock)
	it := s.item(p)
	if it.kind != kindGC && at.clock != it.end()-1 {
		t.cut(s, p, at.clock-it.clock+1)
	}
	return it
}

// startingAt returns the item whose first unit is the given one, and cuts it off there if need be.
func (t *transaction) startingAt(at id) *item {
	s := t.doc.clients[at.client]
	p := s.find(at.clock)
	it := s.item(p)
	if it.kind != kindGC && at.clock > it.clock {
		return t.cut(s, p, at.clock-it.clock)
	}
	return it
}

// bytesPerStep is how many bytes of text are looked through in the time of one step.
const bytesPerStep = 64

// cut divides the item at p and returns its right part.
func (t *transaction) cut(s *structs, p place, at uint64) *item {
	left := s.item(p)
	right := &item{
		id: id{left.client, left.clock + at}, length: left.length - at, left: left, right: left.right,
		origin: id{left.client, left.clock + at - 1}, rightOrigin: left.rightOrigin,
		parent: left.parent, sub: left.sub, kind: left.kind, deleted: left.deleted,
	}
	whole := left.data
	t.doc.size -= left.size()
	left.shared, right.shared = true, true
	if uint64(len(whole)) > left.length { // looked through
		t.steps += len(whole) / bytesPerStep
	}
	left.data, right.data = cut(left.kind, whole, left.length, at)
	if torn := len(left.data) + len(right.data) - len(whole); left.kind == kindString && torn > 0 {
		t.torn = append(t.torn, tear{right.origin, string(whole[len(left.data)-len(replacement):][:utf8.UTFMax])})
	}
	left.length = at
	left.right = right
	if right.right != nil {
		right.right.left = right
	} else if right.sub != nil {
		right.parent.attrs.set(right)
	}
	s.insert(p, right)
	t.doc.size += left.size() + right.size()
	t.cuts = append(t.cuts, right.id)
	return right
}

// neighbours finds what a block was written between, and cuts there. Yjs does so even when it knows the block already,
// which tears characters apart that were cut elsewhere.
func (t *transaction) neighbours(b *block) (left, right *item) {
	if b.origin.exists() {
		left = t.endingAt(b.origin)
	}
	if b.rightOrigin.exists() {
		right = t.startingAt(b.rightOrigin)
	}
	return left, right
}

// add integrates a block whose dependencies are here, without its first units.
func (t *transaction) add(b *block, offset uint64) error {
	d := t.doc
	if b.kind == kindGC {
		t.collected(b, offset)
		return nil
	}
	it := &item{id: b.id, length: b.length, origin: b.origin, rightOrigin: b.rightOrigin, kind: b.kind}
	left, right := t.neighbours(b)
	it.left = left
	if !t.home(it, right, b) {
		t.collected(b, offset)
		return nil
	}
	if offset > 0 {
		it.clock += offset
		it.length -= offset
		it.left = t.endingAt(id{it.client, it.clock - 1})
		it.origin = it.left.last()
		if it.left.kind == kindGC { // only of forged structs: what was first written was something else
			t.collected(b, offset)
			return nil
		}
	}
	tail := b.tail(offset)
	it.data = append([]byte(nil), tail.data...)
	if it.kind == kindType {
		if it.parent.depth >= d.limits.depth {
			return tooDeep(d.limits)
		}
		it.branch = newBranch(it)
	}
	return t.integrate(it, right)
}

func (t *transaction) collected(b *block, offset uint64) {
	t.put(&item{id: id{b.client, b.clock + offset}, length: b.length - offset, kind: kindGC, deleted: true})
}

// home finds the parent of an item, and says whether it has one that is not collected.
func (t *transaction) home(it, right *item, b *block) bool {
	d := t.doc
	switch {
	case it.left != nil && it.left.kind == kindGC || right != nil && right.kind == kindGC:
		return false
	case b.root != nil:
		it.parent = t.root(*b.root)
	case b.parent.exists():
		s := d.clients[b.parent.client]
		it.parent = s.item(s.find(b.parent.clock)).branch
	case it.left != nil:
		it.parent, it.sub = it.left.parent, it.left.sub
	case right != nil:
		it.parent, it.sub = right.parent, right.sub
	}
	if it.parent != nil && b.sub != nil {
		it.sub = b.sub
		if old := it.parent.attrs.get(*b.sub); old != nil {
			it.sub = old.sub
		}
	}
	return it.parent != nil
}

// root returns the root type of a name.
func (t *transaction) root(name string) *branch {
	d := t.doc
	if r := d.roots[name]; r != nil {
		return r
	}
	r := &branch{name: name}
	d.roots[name] = r
	d.size += branchSize + len(name)
	t.roots = append(t.roots, name)
	return r
}

func newBranch(it *item) *branch {
	r := &reader{b: it.data}
	br := &branch{ref: byte(r.uint()), item: it}
	if br.ref == refElement || br.ref == refHook {
		br.name = string(r.bytes())
	}
	if it.parent != nil {
		br.depth = it.parent.depth + 1
	}
	return br
}
