package issuelist

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/sailplane/sailplane/store/outline"
)

// propertyOrder sorts by the values of a property: of several, by the largest. Options have the order of their own.
type propertyOrder struct {
	Property
	options []string // in their order
}

// ByProperty is the order of lists of the public API by a property: of numbers, of texts, or of options, which come as
// they are given. What has no value is last either way; ties come oldest first. ok is false for other properties.
func ByProperty(p Property, options []string, desc bool) (o Order, ok bool) {
	ok = p.Kind == Numbers || p.Kind == Texts || p.Kind == Options
	return Order{desc: desc, public: true, property: &propertyOrder{p, options}}, ok
}

func (p *propertyOrder) write(b *builder) {
	b.text("(SELECT MAX(")
	switch p.Kind {
	case Texts:
		b.beginning()
	case Options:
		b.text("CASE v.option_id")
		for n, id := range p.options {
			b.text(" WHEN ")
			b.arg(id)
			fmt.Fprintf(&b.sql, " THEN %d", n)
		}
		if len(p.options) == 0 {
			b.text(" WHEN NULL THEN 0")
		}
		b.text(" END")
	default:
		b.text("v.number")
	}
	b.text(") FROM issue_property_values v WHERE v.issue_id = i.id AND v.property_id = ")
	b.arg(p.ID)
	b.text(" AND v.deleted_at IS NULL)")
}

// place gives a work item its key: of a text, that of its first bytes.
func (p *propertyOrder) place(r *indexed) func(c *candidate) (uint64, bool) {
	m := &matcher{names: r.names}
	of := m.ref(p.ID)
	places := map[outline.Ref]uint64{}
	for n, id := range p.options {
		if ref, ok := r.names.Ref(id); ok {
			places[ref] = uint64(n)
		}
	}
	return func(c *candidate) (most uint64, any bool) {
		for _, v := range c.outline.Values(c.item) {
			if v.Property != of {
				continue
			}
			key, ok := uint64(0), true
			switch p.Kind {
			case Texts:
				key = firstBytes(r.names.ID(v.Ref))
			case Options:
				key, ok = places[v.Ref]
			default:
				key = sortableFloat(v.Number)
			}
			if ok {
				most, any = max(most, key), true
			}
		}
		return most, any
	}
}

func firstBytes(text string) uint64 {
	var b [8]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[:])
}

// compareTexts tells apart work items whose texts begin alike; 0 where that is no matter.
func (r *indexed) compareTexts(x, y entry) int {
	by := r.q.Order.property
	if by == nil || by.Kind != Texts || x.key == last {
		return 0
	}
	m := &matcher{names: r.names}
	of := m.ref(by.ID)
	largest := func(e entry) (text string) {
		from := r.outlines[e.o]
		for _, v := range from.Values(&from.Items()[e.n]) {
			if v.Property == of {
				text = max(text, r.names.ID(v.Ref))
			}
		}
		return text
	}
	c := strings.Compare(largest(x), largest(y))
	if r.q.Order.desc {
		return -c
	}
	return c
}
