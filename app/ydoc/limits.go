package ydoc

import "math"

// limits bound what updates may ask for.
type limits struct {
	document int // bytes in memory, as Size counts them, and of an update
	pending  int // bytes in memory of what waits for updates that are not here yet
	depth    int // of elements in elements
	values   int // depth of one attribute, mark or embed
	steps    int // comparisons with what others wrote at the same place, in one update
}

// defaults are far above what editors write and low enough for a small server.
var defaults = limits{
	document: 96 << 20,
	pending:  8 << 20,
	depth:    200,
	values:   50,
	steps:    2_000_000,
}

// unlimited is for what was written here.
var unlimited = limits{
	document: math.MaxInt, pending: math.MaxInt, depth: math.MaxInt, values: math.MaxInt, steps: math.MaxInt,
}

// structs is how many structs, deletions or clients one update or state vector may have: as many as a document may, so
// that every document can be read again.
func (l limits) structs() int { return l.document / itemSize }
