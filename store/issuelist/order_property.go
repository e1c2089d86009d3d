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

// place gives a work item its key: of a text, that of the bytes in which it may differ from the others.
func (p *propertyOrder) place(r *indexed) func(c *candidate) (uint64, bool) {
	m := &matcher{names: r.names}
	of := m.ref(p.ID)
	if p.Kind == Texts {
		r.texts = r.readTexts(of)
		return r.texts.place
	}
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
			key, ok := sortableFloat(v.Number), true
			if p.Kind == Options {
				key, ok = places[v.Ref]
			}
			if ok {
				most, any = max(most, key), true
			}
		}
		return most, any
	}
}

// texts are those that work items have of a property.
type texts struct {
	of    outline.Ref
	known []string // by Ref
	begin string   // with which most of them begin
}

// looked is of one in how many work items the texts are looked at before they are compared.
const looked = 64

// readTexts looks with what texts of a property begin: those of customers' numbers and of addresses are alike for a
// while, and were to be compared one by one if keys were made of that.
func (r *indexed) readTexts(of outline.Ref) *texts {
	x := &texts{of: of, known: r.names.All()}
	any := false
	for _, from := range r.outlines {
		items := from.Items()
		for n := 0; n < len(items); n += looked {
			for _, v := range from.Values(&items[n]) {
				if v.Property != of {
					continue
				}
				text := x.known[v.Ref]
				if !any {
					x.begin, any = text, true
				}
				for !strings.HasPrefix(text, x.begin) {
					x.begin = x.begin[:min(len(x.begin)-1, len(text))]
				}
			}
		}
	}
	return x
}

// place is the key of a work item: of a text that does not begin as the others do it is that of all that come before
// them, or after them.
func (x *texts) place(c *candidate) (most uint64, any bool) {
	for _, v := range c.outline.Values(c.item) {
		if v.Property != x.of {
			continue
		}
		text, key := x.known[v.Ref], uint64(0)
		switch rest, ok := strings.CutPrefix(text, x.begin); {
		case ok:
			key = min(max(firstBytes(rest), 1), last-3)
		case text > x.begin:
			key = last - 2
		}
		most, any = max(most, key), true
	}
	return most, any
}

func firstBytes(text string) uint64 {
	var b [8]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[:])
}

// largest is the text that counts of a work item.
func (x *texts) largest(from *outline.Outline, n uint32) (text string) {
	for _, v := range from.Values(&from.Items()[n]) {
		if v.Property == x.of {
			text = max(text, x.known[v.Ref])
		}
	}
	return text
}

// compareTexts tells apart work items whose keys are the same; 0 where that is no matter.
func (r *indexed) compareTexts(x, y entry) int {
	if r.texts == nil || x.key == last {
		return 0
	}
	c := strings.Compare(r.texts.largest(r.outlines[x.o], x.n), r.texts.largest(r.outlines[y.o], y.n))
	if r.q.Order.desc {
		return -c
	}
	return c
}
