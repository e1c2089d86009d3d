package issuelist

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

// last is the key of what has no value.
const last = math.MaxUint64

// rank gives a work item its key in an order: smaller comes first.
type rank func(c *candidate) uint64

func sortable(n int64) uint64 { return uint64(n) ^ 1<<63 }

func sortableFloat(f float64) uint64 {
	bits := math.Float64bits(f + 0) // no negative zero
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

// statePlaces is where each state stands, equal ones at the same place, and the place of what has none of them.
func (r *indexed) statePlaces(compare func(x, y StateInfo) int) (map[outline.Ref]int, uint64) {
	places := map[outline.Ref]int{}
	place := 0
	sorted := slices.SortedFunc(slices.Values(r.q.States), compare)
	for n, s := range sorted {
		if n > 0 && compare(sorted[n-1], s) != 0 {
			place++
		}
		if ref, ok := r.names.Ref(s.ID); ok {
			places[ref] = place
		}
	}
	return places, uint64(place + 1)
}

// known are names that were read for an order, as of a moment before the outlines were.
type known struct {
	names  *outline.Names
	asked  map[outline.Ref]bool
	places map[outline.Ref]int // where each stands among the others
}

// nameAttempts is how often names are read again when a work item got one of a thing that was not there before.
const nameAttempts = 3

// readNames reads the names that the order asks for, before any outline is locked; false when the outlines are not
// there.
func (r *indexed) readNames(t *store.Tx, projects []string) (bool, error) {
	by := r.q.Order.by().named
	if by == nil {
		return true, nil
	}
	k := &known{}
	there := r.index.Peek(projects, func(found []*outline.Outline) {
		r.outlines, k.names = found, found[0].Names()
		k.asked = r.namedRefs()
	})
	if !there {
		return false, nil
	}
	var ids []string
	for ref := range k.asked {
		ids = append(ids, k.names.ID(ref))
	}
	var err error
	k.places, err = r.placesByName(t, by.table, by.column, ids, k.names)
	r.known = k
	return true, err
}

// knows says whether all that the order asks for is known.
func (r *indexed) knows() bool {
	if r.known == nil {
		return true
	}
	if r.known.names != r.names {
		return false
	}
	for ref := range r.namedRefs() {
		if !r.known.asked[ref] {
			return false
		}
	}
	return true
}

// namedRefs are what the order asks the names of.
func (r *indexed) namedRefs() map[outline.Ref]bool {
	by := r.q.Order.by().named
	kind, _ := kindOf(by.relation)
	refs := map[outline.Ref]bool{}
	r.all(func(i *outline.Issue, ties []outline.Link) {
		if by.of != nil {
			refs[by.of(i)] = true
			return
		}
		for _, tie := range ties {
			if tie.Kind() == kind {
				refs[tie.Ref()] = true
			}
		}
	})
	delete(refs, 0)
	return refs
}

// placesByName reads names and says where each stands among them.
func (r *indexed) placesByName(t *store.Tx, table, column string, ids []string,
	names *outline.Names) (map[outline.Ref]int, error) {
	b := r.q.builder(t)
	b.text("SELECT id, " + column + " FROM " + table + " WHERE ")
	slices.Sort(ids)
	b.in("id", ids)
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("read names of %s: %w", table, err)
	}
	defer rows.Close()
	type entry struct {
		ref  outline.Ref
		name string
	}
	var all []entry
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		ref, _ := names.Ref(id)
		all = append(all, entry{ref, strings.Clone(name)})
	}
	slices.SortFunc(all, func(x, y entry) int { return cmp.Compare(x.name, y.name) })
	places, place := map[outline.Ref]int{}, 0
	for n, e := range all {
		if n > 0 && all[n-1].name != e.name {
			place++
		}
		places[e.ref] = place
	}
	return places, rows.Err()
}
