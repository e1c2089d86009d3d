package issuelist

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// What asks for other work items around one, and for its number.

// Numbered holds for the work items of a project with one of the numbers, or with a number that begins with Prefix,
// which must be digits; for all of the project where both are empty. Without a project it holds in whatever one.
type Numbered struct {
	Project string
	Numbers []int
	Prefix  string
}

func (f Numbered) write(b *builder, _ bool) {
	b.text("(")
	if f.Project == "" {
		b.text("1 = 1")
	} else {
		b.text("i.project_id = ")
		b.arg(f.Project)
	}
	switch {
	case len(f.Numbers) > 0:
		b.text(" AND i.sequence_id IN (")
		for n, number := range f.Numbers {
			if n > 0 {
				b.text(",")
			}
			b.arg(number)
		}
		b.text(")")
	case f.Prefix != "":
		b.text(" AND CAST(i.sequence_id AS TEXT) LIKE ")
		b.arg(f.Prefix + "%")
	}
	b.text(")")
}

func (f Numbered) match(*matcher, bool) (cond, bool) {
	return func(c *candidate) bool {
		number := int(c.item.Sequence)
		switch {
		case f.Project != "" && c.outline.Project != f.Project:
			return false
		case len(f.Numbers) > 0:
			return slices.Contains(f.Numbers, number)
		}
		return strings.HasPrefix(strconv.Itoa(number), f.Prefix)
	}, true
}

// Parents holds for work items that have others directly below them.
type Parents struct{}

var hasChildren = "EXISTS (SELECT 1 FROM issues x WHERE x.parent_id = i.id AND " + store.CountedBelow("x", "i") + ")"

func (Parents) write(b *builder, _ bool) { b.text(hasChildren) }

func (Parents) match(*matcher, bool) (cond, bool) { return never, false }

// Side says which side of a relation a work item is on.
type Side int

// The sides: the one that the relation is kept of, the one that it is kept to, and whichever.
const (
	From Side = iota
	To
	Either
)

// Epic holds for work items of the workspace whose type is one of epics.
type Epic struct{ Workspace string }

func (f Epic) write(b *builder, _ bool) {
	b.text("i.id IN (SELECT e.id FROM issue_types y JOIN issues e ON e.type_id = y.id WHERE y.workspace_id = ")
	b.arg(f.Workspace)
	b.text(" AND y.is_epic AND y.deleted_at IS NULL)")
}

func (Epic) match(*matcher, bool) (cond, bool) { return never, false }

// Initiative holds for the work items that an initiative has.
type Initiative struct{ ID string }

func (f Initiative) write(b *builder, _ bool) {
	b.text("i.id IN (SELECT r.issue_id FROM initiative_issues r WHERE r.initiative_id = ")
	b.arg(f.ID)
	b.text(" AND r.deleted_at IS NULL)")
}

func (Initiative) match(*matcher, bool) (cond, bool) { return never, false }

// Related holds for work items that have a relation of the kind, or any where that is empty, with another one.
type Related struct {
	Kind  string
	Other string // an id
	Side  Side   // of the work items that are looked for
}

func (f Related) write(b *builder, _ bool) {
	b.text("i.id IN (")
	if f.Side != To {
		f.side(b, "issue_id", "related_issue_id")
	}
	if f.Side == Either {
		b.text(" UNION ")
	}
	if f.Side != From {
		f.side(b, "related_issue_id", "issue_id")
	}
	b.text(")")
}

func (f Related) side(b *builder, own, others string) {
	b.text("SELECT r." + own + " FROM issue_relations r WHERE r." + others + " = ")
	b.arg(f.Other)
	if f.Kind != "" {
		b.text(" AND r.relation_type = ")
		b.arg(f.Kind)
	}
	b.text(" AND r.deleted_at IS NULL")
}

func (Related) match(*matcher, bool) (cond, bool) { return never, false }

// Names says whether a filter asks for a field, at whatever place.
func Names(f Filter, field Field) bool {
	switch f := f.(type) {
	case All:
		return slices.ContainsFunc(f, func(g Filter) bool { return Names(g, field) })
	case Any:
		return slices.ContainsFunc(f, func(g Filter) bool { return Names(g, field) })
	case Not:
		return Names(f.Filter, field)
	case Null:
		return f.Field == field
	case In:
		return f.Field == field
	}
	return false
}
