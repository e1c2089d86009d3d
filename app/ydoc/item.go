package ydoc

// An item is one struct of a document. It stands in the list of its client (by clock) and, unless it is collected, in
// the list of its parent's children or of the values of one attribute.
type item struct {
	id
	length      uint64
	left, right *item
	origin      id
	rightOrigin id
	parent      *branch
	sub         *string // the attribute; nil: a child
	// What the item holds. kindString: UTF-8. kindBinary: bytes. kindEmbed: JSON. kindAny, kindJSON: the encoded values
	// one after the other. kindFormat, kindType, kindDoc: as on the wire. Else nothing.
	data    []byte
	branch  *branch // of kindType
	kind    kind
	deleted bool
	shared  bool   // its data is part of what others hold too
	ordinal uint32 // when it was passed
	passed  uint64 // in which search for a place
}

// itemSize and branchSize are about what one takes in memory beside its data.
const (
	itemSize   = 160
	branchSize = 128
)

// size returns about what the item takes in memory.
func (it *item) size() int {
	n := itemSize + len(it.data)
	if it.sub != nil {
		n += len(*it.sub)
	}
	if it.branch != nil {
		n += branchSize
	}
	return n
}

func (it *item) end() uint64 { return it.clock + it.length }

func (it *item) last() id { return id{it.client, it.end() - 1} }

func (it *item) countable() bool {
	return it.kind != kindFormat && it.kind != kindDeleted && it.kind != kindGC
}

// joins says whether right may become part of it.
func (it *item) joins(right *item) bool {
	if it.deleted != right.deleted || it.kind != right.kind {
		return false
	}
	if it.kind == kindGC {
		return true
	}
	switch it.kind {
	case kindString, kindAny, kindJSON, kindDeleted:
		return right.origin == it.last() && it.right == right && it.rightOrigin == right.rightOrigin
	default:
		return false
	}
}

// absorb makes right, which joins, part of it.
func (it *item) absorb(right *item) {
	it.length += right.length
	it.data = append(it.data, right.data...)
	if it.kind == kindGC {
		return
	}
	it.right = right.right
	if it.right != nil {
		it.right.left = it
	}
}

// Types of Yjs, by their numbers on the wire.
const (
	refArray    = 0
	refMap      = 1
	refText     = 2
	refElement  = 3
	refFragment = 4
	refHook     = 5
	refXMLText  = 6
)

// A branch is what items are in: an element, a text, a root.
type branch struct {
	ref   byte
	depth int    // of elements around it
	name  string // of an element, or of a root
	item  *item  // that holds it; nil of a root
	start *item
	attrs attributes
}

// attributes keep the newest value of each attribute in the order in which they were first set.
type attributes struct {
	all   []*item
	index map[string]int // of many only
}

const fewAttributes = 12

func (a *attributes) find(sub string) int {
	if a.index != nil {
		if i, ok := a.index[sub]; ok {
			return i
		}
		return -1
	}
	for i, it := range a.all {
		if *it.sub == sub {
			return i
		}
	}
	return -1
}

func (a *attributes) get(sub string) *item {
	if i := a.find(sub); i >= 0 {
		return a.all[i]
	}
	return nil
}

func (a *attributes) set(it *item) {
	if i := a.find(*it.sub); i >= 0 {
		a.all[i] = it
		return
	}
	a.all = append(a.all, it)
	switch {
	case a.index != nil:
		a.index[*it.sub] = len(a.all) - 1
	case len(a.all) > fewAttributes:
		a.reindex()
	}
}

// drop forgets an attribute that has no value left.
func (a *attributes) drop(sub string) {
	if i := a.find(sub); i >= 0 {
		a.all = append(a.all[:i:i], a.all[i+1:]...)
		a.index = nil
		if len(a.all) > fewAttributes {
			a.reindex()
		}
	}
}

func (a *attributes) reindex() {
	a.index = make(map[string]int, len(a.all))
	for i, it := range a.all {
		a.index[*it.sub] = i
	}
}
