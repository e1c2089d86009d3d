package importer

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/store"
)

// outcome is what became of a work item of the source.
type outcome struct {
	plan    *plan
	id      string
	made    bool
	own     bool // by this import, now or before it was cut off
	changed []string
	kept    []string
	gone    bool
	added   map[string]int // comments and the like
	number  int            // that it has here, if the source has another
}

// flush writes the work items that wait, by project.
func (r *run) flush() error {
	batch := r.batch
	r.batch = nil
	for len(batch) > 0 {
		at := batch[0].at
		var these, others []*plan
		seen := map[string]bool{}
		for _, p := range batch {
			switch {
			case p.at != at:
				others = append(others, p)
			case seen[p.Key] || r.has(at, p.Key):
				r.Note(record.Note{At: p.At, Key: p.Key, Kind: record.Unread, Text: "there is another one with this key in the file"})
			default:
				seen[p.Key] = true
				these = append(these, p)
			}
		}
		batch = others
		if len(these) == 0 {
			continue
		}
		if err := r.put(at, these); err != nil {
			return err
		}
	}
	r.progress()
	return nil
}

func (r *run) has(at *place, key string) bool {
	_, has := r.known[markOf(at.project.ID, key)]
	return has
}

// put writes work items of one project in one transaction, or says what that would do.
func (r *run) put(at *place, plans []*plan) error {
	var done []outcome
	var err error
	if r.rehearse {
		if err := r.heed(); err != nil {
			return err
		}
		done, err = r.compareAll(r.DB.Read(r), at, plans, nil)
	} else {
		err = r.write(func(t *store.Tx) error {
			if err := t.Lock("issues of " + at.project.ID); err != nil {
				return err
			}
			w := &writing{run: r, Tx: t, at: at}
			done, err = r.compareAll(t, at, plans, w)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("write work items from %s on: %w", plans[0].Key, err)
	}
	for _, o := range done {
		r.count(o)
	}
	return nil
}

// compareAll finds which of the work items are here, and has w write what is not as in the source; without w nothing is
// written.
func (r *run) compareAll(t *store.Tx, at *place, plans []*plan, w *writing) ([]outcome, error) {
	keys := make([]string, len(plans))
	for i, p := range plans {
		keys[i] = p.Key
	}
	rows, err := store.ImportRowsOf(t, r.origin(store.ImportedIssue, at.project.ID), keys)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.RowID)
	}
	there := &present{}
	if len(ids) > 0 {
		if there, err = findPresent(t, r.order.Source, ids); err != nil {
			return nil, err
		}
	}
	var done []outcome
	var fresh []*plan
	for _, p := range plans {
		row := rows[p.Key]
		if row == nil || there.items[row.RowID] == nil {
			fresh = append(fresh, p)
			continue
		}
		o, err := r.again(p, row, there, w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Key, err)
		}
		done = append(done, o)
	}
	made, err := r.makeAll(fresh, rows, w)
	return append(done, made...), err
}

// present is what is here of work items already.
type present struct {
	items    map[string]*store.ImportedItem
	comments map[string]map[string]*store.IssueComment
	links    map[string]map[string]bool
}

func findPresent(t *store.Tx, source string, ids []string) (there *present, err error) {
	there = &present{}
	if there.items, err = store.ImportedItems(t, ids); err != nil {
		return nil, err
	}
	if there.comments, err = store.ImportedComments(t, source, ids); err != nil {
		return nil, err
	}
	there.links, err = store.LinkedAddresses(t, ids)
	return there, err
}

func (r *run) makeAll(fresh []*plan, rows map[string]*store.ImportRow, w *writing) ([]outcome, error) {
	done := make([]outcome, len(fresh))
	for i, p := range fresh {
		done[i] = outcome{plan: p, id: p.id, made: true, added: map[string]int{"comments": len(p.comments),
			"links": len(p.links), "worklogs": len(p.work)}}
	}
	if w == nil || len(fresh) == 0 {
		return done, nil
	}
	return done, w.fresh(fresh, rows, done)
}

// count notes what became of a work item, once it is written.
func (r *run) count(o outcome) {
	p := o.plan
	r.known[markOf(p.at.project.ID, p.Key)] = itemRef{uuid.MustParse(o.id), o.made || o.own}
	for what, n := range o.added {
		if n > 0 {
			r.report.Made[what] += n
		}
	}
	items := &r.report.Items
	switch {
	case o.gone:
		items.Gone++
		r.Note(record.Note{At: p.At, Key: p.Key, Kind: record.Kept, Text: "it was deleted here, and stays so"})
		return
	case o.made:
		items.Made++
	case len(o.changed) > 0:
		items.Changed++
	default:
		items.Same++
	}
	if len(o.kept) > 0 {
		items.Kept++
		r.Note(record.Note{At: p.At, Key: p.Key, Kind: record.Kept, Text: "changed in the source and here; what is here stays: " +
			strings.Join(o.kept, ", ")})
	}
	if o.number != 0 {
		r.Note(record.Note{At: p.At, Key: p.Key, Kind: record.Changed, Text: fmt.Sprintf("the number %d is taken: it is %s-%d here",
			p.Number, p.at.project.Identifier, o.number)})
	}
	r.remind(o)
}
