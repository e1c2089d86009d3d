package outline

import "sync"

// Names are the ids that outlines know, each by a Ref. They only grow; an Index begins with new ones when they fill its
// room.
type Names struct {
	mu   sync.RWMutex
	refs map[string]Ref
	ids  []string // by Ref
}

// NewNames are none but that of nothing.
func NewNames() *Names { return &Names{refs: map[string]Ref{"": 0}, ids: []string{""}} }

// Ref is what stands for an id; false when no work item was ever seen to have it.
func (n *Names) Ref(id string) (Ref, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	r, ok := n.refs[id]
	return r, ok && r != 0
}

// ID is what a Ref stands for.
func (n *Names) ID(r Ref) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.ids[r]
}

// All are what the Refs that there are now stand for, by Ref; nobody changes them.
func (n *Names) All() []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.ids
}

// Len is how many there are: all Refs are smaller.
func (n *Names) Len() int {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return len(n.ids)
}

// ref makes what stands for an id; n.mu is held.
func (n *Names) ref(id string) Ref {
	if r, ok := n.refs[id]; ok {
		return r
	}
	r := Ref(len(n.ids))
	id = string([]byte(id)) // not the whole text that it is a part of
	n.refs[id], n.ids = r, append(n.ids, id)
	return r
}
