package issuelist

import (
	"slices"

	"github.com/sailplane/sailplane/store/outline"
)

// What asks for what is tied to a work item.

// Has holds when one of the values is tied to the work item. All Has of one tree that stand under no Not speak of one
// and the same tie, as in the reference: a label cannot be two labels.
type Has struct {
	Relation Relation
	Values   []string
	Removed  bool // ties that were taken away count too
}

func (f Has) write(b *builder, below bool) {
	switch {
	case below:
		// The reference asks the two halves of a negated tie apart: whether the value was ever tied, and whether anything is.
		b.text("(")
		b.exists(f.Relation, func() {
			b.text("r." + f.Relation.column + " IS NOT NULL AND ")
			b.in("r."+f.Relation.column,
				f.Values)
		})
		b.text(" AND ")
		b.exists(f.Relation, func() { b.text("r.deleted_at IS NULL") })
		b.text(")")
	case b.alias(f.Relation) != "":
		b.link(b.alias(f.Relation), f)
	default:
		b.linked(f)
	}
}

func (f Has) match(m *matcher, below bool) (cond, bool) {
	k, ok := kindOf(f.Relation)
	refs := m.refs(f.Values)
	switch {
	case below:
		return func(c *candidate) bool {
			ever, now := false, false
			for _, t := range c.ties {
				if t.Kind() == k {
					ever, now = ever || refs[t.Ref()], now || !t.Removed()
				}
			}
			return ever && now
		}, ok
	case slices.Contains(m.joined, k):
		return func(c *candidate) bool {
			b := c.bound[k]
			return !b.none && refs[b.tie.Ref()] && (f.Removed || !b.tie.Removed())
		}, ok
	}
	return func(c *candidate) bool {
		for _, t := range c.ties {
			if t.Kind() == k && refs[t.Ref()] && (f.Removed || !t.Removed()) {
				return true
			}
		}
		return false
	}, ok
}

// Lacks holds when nothing was ever tied to the work item, not even what was taken away.
type Lacks struct{ Relation Relation }

func (f Lacks) write(b *builder, _ bool) {
	b.text("NOT ")
	b.exists(f.Relation, func() { b.text("TRUE") })
}

func (f Lacks) match(*matcher, bool) (cond, bool) {
	k, ok := kindOf(f.Relation)
	return func(c *candidate) bool {
		return !slices.ContainsFunc(c.ties, func(t outline.Link) bool { return t.Kind() == k })
	}, ok
}

// Tied holds when one of the values is tied to the work item now, or when anything is where Values is nil. Unlike Has
// it speaks of no tie in particular: two of them may hold for two ties, and its opposite is that there is no such tie.
type Tied struct {
	Relation Relation
	Values   []string
}

func (f Tied) write(b *builder, _ bool) {
	if f.Values == nil {
		// Where EXISTS would do, Postgres reads all ties there are to look them up afterwards.
		b.text("(SELECT 1 FROM " + f.Relation.table + " r WHERE r.issue_id = i.id AND r.deleted_at IS NULL LIMIT 1) IS NOT NULL")
		return
	}
	b.linked(Has{Relation: f.Relation, Values: f.Values})
}

func (f Tied) match(m *matcher, _ bool) (cond, bool) {
	k, ok := kindOf(f.Relation)
	refs := m.refs(f.Values)
	return func(c *candidate) bool {
		return slices.ContainsFunc(c.ties, func(t outline.Link) bool {
			return t.Kind() == k && !t.Removed() && (f.Values == nil || refs[t.Ref()])
		})
	}, ok
}

// links lists the relations that stand under no Not, with how many values each is asked for.
func links(f Filter, found map[Relation]int) {
	switch f := f.(type) {
	case All:
		for _, g := range f {
			links(g, found)
		}
	case Any:
		for _, g := range f {
			links(g, found)
		}
	case Has:
		found[f.Relation] += len(f.Values)
	}
}
