package issuelist

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// Group is the part of a list with one value.
type Group struct {
	Key   string
	Total int    // of the whole group, not of this page
	Rows  []*Row // of this page
	Sub   []Group
}

// Board is a page of a grouped list: of every group the work items from one position to another.
type Board struct {
	Groups  []Group
	Total   int  // pairs of a work item and its position in a group, as the reference counts
	Count   int  // those of this page
	Largest int  // how big the biggest group is
	More    bool // some group goes on after this page
}

// Window is the part of every group that a page shows: positions First to Last, counted from 1. It may be empty.
type Window struct{ First, Last int }

func (w Window) has(position int) bool { return position >= w.First && position <= w.Last }

// Board reads a page of the list grouped by one field, or by two.
func (q Query) Board(t *store.Tx, by []GroupField, w Window) (Board, error) {
	s, rows, err := q.grouped(t, by, w)
	if err != nil {
		return Board{}, err
	}
	keys, err := q.shownGroups(t, by[0])
	if err != nil {
		return Board{}, err
	}
	return s.board(keys, rows), nil
}

// grouped puts the list into groups: by its outlines, group by group, or by reading all of it.
func (q Query) grouped(t *store.Tx, by []GroupField, w Window) (*sorting, map[string]*Row, error) {
	s := newSorting(by, w, q)
	found, err := s.fromIndex(t)
	if err != nil {
		return nil, nil, err
	}
	var rows map[string]*Row
	if found {
		rows, err = q.byID(t, s.wanted(), s.ties)
		return s, rows, err
	}
	err = q.OrLoadIndex(t, func() error {
		var done bool
		if rows, done, err = s.slice(t); err == nil && !done {
			rows, err = s.sort(t)
		}
		return err
	})
	return s, rows, err
}

// byID reads rows by their ids. Ties that are known already need not be read; nil if they are not.
func (q Query) byID(t *store.Tx, wanted []string, known map[string]rowLinks) (map[string]*Row, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	b := q.builder(t)
	b.text("SELECT " + columnsBut(b.postgres, q.Description, known != nil) + " FROM issues i WHERE ")
	if b.postgres { // one text, and one plan, for however many
		b.text("i.id = ANY(")
		b.arg(wanted)
		b.text(")")
	} else {
		b.in("i.id", wanted)
	}
	list, err := q.rows(t, b, newScannerBut(q.Description, known != nil), len(wanted))
	if err != nil {
		return nil, err
	}
	hidden, err := q.archivedModules(t, known)
	if err != nil {
		return nil, err
	}
	rows := make(map[string]*Row, len(list))
	for n := range list {
		r := &list[n]
		if known != nil {
			ties := known[r.ID]
			r.CycleID, r.Labels, r.Assignees, r.Modules = ties.cycle, ties.labels, ties.assignees, ties.modules
			r.Modules = slices.DeleteFunc(r.Modules, func(id string) bool { return slices.Contains(hidden, id) })
		}
		rows[r.ID] = r
	}
	return rows, nil
}

// archivedModules are those of the ties that rows don't show.
func (q Query) archivedModules(t *store.Tx, known map[string]rowLinks) ([]string, error) {
	var all []string
	for _, ties := range known {
		all = append(all, ties.modules...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.Sort(all)
	b := q.builder(t)
	b.text("SELECT id FROM modules WHERE archived_at IS NOT NULL AND ")
	b.in("id", slices.Compact(all))
	return column1(t, b)
}

func column1(t *store.Tx, b *builder) ([]string, error) {
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, strings.Clone(key))
	}
	return keys, rows.Err()
}
