package issuelist

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// maxSlices is how many groups are read by a statement with a part for each.
const maxSlices = 40

// slice fills the groups without reading the whole list, where every work item is in one group only: it counts them,
// and takes from each group the few work items of the page off an index. done is false where that can't be.
func (s *sorting) slice(t *store.Tx) (rows map[string]*Row, done bool, err error) {
	for _, g := range s.by {
		if g.Many() || !strings.HasPrefix(g.expr, "i.") {
			return nil, false, nil
		}
	}
	if s.q.Each && len(s.q.Filters) > 0 {
		return nil, false, nil // ties may show a work item twice
	}
	counted, err := s.counts(t)
	if err != nil {
		return nil, false, err
	}
	sizes := map[pair]int{}
	for _, c := range counted {
		sizes[c.pair] += c.size
	}
	for p, n := range sizes {
		s.part(p).items = n
		s.addTop(p.group, n)
		s.total += n
		s.count += max(0, min(n, s.window.Last)-s.window.First+1)
		s.more = s.more || n > s.window.Last
	}
	rows, err = s.slices(t, counted)
	if rows == nil && err == nil && s.count > 0 {
		*s = *newSorting(s.by, s.window, s.q)
		return nil, false, nil
	}
	return rows, true, err
}

// counting is how many work items have certain values.
type counting struct {
	values [2]*string
	pair   pair
	size   int
}

func (s *sorting) counts(t *store.Tx) ([]counting, error) {
	b := s.q.builder(t)
	columns := s.by[0].expr
	if len(s.by) > 1 {
		columns += ", " + s.by[1].expr
	}
	b.text("SELECT COUNT(*), " + columns)
	s.q.from(b)
	b.text(" GROUP BY " + columns)
	found, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("count groups: %w", err)
	}
	defer found.Close()
	var counted []counting
	for found.Next() {
		var c counting
		if err := found.Scan([]any{&c.size, null{&c.values[0]}, null{&c.values[1]}}[:1+len(s.by)]...); err != nil {
			return nil, err
		}
		c.pair = s.pair(orEmpty(c.values[0]), orEmpty(c.values[1]))
		counted = append(counted, c)
	}
	return counted, found.Err()
}

func orEmpty(v *string) string {
	if v == nil {
		return ""
	}
	return *v
}

// slices reads the page's rows of every group; nil when there are too many groups, or groups of several values, for
// that. Postgres finds their ids first: see Query.page.
func (s *sorting) slices(t *store.Tx, counted []counting) (map[string]*Row, error) {
	b := s.q.builder(t)
	seen := map[pair]bool{}
	parts := []pair{}
	for _, c := range counted {
		if seen[c.pair] {
			return nil, nil
		}
		seen[c.pair] = true
		if c.size < s.window.First || s.window.Last < s.window.First {
			continue
		}
		if len(parts) > 0 {
			b.text(" UNION ALL ")
		}
		s.writePart(b, len(parts), c.values)
		parts = append(parts, c.pair)
	}
	if len(parts) == 0 || len(parts) > maxSlices {
		return nil, nil
	}
	if b.postgres {
		if err := s.findParts(t, b, parts); err != nil {
			return nil, err
		}
		return s.q.byID(t, s.wanted(), nil)
	}
	return s.readParts(t, b, parts)
}

// findParts reads the ids of every group.
func (s *sorting) findParts(t *store.Tx, b *builder, parts []pair) error {
	return t.Each(b.sql.String(), b.args, func(found *sql.Rows) error {
		var id string
		var number int
		if err := found.Scan((*text)(&id), &number); err != nil {
			return fmt.Errorf("scan a work item of a group: %w", err)
		}
		p := s.part(parts[number])
		p.page = append(p.page, id)
		return nil
	})
}

// readParts reads the rows of every group.
func (s *sorting) readParts(t *store.Tx, b *builder, parts []pair) (map[string]*Row, error) {
	found, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("read groups: %w", err)
	}
	defer found.Close()
	var number int
	rows := map[string]*Row{}
	sc := newScanner(s.q.Description, &number)
	for found.Next() {
		r, err := sc.scan(found)
		if err != nil {
			return nil, err
		}
		rows[r.ID] = &r
		p := s.part(parts[number])
		p.page = append(p.page, r.ID)
	}
	return rows, found.Err()
}

// writePart writes the statement of one group.
func (s *sorting) writePart(b *builder, number int, values [2]*string) {
	wanted := "i.id"
	if !b.postgres {
		wanted = columns(b.postgres, s.q.Description)
	}
	fmt.Fprintf(&b.sql, "SELECT * FROM (SELECT %s, %d AS part", wanted, number)
	s.q.from(b)
	for n, g := range s.by {
		if values[n] == nil {
			b.text(" AND " + g.expr + " IS NULL")
			continue
		}
		b.text(" AND " + g.expr + " = ")
		b.arg(*values[n])
	}
	s.q.Order.write(b)
	b.part(s.window.Last-s.window.First+1, s.window.First-1)
	fmt.Fprintf(&b.sql, ") p%d", number)
}
