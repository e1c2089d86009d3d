package document

import "sync"

// nodeType is what the editor knows of one kind of node.
type nodeType struct {
	name   string
	inline bool // it stands in a line of text
	block  bool // it stands wherever a block may
	holds  content
	plain  bool // its text has no marks and keeps its spaces
	attrs  []attribute
	html   shape

	wraps [2]map[*nodeType][]*nodeType // by state: what goes around a node of that type, outermost first
}

func (t *nodeType) leaf() bool { return t.holds.rest == nil }

// inlineContent says that a node of the type holds a line of text.
func (t *nodeType) inlineContent() bool { return !t.leaf() && t.holds.rest[0].inline }

// content is a rule of what a node holds: perhaps one node of a type first, then any of some types.
type content struct {
	first *nodeType
	rest  []*nodeType
	some  bool // there has to be something
}

// A node's content is in one of two states. What may come next, and whether it may end, depends on no more.
const (
	empty = iota // nothing is there yet
	begun
)

// next lists what may come, in the order of preference.
func (c content) next(state int) []*nodeType {
	if state == empty && c.first != nil {
		return []*nodeType{c.first}
	}
	return c.rest
}

func (c content) allows(state int, t *nodeType) bool {
	for _, may := range c.next(state) {
		if may == t {
			return true
		}
	}
	return false
}

// lacks says that the content may not end in this state.
func (c content) lacks(state int) bool { return state == empty && (c.some || c.first != nil) }

// around finds the fewest nodes that go around a node of a type so that it fits: none if it fits as it is.
func (t *nodeType) around(state int, target *nodeType) (wrap []*nodeType, ok bool) {
	wrap, ok = t.wraps[state][target]
	return wrap, ok
}

// findWraps fills wraps, by a search in breadth.
func (t *nodeType) findWraps(targets []*nodeType) {
	type step struct {
		may  []*nodeType
		path []*nodeType
	}
	for state := range t.wraps {
		t.wraps[state] = map[*nodeType][]*nodeType{}
		seen := map[*nodeType]bool{}
		for todo := []step{{may: t.holds.next(state)}}; len(todo) > 0; todo = todo[1:] {
			at := todo[0]
			for _, target := range targets {
				_, found := t.wraps[state][target]
				if !found && contains(at.may, target) {
					t.wraps[state][target] = at.path
				}
			}
			for _, inner := range at.may {
				if !inner.leaf() && !seen[inner] {
					seen[inner] = true
					path := append(at.path[:len(at.path):len(at.path)], inner)
					todo = append(todo, step{may: inner.holds.next(empty), path: path})
				}
			}
		}
	}
}

func contains(list []*nodeType, t *nodeType) bool {
	for _, one := range list {
		if one == t {
			return true
		}
	}
	return false
}

// filled returns a node of the type with what has to be in it.
func (t *nodeType) filled() Node {
	n := Node{Type: t.name, Attrs: complete(t.attrs, nil)}
	if t.holds.lacks(empty) {
		n.Content = []Node{t.holds.next(empty)[0].filled()}
	}
	return n
}

// markType is what the editor knows of one kind of mark. A text has one mark of a type at most.
type markType struct {
	name  string
	rank  int  // the order in which marks stand, the outermost first
	alone bool // it bears no other marks
	attrs []attribute
	html  shape
}

// schema is what one editor knows.
type schema struct {
	doc, text *nodeType
	nodes     map[string]*nodeType
	marks     map[string]*markType
}

var schemas = map[Variant]func() *schema{
	Rich: sync.OnceValue(func() *schema { return newSchema(Rich) }),
	Page: sync.OnceValue(func() *schema { return newSchema(Page) }),
}

func (v Variant) schema() *schema {
	if s, ok := schemas[v]; ok {
		return s()
	}
	return schemas[Page]()
}

func newSchema(v Variant) *schema {
	s := &schema{nodes: map[string]*nodeType{}, marks: map[string]*markType{}}
	var all, blocks, inlines []*nodeType
	for _, n := range nodeTable() {
		if n.name == embedName && v == Rich {
			continue
		}
		t := &n
		all = append(all, t)
		s.nodes[n.name] = t
		switch {
		case t.block:
			blocks = append(blocks, t)
		case t.inline:
			inlines = append(inlines, t)
		}
	}
	for _, t := range all {
		t.holds = rule(contents[t.name], s.nodes, blocks, inlines)
	}
	for _, t := range all {
		t.findWraps(all)
	}
	for rank, m := range markTable() {
		m.rank = rank
		s.marks[m.name] = &m
	}
	s.doc, s.text = s.nodes["doc"], s.nodes["text"]
	return s
}
