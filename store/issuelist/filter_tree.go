package issuelist

// The nodes that hold others.

// All holds when all hold; an empty one always holds.
type All []Filter

func (f All) write(b *builder, below bool) { b.join(f, " AND ", below) }

func (f All) match(m *matcher, below bool) (cond, bool) {
	conds, ok := m.each(f, below)
	return func(c *candidate) bool {
		for _, fits := range conds {
			if !fits(c) {
				return false
			}
		}
		return true
	}, ok
}

// Any holds when one holds; an empty one always holds, as in the reference.
type Any []Filter

func (f Any) write(b *builder, below bool) { b.join(f, " OR ", below) }

func (f Any) match(m *matcher, below bool) (cond, bool) {
	if len(f) == 0 {
		return always, true
	}
	conds, ok := m.each(f, below)
	return func(c *candidate) bool {
		for _, fits := range conds {
			if fits(c) {
				return true
			}
		}
		return false
	}, ok
}

// Not holds when its filter does not.
type Not struct{ Filter }

func (f Not) write(b *builder, _ bool) {
	// What is NULL does not hold, so its opposite does: the reference's negations find empty fields too.
	b.text("NOT COALESCE(")
	f.Filter.write(b, true)
	b.text(", FALSE)")
}

func (f Not) match(m *matcher, _ bool) (cond, bool) {
	inner, ok := f.Filter.match(m, true)
	return func(c *candidate) bool { return !inner(c) }, ok
}

// Never does not hold.
type Never struct{}

func (Never) write(b *builder, _ bool) { b.text("1 = 0") }

func (Never) match(*matcher, bool) (cond, bool) { return never, true }

func (m *matcher) each(fs []Filter, below bool) ([]cond, bool) {
	conds := make([]cond, len(fs))
	for n, f := range fs {
		var ok bool
		if conds[n], ok = f.match(m, below); !ok {
			return nil, false
		}
	}
	return conds, true
}
