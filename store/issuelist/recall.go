package issuelist

import (
	"cmp"
	"slices"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

// slow is how long a list may take the database before outlines of its projects are made for the next ones.
const slow = 2 * time.Millisecond

// indexed is a list that is found in outlines; the rows that a page shows are read afterwards.
type indexed struct {
	q        Query
	index    *outline.Index
	outlines []*outline.Outline
	names    *outline.Names
	inScope  cond
	trees    []tree
	known    *known // names that the order asks for
	texts    *texts // that the order is by; nil: by something else
}

// fromIndex finds the list in outlines; false when they are not there, or don't know enough for it.
func (q Query) fromIndex(t *store.Tx, do func(r *indexed) error) (bool, error) {
	r, ok := q.indexed(t)
	if !ok {
		return false, nil
	}
	projects := slices.Concat(q.Scope.Projects, q.Scope.Own)
	for range nameAttempts {
		if there, err := r.readNames(t, projects); !there || err != nil {
			return false, err
		}
		var inner error
		known := true
		done, err := r.index.Read(t, projects, func(found []*outline.Outline) {
			r.outlines, r.names = found, found[0].Names()
			known = r.knows()
			if ok = r.prepare(); ok && known {
				inner = do(r)
			}
		})
		if err == nil {
			err = inner
		}
		if err != nil || !done || !ok || known {
			return done && ok, err
		}
	}
	return false, nil
}

// indexed returns what recall begins with; false when the list asks for what no outline has.
func (q Query) indexed(t *store.Tx) (*indexed, bool) {
	if !q.Scope.indexable() || !q.Order.indexable() || !t.Reads() {
		return nil, false
	}
	return &indexed{q: q, index: outline.Of(t), names: outline.NewNames()}, true
}

// FromIndex finds a part of the list in outlines, if they are there: the ids, and how long the list is.
func (q Query) FromIndex(t *store.Tx, offset, limit int) (ids []string, total int, found bool, err error) {
	found, err = q.fromIndex(t, func(r *indexed) error {
		ids, _, total = r.page(offset, limit)
		return nil
	})
	return ids, total, found, err
}

// OrLoadIndex runs what the database does for a list, and sees to it that it need not do so again when it takes long.
func (q Query) OrLoadIndex(t *store.Tx, do func() error) error {
	began := time.Now()
	err := do()
	if r, ok := q.indexed(t); ok && err == nil && time.Since(began) > slow && r.prepare() {
		r.index.RequestLoad(slices.Concat(q.Scope.Projects, q.Scope.Own))
	}
	return err
}

// prepare looks up what the query speaks of; false when outlines don't know all of it.
func (r *indexed) prepare() bool {
	m := &matcher{names: r.names, states: r.q.States}
	r.trees = nil
	for _, f := range r.q.Filters {
		tr, ok := m.tree(f, r.q.Each)
		if !ok {
			return false
		}
		r.trees = append(r.trees, tr)
	}
	r.inScope = r.q.Scope.match(m)
	return true
}

// times says how often a candidate is in the list.
func (r *indexed) times(c *candidate) int {
	if !r.inScope(c) {
		return 0
	}
	n := 1
	for i := range r.trees {
		if n *= r.trees[i].times(c); n == 0 {
			return 0
		}
	}
	if r.q.Each {
		return n
	}
	return 1
}

// all hands over every work item, in the list or not.
func (r *indexed) all(do func(i *outline.Issue, ties []outline.Link)) {
	for _, o := range r.outlines {
		items := o.Items()
		for n := range items {
			do(&items[n], o.Links(&items[n]))
		}
	}
}

// entry is an appearance of a work item in the list.
type entry struct {
	key uint64 // its rank
	o   uint32
	n   uint32
}

func (r *indexed) item(e entry) *outline.Issue { return &r.outlines[e.o].Items()[e.n] }

// compare is the list's order.
func (r *indexed) compare(x, y entry) int {
	if x.key != y.key {
		return cmp.Compare(x.key, y.key)
	}
	if c := r.compareTexts(x, y); c != 0 {
		return c
	}
	newest := 0
	switch {
	case x.o == y.o:
		newest = cmp.Compare(x.n, y.n)
	case outline.Newer(r.item(x), r.item(y)):
		newest = -1
	default:
		newest = 1
	}
	if r.q.Order.byAge && !r.q.Order.desc || r.q.Order.public && !r.q.Order.byAge {
		return -newest
	}
	return newest
}

// each hands over the list's entries, in no order but that of the outlines.
func (r *indexed) each(do func(e entry)) {
	key := r.q.Order.rank(r)
	for o, from := range r.outlines {
		c := candidate{outline: from}
		items := from.Items()
		for n := range items {
			c.item, c.ties = &items[n], from.Links(&items[n])
			times := r.times(&c)
			if times == 0 {
				continue
			}
			e := entry{key(&c), uint32(o), uint32(n)}
			for range times {
				do(e)
			}
		}
	}
}

// sorted are the entries in order.
func (r *indexed) sorted() (list []entry) {
	r.each(func(e entry) { list = append(list, e) })
	if !r.q.Order.byAge || !r.q.Order.desc {
		slices.SortFunc(list, r.compare)
		return list
	}
	var runs [][]entry // each outline's are in order already
	for rest := list; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(e entry) bool { return e.o != rest[0].o })
		if n < 0 {
			n = len(rest)
		}
		runs, rest = append(runs, rest[:n]), rest[n:]
	}
	return merged(runs, r.compare)
}

