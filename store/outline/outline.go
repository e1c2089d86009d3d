// Package outline keeps in memory, in short, what the work items of large projects are listed by: the columns that
// lists filter, sort and group by, some 100 bytes a work item, without names and texts. A board over 100,000 work items
// then takes some milliseconds, where a database would read them all.
//
// An outline is always what the database has: triggers write down which work items change (issue_changes), and whoever
// reads an outline first reads those again that changed since, on this node or on any other. Nothing is kept of
// projects whose lists are fast anyway.
package outline

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Ref stands for an id (of a state, a label, a person …) among Names; 0 is none.
type Ref uint32

// Kind is what a tie ties to a work item.
type Kind uint8

// The kinds.
const (
	Labels Kind = iota
	Assignees
	Subscribers
	Cycles
	Modules
)

// Link is something tied to a work item, or that once was.
type Link uint32

const (
	kindShift  = 29
	removedBit = 1 << 28
)

func newLink(k Kind, r Ref, removed bool) Link {
	t := Link(k)<<kindShift | Link(r)
	if removed {
		t |= removedBit
	}
	return t
}

// Kind says what is tied.
func (t Link) Kind() Kind { return Kind(t >> kindShift) }

// Removed says whether it was taken away.
func (t Link) Removed() bool { return t&removedBit != 0 }

// Ref is what is tied.
func (t Link) Ref() Ref { return Ref(t & (removedBit - 1)) }

// Value is what a work item has of a property: a number, or what stands for an id or for the beginning of a text.
type Value struct {
	Property Ref
	Ref      Ref
	Number   float64
}

// Prefix is how many characters of a text are its beginning.
const Prefix = 64

// Beginning is the part of a text that outlines know.
func Beginning(text string) string {
	n := 0
	for at := range text {
		if n++; n > Prefix {
			return text[:at]
		}
	}
	return text
}

// None is no day and no time.
const None = math.MinInt32

// Issue is a living work item: not deleted, not archived, no draft.
type Issue struct {
	ID                          uuid.UUID
	Created, Updated, Completed int64 // microseconds since 1970; Completed may be None
	SortOrder                   float64
	State, CreatedBy, Estimate  Ref
	Type                        Ref
	Sequence                    int32
	Start, Target               int32 // days since 1970, or None
	firstTie                    uint32
	ties                        uint32
	firstValue                  uint32
	values                      uint32
	Priority                    uint8 // its place in Priorities
	Child                       bool  // it has a parent
}

// Priorities are the priorities from the least to the most; what is none of them comes after.
var Priorities = []string{"none", "low", "medium", "high", "urgent"}

// Day is a day's number, as items have it; None when the text is no day.
func Day(text string) int32 {
	if text == "" {
		return None
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return None
	}
	return int32(at.Unix() / 86400)
}

// DayText is the day of a number.
func DayText(day int32) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

// newer orders items as lists do where nothing else does: newest first, ids settling what times leave open.
func newer(x, y *Issue) int {
	switch {
	case x.Created > y.Created:
		return -1
	case x.Created < y.Created:
		return 1
	}
	return slices.Compare(y.ID[:], x.ID[:])
}

// Newer says whether x comes before y where the newest come first.
func Newer(x, y *Issue) bool { return newer(x, y) < 0 }

// Outline is one project's.
type Outline struct {
	Project string

	mu     sync.RWMutex
	items  []Issue // newest first
	ties   []Link
	waste  int // ties and values that no item has any more
	values []Value
	size   atomic.Int64
	names  *Names

	refreshing flight

	// Guarded by Index.mu:
	used     time.Time
	followed bool               // changes of it are noted
	ready    bool               // it can be read
	pending  map[uuid.UUID]bool // work items that have changed
}

// Names are those of the Refs.
func (o *Outline) Names() *Names { return o.names }

// Items are the work items, newest first. Only to be read, in Index.Read.
func (o *Outline) Items() []Issue { return o.items }

// Links are those of one of the items, removed ones too.
func (o *Outline) Links(i *Issue) []Link { return o.ties[i.firstTie : i.firstTie+i.ties] }

// Values are what one of the items has of properties.
func (o *Outline) Values(i *Issue) []Value { return o.values[i.firstValue : i.firstValue+i.values] }

// keep takes over what is tied to a read item, and its values.
func (o *Outline) keep(r *row) {
	r.item.firstTie, r.item.ties = uint32(len(o.ties)), uint32(len(r.ties))
	r.item.firstValue, r.item.values = uint32(len(o.values)), uint32(len(r.values))
	o.ties, o.values = append(o.ties, r.ties...), append(o.values, r.values...)
}

// left counts what an item had as waste.
func (o *Outline) left(i *Issue) { o.waste += int(i.ties + i.values) }

// add takes a read item over; order is the caller's matter.
func (o *Outline) add(r *row) {
	o.keep(r)
	o.items = append(o.items, r.item)
}

// replace puts the current state of work items, newest first, in the place of what was known of them. The ids are used
// up.
func (o *Outline) replace(ids map[uuid.UUID]bool, rows []row) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var fresh []row
	for n := range rows {
		if o.overwrite(&rows[n]) {
			delete(ids, rows[n].item.ID)
		} else {
			fresh = append(fresh, rows[n])
		}
	}
	if len(ids) > 0 {
		o.items = slices.DeleteFunc(o.items, func(i Issue) bool {
			if !ids[i.ID] {
				return false
			}
			o.left(&i)
			return true
		})
		o.merge(fresh)
	}
	if o.waste > (len(o.ties)+len(o.values))/2 {
		o.compact()
	}
	o.size.Store(int64(len(o.items)))
}

// overwrite puts a work item in its own place, which most changes leave it; false when it is not there.
func (o *Outline) overwrite(r *row) bool {
	at, found := slices.BinarySearchFunc(o.items, &r.item, func(x Issue, y *Issue) int { return newer(&x, y) })
	if !found {
		return false
	}
	o.left(&o.items[at])
	o.keep(r)
	o.items[at] = r.item
	return true
}

// merge puts read items, newest first, in their places.
func (o *Outline) merge(rows []row) {
	old := len(o.items)
	o.items = slices.Grow(o.items, len(rows))[:old+len(rows)]
	for at, next := len(o.items)-1, len(rows)-1; next >= 0; at-- {
		r := &rows[next]
		if old > 0 && newer(&r.item, &o.items[old-1]) < 0 {
			old--
			o.items[at] = o.items[old]
			continue
		}
		o.keep(r)
		o.items[at] = r.item
		next--
	}
}

// compact leaves out the ties and the values that no item has any more.
func (o *Outline) compact() {
	var ties, values int
	for n := range o.items {
		ties, values = ties+int(o.items[n].ties), values+int(o.items[n].values)
	}
	links, valued := make([]Link, 0, ties), make([]Value, 0, values)
	for n := range o.items {
		i := &o.items[n]
		first, firstValue := uint32(len(links)), uint32(len(valued))
		links, valued = append(links, o.Links(i)...), append(valued, o.Values(i)...)
		i.firstTie, i.firstValue = first, firstValue
	}
	o.ties, o.values, o.waste = links, valued, 0
}
