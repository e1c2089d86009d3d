package issuelist

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// builder collects a statement and its parameters.
type builder struct {
	sql      strings.Builder
	args     []any
	postgres bool
	states   States
	counts   bool                // the statement reads all that fits, in no order
	few      bool                // only few work items can fit, and what says so finds them
	filtered bool                // not all of the place fits
	joined   map[Relation]string // ties that are joined to the statement, by alias
}

func (b *builder) text(s string) { b.sql.WriteString(s) }

func (b *builder) arg(v any) {
	b.sql.WriteByte('?')
	b.args = append(b.args, v)
}

// fewValues are written as parameters each: the planner knows better how many there are. More are one list.
const fewValues = 12

// place is a column that says where a list is, or that many work items have in common. Where few can fit, SQLite is
// kept from going through all of those to find them in order, which it takes for less than sorting them.
func (b *builder) place(column string) string {
	if b.few && !b.postgres {
		return "+" + column
	}
	return column
}

func (b *builder) in(column string, values []string) {
	switch {
	case len(values) == 0:
		b.text("1 = 0")
	case len(values) == 1:
		b.text(column + " = ")
		b.arg(values[0])
	case len(values) <= fewValues:
		b.text(column + " IN (")
		for i, v := range values {
			if i > 0 {
				b.text(",")
			}
			b.arg(v)
		}
		b.text(")")
	case b.postgres:
		b.text(column + " = ANY(")
		b.arg(values)
		b.text(")")
	default:
		list, _ := json.Marshal(values) // strings always encode
		b.text(column + " IN (SELECT value FROM json_each(")
		b.arg(string(list))
		b.text("))")
	}
}

// part writes which part of a list is wanted. Postgres plans a statement anew each time it runs as long as it can't see
// in the text how few rows that are, which takes as long as finding them, and of a board five times as long. Where
// conditions decide which plan is good it shall do so; and every offset would be a statement of its own.
func (b *builder) part(limit, offset int) {
	if b.postgres && !b.filtered && offset == 0 {
		b.text(" LIMIT " + strconv.Itoa(limit))
		return
	}
	b.text(" LIMIT ")
	b.arg(limit)
	b.text(" OFFSET ")
	b.arg(offset)
}

func (b *builder) join(fs []Filter, op string, below bool) {
	if len(fs) == 0 {
		b.text("1 = 1")
		return
	}
	b.text("(")
	for i, f := range fs {
		if i > 0 {
			b.text(op)
		}
		f.write(b, below)
	}
	b.text(")")
}

func (b *builder) exists(r Relation, where func()) {
	b.text("EXISTS (SELECT 1 FROM " + r.table + " r WHERE r.issue_id = i.id AND ")
	where()
	b.text(")")
}

// linked asks whether a work item has such a tie. One by one is best where a page is found after a few work items;
// where all are read, the ties are gathered first.
func (b *builder) linked(f Has) {
	if !b.counts {
		b.exists(f.Relation, func() { b.link("r", f) })
		return
	}
	b.text("i.id IN (SELECT r.issue_id FROM " + f.Relation.table + " r WHERE ")
	b.link("r", f)
	b.text(")")
}

func (b *builder) link(alias string, f Has) {
	b.in(alias+"."+f.Relation.column, f.Values)
	if !f.Removed {
		b.text(" AND " + alias + ".deleted_at IS NULL")
	}
}

func (b *builder) alias(r Relation) string { return b.joined[r] }

// joinLinks joins, to what is being written, the relations that the filter asks for.
func (b *builder) joinLinks(found map[Relation]int, prefix string) {
	b.joined = map[Relation]string{}
	for _, r := range slices.SortedFunc(maps.Keys(found),
		func(x, y Relation) int { return strings.Compare(x.table, y.table) }) {
		alias := prefix + r.table
		b.joined[r] = alias
		b.text(" LEFT JOIN " + r.table + " " + alias + " ON " + alias + ".issue_id = i.id")
	}
}
