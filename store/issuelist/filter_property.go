package issuelist

import (
	"unicode/utf8"

	"github.com/sailplane/sailplane/store/outline"
)

// What asks for the values that work items have of properties.

// Property is a property of work items, by its id and by where its values are.
type Property struct {
	ID   string
	Kind PropertyKind
}

// PropertyKind is the column that the values of a property are in.
type PropertyKind string

// The kinds.
const (
	Numbers PropertyKind = "number" // times too, by their seconds
	Texts   PropertyKind = "text"
	Options PropertyKind = "option_id"
	People  PropertyKind = "user_id"
	Items   PropertyKind = "related_issue_id"
	Files   PropertyKind = "file_id"
)

// prefix is how many characters of a text lists are sorted by, and outlines know.
const prefix = outline.Prefix

// beginning is the part of a text that its index has.
func (b *builder) beginning() {
	b.text("substr(v.text, 1, 64)")
	b.bytewise()
}

// Valued holds for work items with a value of the property that is one of the Values, or a number in the Span; with any
// value where both are missing.
type Valued struct {
	Property Property
	Values   []string // ids, or texts
	Span     *Span
}

// Span is numbers from one to another; nil: no end.
type Span struct {
	From, To       *float64
	After, Through bool // From itself does not count; To itself does
}

// has asks whether a value is in the span.
func (s *Span) has(n float64) bool {
	return (s.From == nil || n > *s.From || n == *s.From && !s.After) &&
		(s.To == nil || n < *s.To || n == *s.To && s.Through)
}

func (s *Span) write(b *builder) {
	for _, end := range []struct {
		at     *float64
		op     string
		itself bool
	}{{s.From, ">", !s.After}, {s.To, "<", s.Through}} {
		if end.at == nil {
			continue
		}
		b.text(" AND v.number " + end.op)
		if end.itself {
			b.text("=")
		}
		b.text(" ")
		b.arg(*end.at)
	}
}

func (f Valued) write(b *builder, _ bool) {
	b.valued(f.Property, func() {
		switch {
		case f.Span != nil:
			f.Span.write(b)
		case f.Values == nil:
		case f.Property.Kind == Texts:
			begin := make([]string, len(f.Values))
			for i, text := range f.Values {
				begin[i] = outline.Beginning(text)
			}
			b.text(" AND v.number IS NULL AND ")
			expr := &builder{postgres: b.postgres}
			expr.beginning()
			b.in(expr.sql.String(), begin)
			b.text(" AND ")
			b.in("v.text", f.Values)
		default:
			b.text(" AND ")
			b.in("v."+string(f.Property.Kind), f.Values)
		}
	})
}

// valued asks whether a work item has a value of a property: one by one where a page is found after a few work items;
// where all are read, the values are gathered first.
func (b *builder) valued(p Property, which func()) {
	begin, end := "EXISTS (SELECT 1 FROM issue_property_values v WHERE v.issue_id = i.id AND v.property_id = ", ")"
	if b.counts {
		begin = "i.id IN (SELECT v.issue_id FROM issue_property_values v WHERE v.property_id = "
	}
	b.text(begin)
	b.arg(p.ID)
	b.text(" AND v.deleted_at IS NULL")
	which()
	b.text(end)
}

func (f Valued) match(m *matcher, _ bool) (cond, bool) {
	refs := m.refs(f.Values)
	if f.Property.Kind == Texts {
		for _, text := range f.Values {
			if utf8.RuneCountInString(text) >= prefix { // outlines know the beginning of such a text only
				return never, false
			}
		}
	}
	of := m.ref(f.Property.ID)
	return func(c *candidate) bool {
		for _, v := range c.outline.Values(c.item) {
			if v.Property != of {
				continue
			}
			switch {
			case f.Span != nil:
				if f.Span.has(v.Number) {
					return true
				}
			case f.Values == nil || refs[v.Ref]:
				return true
			}
		}
		return false
	}, true
}

// ValueContains holds for work items with a value of the property that has the text in it, in letters of either case.
type ValueContains struct {
	Property Property
	Text     string
}

func (f ValueContains) write(b *builder, _ bool) {
	b.valued(f.Property, func() {
		b.text(" AND ")
		b.contains("v.text", f.Text)
	})
}

func (ValueContains) match(*matcher, bool) (cond, bool) { return never, false }
