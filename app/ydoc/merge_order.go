package ydoc

import (
	"cmp"
	"slices"
)

// compareCursors orders by client, the highest first, then by clock. Of two that begin at the same clock, one
// collected and one not, each is before the other: so does Yjs, and the bytes show which one was first.
func compareCursors(a, b *cursor) int {
	x, y := a.block(), b.block()
	if order := cmp.Or(cmp.Compare(y.client, x.client), cmp.Compare(x.clock, y.clock)); order != 0 {
		return order
	}
	if (x.kind == kindGC) != (y.kind == kindGC) {
		return -1
	}
	return 0
}

// sortCursors compares in the order in which V8 sorts up to 63 elements (third_party/v8/builtins/array-sort.tq): a run
// from the start, the others by binary insertion.
func sortCursors(cursors []*cursor) {
	sorted := firstRun(cursors)
	for ; sorted < len(cursors); sorted++ {
		moved := cursors[sorted]
		low, high := 0, sorted
		for low < high {
			if middle := (low + high) / 2; compareCursors(moved, cursors[middle]) < 0 {
				high = middle
			} else {
				low = middle + 1
			}
		}
		copy(cursors[low+1:sorted+1], cursors[low:sorted])
		cursors[low] = moved
	}
}

// firstRun returns how many cursors at the start are in order, after turning those round that are in reverse order.
func firstRun(cursors []*cursor) int {
	if len(cursors) < 2 {
		return len(cursors)
	}
	descending, n := compareCursors(cursors[1], cursors[0]) < 0, 2
	for n < len(cursors) && (compareCursors(cursors[n], cursors[n-1]) < 0) == descending {
		n++
	}
	if descending {
		slices.Reverse(cursors[:n])
	}
	return n
}
