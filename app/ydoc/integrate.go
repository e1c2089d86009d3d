package ydoc

import "fmt"

// integrate puts an item, which knows its parent and its left neighbour, where it belongs among what others wrote at
// the same place (YATA, as in Yjs's Item.integrate).
func (t *transaction) integrate(it, right *item) error {
	if it.left == nil && (right == nil || right.left != nil) || it.left != nil && it.left.right != right {
		if err := t.resolve(it, right); err != nil {
			return err
		}
	}
	if err := t.link(it); err != nil {
		return err
	}
	t.put(it)
	if it.kind == kindDeleted {
		it.deleted = true
		t.deleted.add(it.client, span{it.clock, it.length})
	}
	if it.parent.item != nil && it.parent.item.deleted || it.sub != nil && it.right != nil {
		t.delete(it)
	}
	return nil
}

// first returns the first of the list that it will stand in.
func (t *transaction) first(it *item) (*item, error) {
	if it.sub == nil {
		return it.parent.start, nil
	}
	o := it.parent.attrs.get(*it.sub)
	for o != nil && o.left != nil {
		o = o.left
		if err := t.step(); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// step counts work that grows with the square of what a forged update holds.
func (t *transaction) step() error {
	t.steps++
	if t.steps > t.doc.limits.steps {
		return tooManySteps(t.doc.limits)
	}
	return nil
}

func tooManySteps(l limits) error {
	return fmt.Errorf("%w: an update takes more than %d steps", ErrTooLarge, l.steps)
}

// resolve finds the left neighbour of an item when others wrote between its origin and what was right of it.
func (t *transaction) resolve(it, right *item) error {
	left := it.left
	var o *item
	if left != nil {
		o = left.right
	} else {
		var err error
		if o, err = t.first(it); err != nil {
			return err
		}
	}
	// The ordinal of an item says when it was passed: those passed since left was last set are in conflict.
	t.doc.searches++
	search, conflicting := t.doc.searches, uint32(0)
	for n := uint32(0); o != nil && o != right; o, n = o.right, n+1 {
		if err := t.step(); err != nil {
			return err
		}
		o.passed, o.ordinal = search, n
		if it.origin == o.origin {
			if o.client < it.client {
				left, conflicting = o, n+1
			} else if it.rightOrigin == o.rightOrigin {
				break
			}
			continue
		}
		if !o.origin.exists() {
			break
		}
		s := t.doc.clients[o.origin.client]
		origin := s.item(s.find(o.origin.clock))
		if origin.passed != search {
			break
		}
		if origin.ordinal < conflicting {
			left, conflicting = o, n+1
		}
	}
	it.left = left
	return nil
}

// link makes the item part of the list behind its left neighbour.
func (t *transaction) link(it *item) error {
	if it.left != nil {
		it.right = it.left.right
		it.left.right = it
	} else {
		first, err := t.first(it)
		if err != nil {
			return err
		}
		it.right = first
		if it.sub == nil {
			it.parent.start = it
		}
	}
	if it.right != nil {
		it.right.left = it
	} else if it.sub != nil {
		it.parent.attrs.set(it)
		if it.left != nil {
			t.delete(it.left)
		}
	}
	return nil
}

// delete marks an item and all within as deleted.
func (t *transaction) delete(it *item) {
	if it.deleted {
		return
	}
	it.deleted = true
	t.deleted.add(it.client, span{it.clock, it.length})
	if it.branch == nil {
		return
	}
	within := func(child *item) {
		if !child.deleted {
			t.delete(child)
		} else if t.known(child.id) {
			t.cuts = append(t.cuts, child.id) // it will be collected, and then may be merged
		}
	}
	for child := it.branch.start; child != nil; child = child.right {
		within(child)
	}
	for _, value := range it.branch.attrs.all {
		within(value)
	}
}

// deleteSpan deletes what is here of a span, and returns what is not.
func (t *transaction) deleteSpan(client uint64, sp span) (rest span) {
	s := t.doc.clients[client]
	state := s.state()
	if sp.clock >= state {
		return sp
	}
	end := sp.end()
	if state < end {
		rest = span{state, end - state}
	}
	p := s.find(sp.clock)
	if it := s.item(p); !it.deleted && it.clock < sp.clock {
		t.cut(s, p, sp.clock-it.clock)
		p = s.find(sp.clock)
	}
	for ok := true; ok; p, ok = s.next(p) {
		it := s.item(p)
		if it.clock >= end {
			break
		}
		if it.deleted {
			continue
		}
		if end < it.end() {
			t.cut(s, p, end-it.clock)
			p = s.find(it.clock)
		}
		t.delete(it)
	}
	return rest
}
