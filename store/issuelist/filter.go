// Package issuelist finds work items: one engine behind every list of them. A list is a place (Scope), filters (a tree of
// the nodes here), an order and, if wanted, groups; it is compiled to SQL for either database. Names that reach SQL are
// constants of this package; what clients send reaches it only as parameters.
package issuelist

import (
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
)

// Filter is a condition on a work item: a node of a tree.
type Filter interface {
	// write compiles the node. below says that some Not is above it.
	write(b *builder, below bool)
}

// Field is a column of a work item that can be filtered by.
type Field string

// The fields.
const (
	Priority      Field = "i.priority"
	State         Field = "i.state_id"
	Parent        Field = "i.parent_id"
	Project       Field = "i.project_id"
	CreatedBy     Field = "i.created_by_id"
	EstimatePoint Field = "i.estimate_point_id"
	StartDate     Field = "i.start_date"
	TargetDate    Field = "i.target_date"
	CreatedAt     Field = "i.created_at"
	UpdatedAt     Field = "i.updated_at"
	CompletedAt   Field = "i.completed_at"
	ArchivedAt    Field = "i.archived_at"
	IsDraft       Field = "i.is_draft"
	Name          Field = "i.name"
	ID            Field = "i.id"
)

// Relation is a table that ties values to work items.
type Relation struct{ table, column string }

// The relations.
var (
	Labels      = Relation{"issue_labels", "label_id"}
	Assignees   = Relation{"issue_assignees", "assignee_id"}
	Modules     = Relation{"module_issues", "module_id"}
	Cycles      = Relation{"cycle_issues", "cycle_id"}
	Mentions    = Relation{"issue_mentions", "mention_id"}
	Subscribers = Relation{"issue_subscribers", "subscriber_id"}
	Intake      = Relation{"intake_issues", "status"}
)

// All holds when all hold; an empty one always holds.
type All []Filter

// Any holds when one holds; an empty one always holds, as in the reference.
type Any []Filter

// Not holds when its filter does not.
type Not struct{ Filter }

// Never does not hold.
type Never struct{}

// In holds when the field is one of the values, which must be well formed.
type In struct {
	Field  Field
	Values []string
}

// InGroup holds when the state belongs to one of the groups.
type InGroup []string

// Null holds when the field is empty.
type Null struct{ Field Field }

// Between holds when From <= field < To; either end may be missing (nil). The ends are store.Date for days, else times.
type Between struct {
	Field    Field
	From, To any
}

// After holds when the time is later.
type After struct {
	Field Field
	Time  time.Time
}

// Contains holds when the field, as text, has the text in it, in letters of either case.
type Contains struct {
	Field Field
	Text  string
}

// Flag holds when the boolean field is that.
type Flag struct {
	Field Field
	Value bool
}

// Has holds when one of the values is tied to the work item. All Has of one tree that stand under no Not speak of one
// and the same tie, as in the reference: a label cannot be two labels.
type Has struct {
	Relation Relation
	Values   []string
	Removed  bool // ties that were taken away count too
}

// Lacks holds when nothing was ever tied to the work item, not even what was taken away.
type Lacks struct{ Relation Relation }

func (f All) write(b *builder, below bool) { b.join(f, " AND ", below) }
func (f Any) write(b *builder, below bool) { b.join(f, " OR ", below) }
func (f Not) write(b *builder, _ bool) {
	// What is NULL does not hold, so its opposite does: the reference's negations find empty fields too.
	b.text("NOT COALESCE(")
	f.Filter.write(b, true)
	b.text(", FALSE)")
}
func (Never) write(b *builder, _ bool) { b.text("1 = 0") }
func (f In) write(b *builder, _ bool)  { b.in(string(f.Field), f.Values) }
func (f InGroup) write(b *builder, _ bool) {
	b.in(string(State), b.states.inGroups(f))
}
func (f Null) write(b *builder, _ bool) { b.text(string(f.Field) + " IS NULL") }
func (f Flag) write(b *builder, _ bool) {
	if !f.Value {
		b.text("NOT ")
	}
	b.text(string(f.Field))
}
func (f After) write(b *builder, _ bool) { b.text(string(f.Field) + " > "); b.arg(f.Time) }

func (f Between) write(b *builder, _ bool) {
	to := f.To
	if beyond(to) { // as text, years of five digits stand before the others
		to = nil
	}
	switch {
	case beyond(f.From):
		b.text("1 = 0")
		return
	case f.From == nil && to == nil:
		b.text(string(f.Field) + " IS NOT NULL")
		return
	}
	b.text("(")
	if f.From != nil {
		b.text(string(f.Field) + " >= ")
		b.arg(f.From)
	}
	if f.From != nil && to != nil {
		b.text(" AND ")
	}
	if to != nil {
		b.text(string(f.Field) + " < ")
		b.arg(to)
	}
	b.text(")")
}

// beyond says whether an end is after the last time that there is.
func beyond(end any) bool {
	switch v := end.(type) {
	case store.Date:
		return len(v) > len(time.DateOnly)
	case time.Time:
		return v.After(store.LastTime)
	}
	return false
}

func (f Contains) write(b *builder, _ bool) {
	column := string(f.Field)
	if b.postgres && f.Field != Name {
		column = "CAST(" + column + " AS TEXT)"
	}
	sql, pattern := store.ContainsSQL(column, f.Text, b.postgres)
	before, after, _ := strings.Cut(sql, "?")
	b.text(before)
	b.arg(pattern)
	b.text(after)
}

func (f Has) write(b *builder, below bool) {
	switch {
	case below:
		// The reference asks the two halves of a negated tie apart: whether the value was ever tied, and whether anything is.
		b.text("(")
		b.exists(f.Relation, func() { b.text("r." + f.Relation.column + " IS NOT NULL AND "); b.in("r."+f.Relation.column, f.Values) })
		b.text(" AND ")
		b.exists(f.Relation, func() { b.text("r.deleted_at IS NULL") })
		b.text(")")
	case b.alias(f.Relation) != "":
		b.tie(b.alias(f.Relation), f)
	default:
		b.tied(f)
	}
}

func (f Lacks) write(b *builder, _ bool) {
	b.text("NOT ")
	b.exists(f.Relation, func() { b.text("TRUE") })
}

// ties lists the relations that stand under no Not, with how many values each is asked for.
func ties(f Filter, found map[Relation]int) {
	switch f := f.(type) {
	case All:
		for _, g := range f {
			ties(g, found)
		}
	case Any:
		for _, g := range f {
			ties(g, found)
		}
	case Has:
		found[f.Relation] += len(f.Values)
	}
}
