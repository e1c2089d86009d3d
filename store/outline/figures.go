package outline

import (
	"maps"
	"slices"
	"unsafe"
)

// Figures are how many outlines there are, of how many work items, and how much memory these take, for who watches the
// server.
type Figures struct{ Outlines, Items, Bytes int64 }

// Figures are those of now.
func (b *Index) Figures() (f Figures) {
	b.mu.Lock()
	all := slices.Collect(maps.Values(b.outlines))
	b.mu.Unlock()
	for _, o := range all {
		o.mu.RLock()
		f.Outlines++
		f.Items += int64(len(o.items))
		f.Bytes += int64(cap(o.items))*int64(unsafe.Sizeof(Issue{})) + int64(cap(o.ties))*int64(unsafe.Sizeof(Link(0)))
		o.mu.RUnlock()
	}
	return f
}