// part are the entries from a place of the order on to another one, in order, and how many there are in all.
func (r *indexed) part(from, n int) (list []entry, total int) {
	beyond := uint64(last) // what has a larger key is none of the first
	r.each(func(e entry) {
		total++
		if e.key > beyond {
			return
		}
		if list = append(list, e); len(list) > 2*n+1000 {
			firstOf(list, n, r.compare)
			list, beyond = list[:n], 0
			for _, e := range list {
				beyond = max(beyond, e.key)
			}
		}
	})
	from, n = min(from, len(list)), min(n, len(list))
	firstOf(list, n, r.compare)
	list = list[:n]
	firstOf(list, from, r.compare)
	slices.SortFunc(list[from:], r.compare)
	return list[from:], total
}

// page returns the ids from a place of the list on, with their ties, and how long the list is.
func (r *indexed) page(offset, limit int) (ids []string, ties map[string]rowLinks, total int) {
	shown, total := r.part(offset, offset+limit)
	ties = map[string]rowLinks{}
	for _, e := range shown {
		from := r.outlines[e.o]
		c := candidate{outline: from, item: r.item(e), ties: from.Links(r.item(e))}
		id := c.item.ID.String()
		ids, ties[id] = append(ids, id), r.linksOf(&c)
	}
	return ids, ties, total
}

// linksOf are the ties of a row, those to archived modules too.
func (r *indexed) linksOf(c *candidate) (ties rowLinks) {
	for _, t := range c.ties {
		if t.Removed() {
			continue
		}
		id := r.names.ID(t.Ref())
		switch t.Kind() {
		case outline.Labels:
			ties.labels = append(ties.labels, id)
		case outline.Assignees:
			ties.assignees = append(ties.assignees, id)
		case outline.Modules:
			ties.modules = append(ties.modules, id)
		case outline.Cycles:
			ties.cycle = &id
		}
	}
	for _, list := range []*[]string{&ties.labels, &ties.assignees, &ties.modules} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return ties
}

// count is how long the list is.
func (r *indexed) count() (total int) {
	for _, from := range r.outlines {
		c := candidate{outline: from}
		items := from.Items()
		for n := range items {
			c.item, c.ties = &items[n], from.Links(&items[n])
			total += r.times(&c)
		}
	}
	return total
}
