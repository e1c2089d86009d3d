package importer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/store"
)

// What ties work items to each other is written last, once all of them are there: a file may name a parent before or
// after its children. Until then it is kept in as little memory as it takes.

// parent is what a work item is below, by its key in the source.
type parent struct {
	child uuid.UUID
	at    *place
	key   string
	to    uuid.UUID // what the key names, once that is found
	of    string    // the child's own key, for the report
	where record.At
}

func (p *parent) note(kind, text string) record.Note {
	return record.Note{At: p.where, Key: p.of, Kind: kind, Text: text}
}

// tie is a relation of two work items.
type tie struct {
	parent
	kind string
}

// remind keeps in mind what a work item is tied to.
func (r *run) remind(o outcome) {
	p := o.plan
	// Copies: a cell of a table would keep the whole row in memory.
	one := parent{child: uuid.MustParse(o.id), at: p.at, of: strings.Clone(p.Key), where: p.At}
	if p.Parent != "" && p.Parent != p.Key {
		one.key = strings.Clone(p.Parent)
		r.parents = append(r.parents, one)
	}
	for _, rel := range p.Relations {
		if rel.Key != p.Key && rel.Key != "" {
			one.key = strings.Clone(rel.Key)
			r.ties = append(r.ties, tie{one, rel.Kind})
		}
	}
}

// tie writes parents and relations.
func (r *run) tie() error {
	if len(r.parents)+len(r.ties) > 0 {
		r.order.Say(fmt.Sprintf("tying %d work items to others", len(r.parents)+len(r.ties)))
	}
	if err := r.dropCircles(); err != nil {
		return err
	}
	if err := inSteps(r, r.parents, r.adopt); err != nil {
		return fmt.Errorf("write parents: %w", err)
	}
	if err := inSteps(r, r.ties, r.relate); err != nil {
		return fmt.Errorf("write relations: %w", err)
	}
	return nil
}

