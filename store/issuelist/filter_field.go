package issuelist

import (
	"slices"

	"github.com/sailplane/sailplane/store/outline"
)

// What asks for the values of a column.

// In holds when the field is one of the values, which must be well formed.
type In struct {
	Field  Field
	Values []string
}

func (f In) write(b *builder, _ bool) {
	column := string(f.Field)
	if f.Field != ID {
		column = b.place(column)
	}
	b.in(column, f.Values)
}

func (f In) match(m *matcher, _ bool) (cond, bool) {
	refs := m.refs(f.Values)
	switch f.Field {
	case State:
		return func(c *candidate) bool { return refs[c.item.State] }, true
	case CreatedBy:
		return func(c *candidate) bool { return refs[c.item.CreatedBy] }, true
	case EstimatePoint:
		return func(c *candidate) bool { return refs[c.item.Estimate] }, true
	case Type:
		return func(c *candidate) bool { return refs[c.item.Type] }, true
	case Project:
		return func(c *candidate) bool { return slices.Contains(f.Values, c.outline.Project) }, true
	case Priority:
		var wanted [8]bool
		for n, p := range outline.Priorities {
			wanted[n] = slices.Contains(f.Values, p)
		}
		return func(c *candidate) bool { return wanted[c.item.Priority] }, true
	}
	return never, false
}

// InGroup holds when the state belongs to one of the groups.
type InGroup []string

func (f InGroup) write(b *builder, _ bool) { b.in(b.place(string(State)), b.states.inGroups(f)) }

func (f InGroup) match(m *matcher, below bool) (cond, bool) {
	return In{State, m.states.inGroups(f)}.match(m, below)
}

// Null holds when the field is empty.
type Null struct{ Field Field }

func (f Null) write(b *builder, _ bool) { b.text(string(f.Field) + " IS NULL") }

func (f Null) match(*matcher, bool) (cond, bool) {
	switch f.Field {
	case State:
		return func(c *candidate) bool { return c.item.State == 0 }, true
	case CreatedBy:
		return func(c *candidate) bool { return c.item.CreatedBy == 0 }, true
	case EstimatePoint:
		return func(c *candidate) bool { return c.item.Estimate == 0 }, true
	case Type:
		return func(c *candidate) bool { return c.item.Type == 0 }, true
	case Parent:
		return func(c *candidate) bool { return !c.item.Child }, true
	case StartDate, TargetDate, CompletedAt:
		value, _ := number(f.Field)
		return func(c *candidate) bool { return value(c.item) == outline.None }, true
	case ArchivedAt:
		return always, true
	case Priority, Project, CreatedAt, UpdatedAt, Name, ID, IsDraft:
		return never, true
	}
	return never, false
}

// Flag holds when the boolean field is that.
type Flag struct {
	Field Field
	Value bool
}

func (f Flag) write(b *builder, _ bool) {
	if !f.Value {
		b.text("NOT ")
	}
	b.text(string(f.Field))
}

func (f Flag) match(*matcher, bool) (cond, bool) {
	return func(*candidate) bool { return !f.Value }, f.Field == IsDraft
}
