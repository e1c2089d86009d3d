package issuelist

import (
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

// A list over outlines evaluates its filters here as the database does (filter.go has the statements that it equals).

// candidate is a work item that may be in the list.
type candidate struct {
	outline *outline.Outline
	item    *outline.Item
	ties    []outline.Tie
	bound   [len(tieKinds)]boundTie // the ties that conditions under no Not speak of
}

// boundTie is the one tie of a kind that is being looked at; none is there when the work item has no tie of the kind.
type boundTie struct {
	bound, none bool
	tie         outline.Tie
}

// tieKinds are the relations that outlines know.
var tieKinds = [...]Relation{outline.Labels: Labels, outline.Assignees: Assignees, outline.Subscribers: Subscribers, outline.Cycles: Cycles, outline.Modules: Modules}

func kindOf(r Relation) (outline.Kind, bool) {
	n := slices.Index(tieKinds[:], r)
	return outline.Kind(max(n, 0)), n >= 0
}

// cond says whether a candidate fits.
type cond func(c *candidate) bool

func always(*candidate) bool { return true }
func never(*candidate) bool  { return false }

// matcher turns filters into conditions.
type matcher struct {
	names  *outline.Names
	states States
	joined []outline.Kind // whose one tie conditions speak of
}

// tree is one of a query's filters.
type tree struct {
	fits cond
	many []outline.Kind // kinds of which one tie has to fit everywhere
	each bool           // every such tie counts
}

func (m *matcher) tree(f Filter, each bool) (tree, bool) {
	found := map[Relation]int{}
	ties(f, found)
	tr := tree{each: each}
	if each || shared(f) {
		for r := range several(found) {
			k, ok := kindOf(r)
			if !ok {
				return tr, false
			}
			tr.many = append(tr.many, k)
		}
	}
	m.joined = tr.many
	var ok bool
	tr.fits, ok = m.compile(f, false)
	return tr, ok
}

// times says how often the candidate is in the list, as far as this filter goes.
func (tr *tree) times(c *candidate) int {
	if len(tr.many) == 0 {
		if tr.fits(c) {
			return 1
		}
		return 0
	}
	return tr.bind(c, tr.many)
}

func (tr *tree) bind(c *candidate, kinds []outline.Kind) int {
	if len(kinds) == 0 {
		if tr.fits(c) {
			return 1
		}
		return 0
	}
	k, n, any := kinds[0], 0, false
	for _, t := range c.ties {
		if t.Kind() != k {
			continue
		}
		any = true
		c.bound[k] = boundTie{bound: true, tie: t}
		n += tr.bind(c, kinds[1:])
		if n > 0 && !tr.each {
			break
		}
	}
	if !any {
		c.bound[k] = boundTie{bound: true, none: true}
		n = tr.bind(c, kinds[1:])
	}
	c.bound[k] = boundTie{}
	return n
}

// compile turns a filter into a condition; false when outlines don't know what it asks. What has no value fits nothing,
// so that NULL needs no value of its own here.
func (m *matcher) compile(f Filter, below bool) (cond, bool) {
	switch f := f.(type) {
	case All:
		return m.compileAll(f, below)
	case Any:
		return m.compileAny(f, below)
	case Not:
		inner, ok := m.compile(f.Filter, true)
		return func(c *candidate) bool { return !inner(c) }, ok
	case Never:
		return never, true
	case In:
		return m.in(f)
	case InGroup:
		return m.in(In{State, m.states.inGroups(f)})
	case Null:
		return missing(f.Field)
	case Between:
		return between(f)
	case After:
		return after(f)
	case Contains:
		return containsDay(f)
	case Flag:
		return func(*candidate) bool { return !f.Value }, f.Field == IsDraft
	case Has:
		return m.has(f, below)
	case Lacks:
		k, ok := kindOf(f.Relation)
		return func(c *candidate) bool {
			return !slices.ContainsFunc(c.ties, func(t outline.Tie) bool { return t.Kind() == k })
		}, ok
	}
	return never, false
}

func (m *matcher) compileEach(fs []Filter, below bool) ([]cond, bool) {
	conds := make([]cond, len(fs))
	for n, f := range fs {
		var ok bool
		if conds[n], ok = m.compile(f, below); !ok {
			return nil, false
		}
	}
	return conds, true
}

func (m *matcher) compileAll(fs []Filter, below bool) (cond, bool) {
	conds, ok := m.compileEach(fs, below)
	return func(c *candidate) bool {
		for _, fits := range conds {
			if !fits(c) {
				return false
			}
		}
		return true
	}, ok
}

func (m *matcher) compileAny(fs []Filter, below bool) (cond, bool) {
	if len(fs) == 0 {
		return always, true
	}
	conds, ok := m.compileEach(fs, below)
	return func(c *candidate) bool {
		for _, fits := range conds {
			if fits(c) {
				return true
			}
		}
		return false
	}, ok
}

// refset says of each Ref whether it is in the set. It is as long as there were Refs when the outlines were read.
type refset []bool

// refs are what stands for ids, those that no work item has left out.
func (m *matcher) refs(ids []string) refset {
	refs := make(refset, m.names.Len())
	for _, id := range ids {
		if r, ok := m.names.Ref(id); ok && int(r) < len(refs) {
			refs[r] = true
		}
	}
	return refs
}

func (m *matcher) in(f In) (cond, bool) {
	refs := m.refs(f.Values)
	switch f.Field {
	case State:
		return func(c *candidate) bool { return refs[c.item.State] }, true
	case CreatedBy:
		return func(c *candidate) bool { return refs[c.item.CreatedBy] }, true
	case EstimatePoint:
		return func(c *candidate) bool { return refs[c.item.Estimate] }, true
	case Project:
		return func(c *candidate) bool { return slices.Contains(f.Values, c.outline.Project) }, true
	case Priority:
		var wanted [8]bool
		for n, p := range outline.Priorities {
			wanted[n] = slices.Contains(f.Values, p)
		}
		return func(c *candidate) bool { return wanted[c.item.Priority] }, true
	}
	return never, false
}

func missing(field Field) (cond, bool) {
	switch field {
	case State:
		return func(c *candidate) bool { return c.item.State == 0 }, true
	case CreatedBy:
		return func(c *candidate) bool { return c.item.CreatedBy == 0 }, true
	case EstimatePoint:
		return func(c *candidate) bool { return c.item.Estimate == 0 }, true
	case Parent:
		return func(c *candidate) bool { return !c.item.Child }, true
	case StartDate, TargetDate, CompletedAt:
		value, _ := number(field)
		return func(c *candidate) bool { return value(c.item) == outline.None }, true
	case ArchivedAt:
		return always, true
	case Priority, Project, CreatedAt, UpdatedAt, Name, ID, IsDraft:
		return never, true
	}
	return never, false
}

// number is a day or a time of a work item.
func number(field Field) (func(i *outline.Item) int64, bool) {
	switch field {
	case StartDate:
		return func(i *outline.Item) int64 { return int64(i.Start) }, true
	case TargetDate:
		return func(i *outline.Item) int64 { return int64(i.Target) }, true
	case CreatedAt:
		return func(i *outline.Item) int64 { return i.Created }, true
	case UpdatedAt:
		return func(i *outline.Item) int64 { return i.Updated }, true
	case CompletedAt:
		return func(i *outline.Item) int64 { return i.Completed }, true
	}
	return nil, false
}

// end is one end of a Between, as items have it.
func end(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case store.Date:
		day := outline.Day(string(v))
		return int64(day), day != outline.None
	case time.Time:
		return v.UnixMicro(), v.Nanosecond()%1000 == 0
	}
	return 0, false
}