// inSteps gives do as many at a time as a transaction takes.
func inSteps[T any](r *run, all []T, do func([]T) error) error {
	for len(all) > 0 {
		n := min(len(all), r.batchSize())
		if err := do(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// target finds the work item that a key names: of this run, or of an earlier one; false if there is none.
func (r *run) target(at *place, key string) (uuid.UUID, bool, error) {
	if ref, ok := r.known[markOf(at.project.ID, key)]; ok {
		return ref.id, true, nil
	}
	for _, other := range r.places {
		if ref, ok := r.known[markOf(other.project.ID, key)]; ok {
			return ref.id, true, nil
		}
	}
	rows, err := store.ImportRowsOf(r.DB.Read(r), r.origin(store.ImportedIssue, at.project.ID), []string{key})
	if err != nil || rows[key] == nil {
		return uuid.Nil, false, err
	}
	return uuid.MustParse(rows[key].RowID), true, nil
}

// dropCircles finds the parents, and leaves out those that are not here and those that would close a circle.
func (r *run) dropCircles() error {
	above := make(map[uuid.UUID]uuid.UUID, len(r.parents))
	kept := r.parents[:0]
	for _, p := range r.parents {
		id, ok, err := r.target(p.at, p.key)
		if err != nil {
			return err
		}
		if !ok {
			r.Note(p.note(record.Lost, "its parent "+short(p.key)+" is not here"))
			continue
		}
		if circles(above, p.child, id) {
			r.Note(p.note(record.Lost, "its parent "+short(p.key)+" is below it: a circle"))
			continue
		}
		above[p.child], p.to = id, id
		kept = append(kept, p)
	}
	r.parents = kept
	return nil
}

// deepest is how many work items may stand below each other: beyond it nobody looks.
const deepest = 1000

func circles(above map[uuid.UUID]uuid.UUID, child, to uuid.UUID) bool {
	for range deepest {
		if to == child {
			return true
		}
		next, ok := above[to]
		if !ok {
			return false
		}
		to = next
	}
	return true
}

// What became of a parent.
const (
	adopted = iota + 1
	keptHere
	circular
)

// adopt writes the parents of work items that have none here, or the one that was taken before.
func (r *run) adopt(some []parent) error {
	if r.rehearse {
		r.report.Made["parents"] += len(some)
		return nil
	}
	var became []int
	err := r.write(func(t *store.Tx) error {
		became = make([]int, len(some))
		if err := store.LockLineages(t, r.order.Workspace.ID); err != nil {
			return err
		}
		ids, keys := make([]string, len(some)), map[*place][]string{}
		for i, p := range some {
			ids[i] = p.child.String()
			keys[p.at] = append(keys[p.at], p.of)
		}
		rows, err := r.rowsOf(t, keys)
		if err != nil {
			return err
		}
		items, err := store.Issues.ByID(t, ids)
		if err != nil {
			return err
		}
		for i, p := range some {
			item, row := items[ids[i]], rows[ids[i]]
			if item == nil || row == nil {
				continue
			}
			if became[i], err = r.adoptOne(t, item, row, p.to.String()); err != nil {
				return fmt.Errorf("%s: %w", p.of, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, p := range some {
		switch became[i] {
		case adopted:
			r.report.Made["parents"]++
		case keptHere:
			r.Note(p.note(record.Kept, "changed in the source and here; what is here stays: parent"))
		case circular:
			r.Note(p.note(record.Lost, "its parent "+short(p.key)+" is below it here: a circle"))
		}
	}
	return nil
}

func (r *run) adoptOne(t *store.Tx, i *store.Issue, row *store.ImportRow, to string) (int, error) {
	marks := readTaken(row.Taken)
	want, was, here := markOfValue(to), marks["parent"], markOfValue(given(i.ParentID))
	switch {
	case want == was:
		return 0, nil
	case here != was && here != want:
		return keptHere, nil
	}
	line, err := store.Lineage(t, "issues", to)
	if err != nil {
		return 0, err
	}
	if slices.Contains(line, i.ID) {
		return circular, nil
	}
	marks["parent"] = want
	row.Taken, i.ParentID = marks.text(), &to
	if err := store.ImportRows.Set(t, row, "taken"); err != nil {
		return 0, err
	}
	return adopted, store.Issues.Set(t, i, "parent_id")
}

// rowsOf returns what work items were in the source, by their ids.
func (r *run) rowsOf(t *store.Tx, keys map[*place][]string) (map[string]*store.ImportRow, error) {
	all := map[string]*store.ImportRow{}
	for at, of := range keys {
		rows, err := store.ImportRowsOf(t, r.origin(store.ImportedIssue, at.project.ID), of)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			all[row.RowID] = row
		}
	}
	return all, nil
}

// relate writes relations. Those that are here already, either way round, stay.
func (r *run) relate(some []tie) error {
	var rows []*store.IssueRelation
	for _, one := range some {
		id, ok, err := r.target(one.at, one.key)
		if err != nil {
			return err
		}
		kind, swapped := store.KeptRelation(one.kind)
		switch {
		case !ok:
			r.Note(one.note(record.Lost, "its relation to "+short(one.key)+", which is not here"))
			continue
		case !store.IsRelation(kind):
			r.Note(one.note(record.Lost, "its relation "+short(one.kind)+" to "+short(one.key)))
			continue
		case id == one.child:
			continue
		}
		row := &store.IssueRelation{RelationType: kind, IssueID: one.child.String(), RelatedIssueID: id.String(),
			ProjectID: one.at.project.ID, WorkspaceID: r.order.Workspace.ID}
		if swapped {
			row.IssueID, row.RelatedIssueID = row.RelatedIssueID, row.IssueID
		}
		rows = append(rows, row)
	}
	if r.rehearse || len(rows) == 0 {
		r.report.Made["relations"] += len(rows)
		return nil
	}
	made := 0
	err := r.write(func(t *store.Tx) error {
		fresh, err := store.FreshRelations(t, rows)
		made = len(fresh)
		if err != nil || made == 0 {
			return err
		}
		if err := store.Relate(t, fresh); err != nil {
			return err
		}
		w := &writing{run: r, Tx: t, at: some[0].at}
		var ids []string
		for _, row := range fresh {
			if !r.mine(row.IssueID) && !r.mine(row.RelatedIssueID) {
				ids = append(ids, row.ID)
			}
		}
		return w.single(map[string][]string{store.ImportedRelation: ids})
	})
	r.report.Made["relations"] += made
	if errors.Is(err, store.ErrReference) {
		return fmt.Errorf("a work item went meanwhile: %w", err)
	}
	return err
}

// mine says whether this run made a work item.
func (r *run) mine(id string) bool {
	if r.made == nil {
		r.made = map[uuid.UUID]bool{}
		for _, ref := range r.known {
			if ref.made {
				r.made[ref.id] = true
			}
		}
	}
	return r.made[uuid.MustParse(id)]
}
