package issuelist

import (
	"strconv"

	"github.com/sailplane/sailplane/store"
)

// Plan is how the database would read the list's first page.
func (q Query) Plan(t *store.Tx) ([]string, error) {
	b := q.builder(t)
	b.text("EXPLAIN ")
	column := 1
	if !b.postgres {
		b.text("QUERY PLAN ")
		column = 4
	}
	b.text("SELECT " + columns(b.postgres, q.Description))
	q.from(b)
	q.Order.write(b)
	b.text(" LIMIT 100 OFFSET 0")
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

// Boards reads a board both ways: off an index group by group, and by sorting the whole list. sliced is false where the
// first way can't be.
func (q Query) Boards(t *store.Tx, by []GroupField, w Window) (slices, sorts Board, sliced bool, err error) {
	keys, err := q.groupKeys(t, by[0])
	if err != nil {
		return slices, sorts, false, err
	}
	s := newSorting(by, w, q)
	rows, sliced, err := s.slice(t)
	if err != nil {
		return slices, sorts, false, err
	}
	slices = s.board(keys, rows)
	s = newSorting(by, w, q)
	rows, err = s.sort(t)
	return slices, s.board(keys, rows), sliced, err
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