func between(f Between) (cond, bool) {
	value, ok := number(f.Field)
	var from, to int64
	if ok && f.From != nil {
		from, ok = end(f.From)
	}
	if ok && f.To != nil {
		to, ok = end(f.To)
	}
	return func(c *candidate) bool {
		v := value(c.item)
		return v != outline.None && (f.From == nil || v >= from) && (f.To == nil || v < to)
	}, ok
}

func after(f After) (cond, bool) {
	value, ok := number(f.Field)
	at := f.Time.UnixMicro()
	return func(c *candidate) bool { v := value(c.item); return v != outline.None && v > at }, ok
}

func containsDay(f Contains) (cond, bool) {
	if f.Field != StartDate && f.Field != TargetDate {
		return never, false
	}
	value, ok := number(f.Field)
	return func(c *candidate) bool {
		day := value(c.item)
		return day != outline.None && strings.Contains(outline.DayText(int32(day)), f.Text)
	}, ok
}

func (m *matcher) has(f Has, below bool) (cond, bool) {
	k, ok := kindOf(f.Relation)
	refs := m.refs(f.Values)
	switch {
	case below:
		return func(c *candidate) bool {
			ever, now := false, false
			for _, t := range c.ties {
				if t.Kind() == k {
					ever, now = ever || refs[t.Ref()], now || !t.Removed()
				}
			}
			return ever && now
		}, ok
	case slices.Contains(m.joined, k):
		return func(c *candidate) bool {
			b := c.bound[k]
			return !b.none && refs[b.tie.Ref()] && (f.Removed || !b.tie.Removed())
		}, ok
	}
	return func(c *candidate) bool {
		for _, t := range c.ties {
			if t.Kind() == k && refs[t.Ref()] && (f.Removed || !t.Removed()) {
				return true
			}
		}
		return false
	}, ok
}
