package ydoc

import (
	"fmt"
	"maps"
	"slices"
)

// Replace makes content the content of a root fragment, as client, and returns the update; nil when nothing changed.
// Blocks that are in both stay. Where as many blocks of the same names give way to others, only what differs within is
// written, and of a text only what is between its unchanged start and end: the cursors of others stay where they are.
// The client must be nobody else. Errors wrap ErrMalformed (a value that Yjs has not) or ErrTooLarge, and leave the
// document as it was.
func (d *Doc) Replace(fragment string, content []Node, client uint64) (update []byte, err error) {
	if client > maxSafe {
		return nil, fmt.Errorf("%w: %d is no number of a client", ErrMalformed, client)
	}
	drafts, err := drafter{d.limits}.nodes(content, 1)
	if err != nil {
		return nil, err
	}
	w := &writer{transaction: d.begin(), client: client}
	w.children(w.root(valid(fragment)), drafts)
	if w.err == nil {
		w.err = d.room(0)
	}
	if w.err != nil {
		w.rollback()
		return nil, w.err
	}
	w.finish()
	if len(w.before) == 0 && len(w.deleted) == 0 {
		return nil, nil
	}
	return w.deleted.appendTo(d.appendSince(nil, w.before, true)), nil
}

// A writer writes into a document as one client. After the first error it does nothing.
type writer struct {
	*transaction
	client uint64
	err    error
}

func tooDeep(l limits) error {
	return fmt.Errorf("%w: elements are more than %d deep", ErrTooLarge, l.depth)
}

// put writes one item between two others.
func (w *writer) put(it item, right *item) *item {
	it.id = id{w.client, w.doc.clients[w.client].state()}
	it.origin, it.rightOrigin = none, none
	if it.left != nil {
		it.origin = it.left.last()
	}
	if right != nil {
		it.rightOrigin = right.id
	}
	if it.length == 0 {
		it.length = 1
	}
	if it.kind == kindType {
		it.branch = newBranch(&it)
	}
	if err := w.integrate(&it, right); err != nil {
		w.err = err
	}
	return &it
}

// children makes drafts the children of a branch.
func (w *writer) children(br *branch, drafts []draft) {
	var old []*item
	for it := br.start; it != nil; it = it.right {
		if !it.deleted && it.countable() {
			old = append(old, it)
		}
	}
	prints := w.prints(old)
	var left *item
	for _, g := range gaps(prints, drafts) {
		gone, come := old[g.oldFrom:g.oldTo], drafts[g.newFrom:g.newTo]
		if g.oldFrom > 0 {
			left = old[g.oldFrom-1]
		}
		if w.alike(gone, come) {
			for i, it := range gone {
				w.rewrite(it.branch, &come[i])
			}
			continue
		}
		for _, it := range gone {
			w.delete(it)
		}
		w.insert(br, left, come)
	}
}

// prints returns what tells children apart; "" stands for what cannot be written.
func (w *writer) prints(old []*item) []string {
	prints := make([]string, len(old))
	for i, it := range old {
		if n, ok := it.node(); ok {
			if dr, err := (drafter{unlimited}).node(n, 0); err == nil {
				prints[i] = dr.print
			}
		}
	}
	return prints
}

// alike says whether the same elements and texts are on both sides, one for one.
func (w *writer) alike(old []*item, drafts []draft) bool {
	return slices.EqualFunc(old, drafts, func(it *item, dr draft) bool {
		if it.branch == nil {
			return false
		}
		if dr.Name == "" {
			return it.branch.ref == refXMLText
		}
		return it.branch.ref == refElement && it.branch.name == dr.Name
	})
}

func (w *writer) rewrite(br *branch, dr *draft) {
	if dr.Name == "" {
		w.rewriteText(br, dr.pieces)
		return
	}
	for _, it := range slices.Clone(br.attrs.all) {
		if _, stays := dr.attrs[*it.sub]; !stays {
			w.delete(it)
		}
	}
	w.attributes(br, dr)
	w.children(br, dr.children)
}

// attributes writes those that are new or have another value.
func (w *writer) attributes(br *branch, dr *draft) {
	for _, key := range sortedKeys(dr.attrs) {
		it := item{kind: kindAny, data: []byte(dr.attrs[key]), parent: br, sub: &key}
		if old := br.attrs.get(key); old != nil {
			it.left, it.sub = old, old.sub
			if !old.deleted {
				if b, err := appendValue(nil, old.lastValue(), len(old.data)); err == nil && string(b) == dr.attrs[key] {
					continue
				}
			}
		}
		if it.data[0] == tagBytes {
			it.kind = kindBinary
			it.data = (&reader{b: it.data[1:]}).bytes()
		}
		w.put(it, nil)
	}
}

// insert writes new children behind left, or before all.
func (w *writer) insert(br *branch, left *item, drafts []draft) {
	right := br.start
	if left != nil {
		right = left.right
	}
	for i := range drafts {
		if w.err != nil {
			return
		}
		left = w.node(br, left, right, &drafts[i])
	}
}

func (w *writer) node(br *branch, left, right *item, dr *draft) *item {
	data := []byte{refXMLText}
	if dr.Name != "" {
		data = appendBytes([]byte{refElement}, dr.Name)
	}
	it := w.put(item{kind: kindType, data: data, parent: br, left: left}, right)
	if dr.Name == "" {
		w.rewriteText(it.branch, dr.pieces)
	} else {
		w.attributes(it.branch, dr)
		w.insert(it.branch, nil, dr.children)
	}
	return it
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
