package issuelist

import (
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/store"
)

// Tally is how many work items a list has in each group. One that is in several groups counts in each of them, and one
// that the list has several times (Query.Each) counts once.
type Tally struct {
	Total  int // of the list
	Groups map[string]*TallyGroup
}

// TallyGroup is a group of a Tally, with those below it by their keys.
type TallyGroup struct {
	Total int
	Sub   map[string]int
}

// MaxTally is how many groups, counted with those below, a Tally may have.
const MaxTally = 10_000

// ErrTally says that a list has more groups than MaxTally.
var ErrTally = fmt.Errorf("a list has more than %d groups", MaxTally)

// Tally counts the list by no field, by one or by two. ErrTally: there are too many groups.
func (q Query) Tally(t *store.Tx, by []GroupField) (Tally, error) {
	n := Tally{Groups: map[string]*TallyGroup{}}
	q.Each = false
	if len(by) == 0 {
		total, err := q.Count(t)
		n.Total = total
		return n, err
	}
	found, err := n.fromIndex(t, q, by)
	if found || err != nil {
		return n, err
	}
	err = q.OrLoadIndex(t, func() error { return n.read(t, q, by) })
	return n, err
}

func (n *Tally) add(group, sub string, items int, under bool) {
	g := n.Groups[group]
	if g == nil {
		g = &TallyGroup{}
		n.Groups[group] = g
	}
	if !under {
		g.Total += items
		return
	}
	if g.Sub == nil {
		g.Sub = map[string]int{}
	}
	g.Sub[sub] += items
}

// read counts in the database: the list, its groups, and those below them.
func (n *Tally) read(t *store.Tx, q Query, by []GroupField) (err error) {
	q.Each = false
	if n.Total, err = q.count(t); err != nil {
		return err
	}
	n.Groups = map[string]*TallyGroup{}
	for depth := range by {
		if err := n.readLevel(t, q, by[:depth+1]); err != nil {
			return err
		}
	}
	return nil
}

func (n *Tally) readLevel(t *store.Tx, q Query, by []GroupField) error {
	b := q.builder(t)
	b.counts = true
	columns, joins := "", ""
	for level, g := range by {
		expr := g.expr
		if g.Many() {
			alias := fmt.Sprintf("g%d", level)
			expr = alias + "." + g.expr
			joins += " LEFT JOIN " + g.relation.table + " " + alias + " ON " + alias + ".issue_id = i.id AND " + alias +
				".deleted_at IS NULL"
		}
		column := "COALESCE(CAST(" + expr + " AS TEXT), '')"
		if !b.postgres { // whose driver takes texts for times
			column = "CAST(" + column + " AS BLOB)"
		}
		columns += ", " + column
	}
	places := []string{"2", "2, 3"}[len(by)-1]
	b.text("SELECT COUNT(DISTINCT i.id)" + columns)
	q.fromWith(b, joins, "")
	b.text(" GROUP BY " + places)
	b.part(MaxTally+1, 0)
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return fmt.Errorf("count groups: %w", err)
	}
	defer rows.Close()
	var keys [2]string
	items, found := 0, 0
	for rows.Next() {
		if err := rows.Scan([]any{&items, (*text)(&keys[0]), (*text)(&keys[1])}[:1+len(by)]...); err != nil {
			return err
		}
		if found++; found > MaxTally {
			return ErrTally
		}
		top, sub := by[0].keyOf(q.States, keys[0]), ""
		if len(by) > 1 {
			sub = by[1].keyOf(q.States, keys[1])
		}
		n.add(top, sub, items, len(by) > 1)
	}
	return rows.Err()
}

// fromIndex counts over outlines; false when that can't be.
func (n *Tally) fromIndex(t *store.Tx, q Query, by []GroupField) (bool, error) {
	if slices.ContainsFunc(by, func(g GroupField) bool { return g.values == nil }) {
		return false, nil
	}
	q.Each = false
	return q.fromIndex(t, func(r *indexed) error {
		*n = Tally{Groups: map[string]*TallyGroup{}}
		var levels [2]level
		var groups [2]values
		for depth, g := range by {
			groups[depth] = g.values(&levels[depth], r, g)
		}
		keys := func(depth int, c *candidate, into []int32) []int32 {
			if into = groups[depth](c, into); len(into) == 0 {
				into = append(into, levels[depth].number(None)) // all of its ties were taken away
			}
			slices.Sort(into)
			return slices.Compact(into)
		}
		var top, sub []int32
		size := map[pair]int{}
		tops := map[int32]int{}
		for _, from := range r.outlines {
			c := candidate{outline: from}
			items := from.Items()
			for at := range items {
				c.item, c.ties = &items[at], from.Links(&items[at])
				if r.times(&c) == 0 {
					continue
				}
				n.Total++
				top = keys(0, &c, top[:0])
				if len(by) > 1 {
					sub = keys(1, &c, sub[:0])
				}
				for _, g := range top {
					tops[g]++
					for _, s := range sub {
						size[pair{g, s}]++
					}
				}
			}
		}
		if len(tops) > MaxTally || len(size) > MaxTally {
			return ErrTally
		}
		for g, items := range tops {
			n.add(levels[0].keys[g], "", items, false)
		}
		for p, items := range size {
			n.add(levels[0].keys[p.group], levels[1].keys[p.sub], items, true)
		}
		return nil
	})
}
