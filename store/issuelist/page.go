package issuelist

import (
	"fmt"
	"slices"
	"time"

	"github.com/sailplane/sailplane/store"
)

// Query is a list: where, which, in which order.
type Query struct {
	Scope  Scope
	States States // of the scope's projects: see ReadStates

	// Filters all have to hold. Ties (Has) of one tree speak of one tie, those of different trees do not.
	Filters []Filter
	Order   Order

	// Each lists a work item once for each of its ties that fit, as some of the reference's lists do; else it is listed
	// once.
	Each        bool
	Description bool // rows carry description_html
}

// Page is a part of a list, and how long the whole is.
type Page struct {
	Rows  []Row
	Total int
}

// Page reads limit work items from offset on. It takes two statements, on Postgres three, or one less when the page
// shows how long the list is; of large projects it finds the list in outlines, and reads the page's rows only.
func (q Query) Page(t *store.Tx, offset, limit int) (Page, error) {
	var p Page
	var ids []string
	var ties map[string]rowLinks
	found, err := q.fromIndex(t, func(r *indexed) error {
		ids, ties, p.Total = r.page(offset, limit)
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	if found {
		p.Rows, err = q.inTurn(t, ids, ties)
		return p, err
	}
	err = q.OrLoadIndex(t, func() error {
		p, err = q.page(t, offset, limit)
		return err
	})
	return p, err
}

// inTurn reads rows by their ids, in the ids' order.
func (q Query) inTurn(t *store.Tx, ids []string, ties map[string]rowLinks) ([]Row, error) {
	rows, err := q.byID(t, ids, ties)
	list := make([]Row, 0, len(ids))
	for _, id := range ids {
		if r := rows[id]; r != nil { // else deleted meanwhile
			list = append(list, *r)
		}
	}
	return list, err
}

// page reads it from the database. Postgres finds the ids first: it gathers what hangs on a row also of those that an
// offset passes over, plans a short statement several times as fast, and sees by itself which index fits.
func (q Query) page(t *store.Tx, offset, limit int) (p Page, err error) {
	found := 0
	if t.Postgres() {
		var ids []string
		if ids, err = q.IDs(t, offset, limit); err == nil {
			found = len(ids)
			p.Rows, err = q.inTurn(t, ids, nil)
		}
	} else {
		b := q.builder(t)
		q.part(b, columns(b.postgres, q.Description), offset, limit)
		p.Rows, err = q.rows(t, b, newScanner(q.Description), min(limit, 1000))
		found = len(p.Rows)
	}
	if err != nil {
		return Page{}, err
	}
	if found < limit && (offset == 0 || found > 0) {
		p.Total = offset + found
		return p, nil
	}
	p.Total, err = q.count(t)
	return p, err
}

// part asks for columns of a part of the list.
func (q Query) part(b *builder, columns string, offset, limit int) {
	b.text("SELECT " + columns)
	q.from(b)
	q.Order.write(b)
	b.part(limit, offset)
}

// All reads the whole list.
func (q Query) All(t *store.Tx) ([]Row, error) {
	b := q.builder(t)
	b.text("SELECT " + columns(b.postgres, q.Description))
	q.from(b)
	q.Order.write(b)
	return q.rows(t, b, newScanner(q.Description), 16)
}

// Count says how long the list is.
func (q Query) Count(t *store.Tx) (int, error) {
	var n int
	found, err := q.fromIndex(t, func(r *indexed) error {
		n = r.count()
		return nil
	})
	if found || err != nil {
		return n, err
	}
	return q.count(t)
}

func (q Query) count(t *store.Tx) (int, error) {
	b := q.builder(t)
	b.counts = true
	if q.plain() {
		// An index counts a project without looking at the states, and what waits in the intake is little.
		b.text("SELECT (SELECT COUNT(*) FROM issues i WHERE " + live + " AND ")
		q.Scope.writeProjects(b)
		b.text(") - (SELECT COUNT(*) FROM issues i WHERE " + live + " AND ")
		q.Scope.writeProjects(b)
		b.text(" AND ")
		b.in("i.state_id", q.States.inGroups([]string{triage}))
		b.text(")")
	} else {
		b.text("SELECT COUNT(*)")
		q.from(b)
	}
	var n int
	if err := t.One(b.sql.String(), b.args, &n); err != nil {
		return 0, fmt.Errorf("count work items: %w", err)
	}
	return n, nil
}

// plain says whether the list is one project, whole.
func (q Query) plain() bool {
	s := q.Scope
	return len(q.Filters) == 0 && len(s.Projects) == 1 && len(s.Own) == 0 && !s.Archived && !s.Either && !s.Removed &&
		s.Cycle == "" && s.Module == "" && s.Parent == "" && s.Person == ""
}

// Find reads the ids of limit work items from offset on, and how long the list is.
func (q Query) Find(t *store.Tx, offset, limit int) (ids []string, total int, err error) {
	ids, total, found, err := q.FromIndex(t, offset, limit)
	if found || err != nil {
		return ids, total, err
	}
	err = q.OrLoadIndex(t, func() error {
		if ids, err = q.IDs(t, offset, limit); err != nil {
			return err
		}
		if total = offset + len(ids); len(ids) == limit || len(ids) == 0 && offset > 0 {
			total, err = q.count(t)
		}
		return err
	})
	return ids, total, err
}

// IDs reads the ids of limit work items from offset on.
func (q Query) IDs(t *store.Tx, offset, limit int) ([]string, error) {
	b := q.builder(t)
	q.part(b, "i.id", offset, limit)
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("list ids of work items: %w", err)
	}
	defer rows.Close()
	found := []string{}
	for rows.Next() {
		var id string
		if err := rows.Scan((*text)(&id)); err != nil {
			return nil, err
		}
		found = append(found, id)
	}
	return found, rows.Err()
}

// namesItems says whether a filter names work items.
func namesItems(f Filter) bool {
	switch f := f.(type) {
	case In:
		return f.Field == ID
	case Numbered:
		return len(f.Numbers) > 0
	case Epic, Initiative: // of which there are few
		return true
	case All:
		return slices.ContainsFunc(f, namesItems)
	}
	return false
}

func (q Query) builder(t *store.Tx) *builder {
	few := q.Scope.Parent != "" || slices.ContainsFunc(q.Filters, namesItems)
	return &builder{postgres: t.Postgres(), states: q.States, few: few, filtered: len(q.Filters) > 0}
}

// from writes where the list's work items come from, and which they are.
func (q Query) from(b *builder) { q.fromWith(b, "", "") }

func (q Query) fromWith(b *builder, joins, where string) {
	b.text(" FROM issues i" + joins)
	found := make([]map[Relation]int, len(q.Filters))
	for n, f := range q.Filters {
		found[n] = map[Relation]int{}
		links(f, found[n])
	}
	joined := make([]map[Relation]string, len(q.Filters))
	if q.Each {
		for n := range q.Filters {
			b.joinLinks(several(found[n]), fmt.Sprintf("t%d_", n))
			joined[n] = b.joined
		}
	}
	b.text(" WHERE ")
	q.Scope.write(b)
	b.text(where)
	for n, f := range q.Filters {
		b.text(" AND ")
		b.joined = joined[n]
		if many := several(found[n]); !q.Each && shared(f) && len(many) > 0 {
			b.text("EXISTS (SELECT 1 FROM (SELECT 1) one")
			b.joinLinks(many, fmt.Sprintf("t%d_", n))
			b.text(" WHERE ")
			f.write(b, false)
			b.text(")")
			continue
		}
		f.write(b, false)
	}
}

// several are the relations that are asked for more than one value: only those can fit more than once.
func several(found map[Relation]int) map[Relation]int {
	many := map[Relation]int{}
	for r, n := range found {
		if n > 1 {
			many[r] = n
		}
	}
	return many
}

// shared says whether two ties of one relation have to hold together somewhere: then they must be the same tie.
func shared(f Filter) bool {
	switch f := f.(type) {
	case All:
		seen := map[Relation]bool{}
		for _, g := range f {
			here := map[Relation]int{}
			links(g, here)
			for r := range here {
				if seen[r] {
					return true
				}
				seen[r] = true
			}
			if shared(g) {
				return true
			}
		}
	case Any:
		for _, g := range f {
			if shared(g) {
				return true
			}
		}
	}
	return false
}

func (q Query) rows(t *store.Tx, b *builder, s *scanner, expect int) ([]Row, error) {
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("list work items: %w", err)
	}
	defer rows.Close()
	list := make([]Row, 0, expect)
	for rows.Next() {
		r, err := s.scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Completed reads when the list's work items were completed.
func (q Query) Completed(t *store.Tx) ([]time.Time, error) {
	b := q.builder(t)
	b.text("SELECT i.completed_at")
	q.from(b)
	b.text(" AND i.completed_at IS NOT NULL")
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("list completed work items: %w", err)
	}
	defer rows.Close()
	var times []time.Time
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			return nil, err
		}
		times = append(times, at)
	}
	return times, rows.Err()
}
