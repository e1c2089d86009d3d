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
type rank func(i *outline.Item, ties []outline.Tie) uint64

// named are orders by the name of something that is tied to a work item or that it refers to.
var named = map[string]struct {
	table, column string
	kind          outline.Kind
	of            func(i *outline.Item) outline.Ref // instead of a tie
}{
	"labels__name":               {table: "labels", column: "name", kind: outline.Labels},
	"assignees__first_name":      {table: "users", column: "first_name", kind: outline.Assignees},
	"issue_module__module__name": {table: "modules", column: "name", kind: outline.Modules},
	"issue_cycle__cycle__name":   {table: "cycles", column: "name", kind: outline.Cycles},
	"created_by__first_name":     {table: "users", column: "first_name", of: func(i *outline.Item) outline.Ref { return i.CreatedBy }},
	"estimate_point__value":      {table: "estimate_points", column: "value", of: func(i *outline.Item) outline.Ref { return i.Estimate }},
}

// ranked are orders by what an item itself has; false is nothing.
var ranked = map[string]func(i *outline.Item) (uint64, bool){
	"created_at":   func(i *outline.Item) (uint64, bool) { return sortable(i.Created), true },
	"updated_at":   func(i *outline.Item) (uint64, bool) { return sortable(i.Updated), true },
	"sort_order":   func(i *outline.Item) (uint64, bool) { return sortableFloat(i.SortOrder), true },
	"sequence_id":  func(i *outline.Item) (uint64, bool) { return sortable(int64(i.Sequence)), true },
	"start_date":   func(i *outline.Item) (uint64, bool) { return sortable(int64(i.Start)), i.Start != outline.None },
	"target_date":  func(i *outline.Item) (uint64, bool) { return sortable(int64(i.Target)), i.Target != outline.None },
	"completed_at": func(i *outline.Item) (uint64, bool) { return sortable(i.Completed), i.Completed != outline.None },
	"priority":     func(i *outline.Item) (uint64, bool) { return uint64(i.Priority), true },
}

func sortable(n int64) uint64 { return uint64(n) ^ 1<<63 }

func sortableFloat(f float64) uint64 {
	bits := math.Float64bits(f + 0) // no negative zero
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

// recallable says whether outlines can be sorted so.
func (o Order) recallable() bool {
	if o.feed && (o.key == "issue_module__module__name" || o.key == "issue_cycle__cycle__name" || o.key == "created_by__first_name" || o.key == "estimate_point__value") {
		return false // names of the other lists
	}
	return !o.nulls && (named[o.key].table != "" || ranked[o.key] != nil || orderKeys[o.key].byState != nil)
}

// rank is the order over outlines; what outlines don't know (names, mostly) was read before.
func (o Order) rank(r *recalled) rank {
	turn := func(key uint64, ok bool) uint64 {
		switch {
		case !ok && o.feed && o.desc:
			return 0
		case !ok:
			return last
		case o.desc:
			return last - 1 - key
		}
		return key
	}
	if o.feed && o.key == "priority" {
		most := uint64(len(outline.Priorities) - 1)
		return func(i *outline.Item, _ []outline.Tie) uint64 { return turn(most-min(uint64(i.Priority), most), true) }
	}
	if of := ranked[o.key]; of != nil {
		return func(i *outline.Item, _ []outline.Tie) uint64 { return turn(of(i)) }
	}
	if compare := orderKeys[o.key].byState; compare != nil {
		if o.feed {
			compare = orderKeys["state__group"].byState
		}
		places, beyond := r.statePlaces(compare)
		return func(i *outline.Item, _ []outline.Tie) uint64 {
			if n, ok := places[i.State]; ok {
				return turn(uint64(n), true)
			}
			return turn(beyond, true)
		}
	}
	by, places := named[o.key], r.known.places
	return func(i *outline.Item, ties []outline.Tie) uint64 {
		if by.of != nil {
			n, ok := places[by.of(i)]
			return turn(uint64(n), ok)
		}
		least, most, any := uint64(last), uint64(0), false // removed ones too, as the reference sorts
		for _, tie := range ties {
			if n, ok := places[tie.Ref()]; ok && tie.Kind() == by.kind {
				least, most, any = min(least, uint64(n)), max(most, uint64(n)), true
			}
		}
		if o.feed {
			least = most
		}
		return turn(least, any)
	}
}

// statePlaces is where each state stands, equal ones at the same place, and the place of what has none of them.
func (r *recalled) statePlaces(compare func(x, y StateInfo) int) (map[outline.Ref]int, uint64) {
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

// readNames reads the names that the order asks for, before any outline is locked; false when the outlines are not there.
func (r *recalled) readNames(t *store.Tx, projects []string) (bool, error) {
	by, ok := named[r.q.Order.key]
	if !ok {
		return true, nil
	}
	k := &known{}
	there := r.book.Peek(projects, func(found []*outline.Outline) {
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
func (r *recalled) knows() bool {
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
func (r *recalled) namedRefs() map[outline.Ref]bool {
	by := named[r.q.Order.key]
	refs := map[outline.Ref]bool{}
	r.all(func(i *outline.Item, ties []outline.Tie) {
		if by.of != nil {
			refs[by.of(i)] = true
			return
		}
		for _, tie := range ties {
			if tie.Kind() == by.kind {
				refs[tie.Ref()] = true
			}
		}
	})
	delete(refs, 0)
	return refs
}

// placesByName reads names and says where each stands among them.
func (r *recalled) placesByName(t *store.Tx, table, column string, ids []string, names *outline.Names) (map[outline.Ref]int, error) {
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
