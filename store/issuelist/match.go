package issuelist

import (
	"slices"

	"github.com/sailplane/sailplane/store/outline"
)

// A list over outlines evaluates its filters as the database does: each kind of filter has both forms beside each
// other.

// candidate is a work item that may be in the list.
type candidate struct {
	outline *outline.Outline
	item    *outline.Issue
	ties    []outline.Link
	bound   [len(linkKinds)]boundLink // the ties that conditions under no Not speak of
}

// boundLink is the one tie of a kind that is being looked at; none is there when the work item has no tie of the kind.
type boundLink struct {
	bound, none bool
	tie         outline.Link
}

// linkKinds are the relations that outlines know.
var linkKinds = [...]Relation{outline.Labels: Labels, outline.Assignees: Assignees, outline.Subscribers: Subscribers,
	outline.Cycles: Cycles, outline.Modules: Modules}

func kindOf(r Relation) (outline.Kind, bool) {
	n := slices.Index(linkKinds[:], r)
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
	links(f, found)
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
	tr.fits, ok = f.match(m, false)
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
		c.bound[k] = boundLink{bound: true, tie: t}
		n += tr.bind(c, kinds[1:])
		if n > 0 && !tr.each {
			break
		}
	}
	if !any {
		c.bound[k] = boundLink{bound: true, none: true}
		n = tr.bind(c, kinds[1:])
	}
	c.bound[k] = boundLink{}
	return n
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

// nobody stands for an id that no work item has.
const nobody = ^outline.Ref(0)

// ref is what stands for an id; 0 for none.
func (m *matcher) ref(id string) outline.Ref {
	if ref, ok := m.names.Ref(id); ok || id == "" {
		return ref
	}
	return nobody
}
