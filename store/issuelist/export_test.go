package issuelist

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/sailplane/sailplane/store"
)

// Plan is how the database would read the list's first page.
func (q Query) Plan(t *store.Tx) ([]string, error) {
	b := q.builder(t)
	b.text("EXPLAIN ")
	column, wanted := 1, "i.id"
	if !b.postgres {
		b.text("QUERY PLAN ")
		column, wanted = 4, columns(b.postgres, q.Description)
	}
	q.part(b, wanted, 0, 100)
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		cells := make([]string, column)
		dest := make([]any, column)
		for n := range cells {
			dest[n] = &cells[n]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		lines = append(lines, cells[column-1])
	}
	return lines, rows.Err()
}

// Boards reads a board in every way there is: off an index group by group (if that can be), by sorting the whole list,
// and from outlines (if they are there and know enough).
func (q Query) Boards(t *store.Tx, by []GroupField, w Window) (sorts Board, others map[string]Board, err error) {
	keys, err := q.shownGroups(t, by[0])
	if err != nil {
		return sorts, nil, err
	}
	s := newSorting(by, w, q)
	rows, err := s.sort(t)
	if err != nil {
		return sorts, nil, err
	}
	sorts, others = s.board(keys, rows), map[string]Board{}
	s = newSorting(by, w, q)
	rows, sliced, err := s.slice(t)
	if err != nil {
		return sorts, nil, err
	}
	if sliced {
		others["sliced"] = s.board(keys, rows)
	}
	s = newSorting(by, w, q)
	recalled, err := s.fromIndex(t)
	if err == nil && recalled {
		rows, err = q.byID(t, s.wanted(), s.ties)
		others["recalled"] = s.board(keys, rows)
	}
	return sorts, others, err
}

// RecallPage reads a page from outlines; false when they are not there or don't know enough.
func (q Query) RecallPage(t *store.Tx, offset, limit int) (p Page, found bool, err error) {
	var ids []string
	var ties map[string]rowLinks
	found, err = q.fromIndex(t, func(r *indexed) (err error) {
		if ids, ties, p.Total = r.page(offset, limit); r.count() != p.Total {
			err = fmt.Errorf("the list is %d long and counted as %d", p.Total, r.count())
		}
		return err
	})
	if err == nil && found {
		p.Rows, err = q.inTurn(t, ids, ties)
	}
	return p, found, err
}

// Stored reads a page from the database.
func (q Query) Stored(t *store.Tx, offset, limit int) (Page, error) { return q.page(t, offset, limit) }

// Tallies counts in the database and over outlines; false when that can't be.
func (q Query) Tallies(t *store.Tx, by []GroupField) (stored, recalled Tally, found bool, err error) {
	if err = stored.read(t, q, by); err == nil {
		found, err = recalled.fromIndex(t, q, by)
	}
	return stored, recalled, found, err
}

// Orders are the names of all orders, both ways.
func Orders() []string {
	var names []string
	for name := range orderKeys {
		names = append(names, name, "-"+name)
	}
	return names
}

// Number names a row in a test.
func (r Row) Number() string { return strconv.FormatInt(r.SequenceID, 10) }

// FindStored finds a part of the list in the database.
func (q Query) FindStored(t *store.Tx, offset, limit int) (ids []string, total int, err error) {
	if ids, err = q.IDs(t, offset, limit); err == nil {
		total, err = q.count(t)
	}
	return ids, total, err
}

// PublicOrders are the names of all orders of the public API, both ways.
func PublicOrders() []string {
	var names []string
	for name := range publicKeys {
		names = append(names, name, "-"+name)
	}
	return names
}

// IndexedGroups are the fields that lists over outlines can be grouped by.
func IndexedGroups() (names []string) {
	for _, name := range GroupNames() {
		if groupFields[name].values != nil {
			names = append(names, name)
		}
	}
	return names
}

// IndexedOrders are the keys that lists over outlines can be sorted by, in the app or in the public API.
func IndexedOrders(public bool) (names []string) {
	keys := orderKeys
	if public {
		keys = publicKeys
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if (Order{key: name, public: public}).indexable() {
			names = append(names, name)
		}
	}
	return names
}
