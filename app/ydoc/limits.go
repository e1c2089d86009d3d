package ydoc

import "math"

// Limits bound what updates may ask for. Zero fields stand for DefaultLimits.
type Limits struct {
	Update   int // bytes of one update
	Document int // bytes of the document in memory, as Size counts them
	Pending  int // bytes in memory of what waits for updates that are not here yet
	Structs  int // structs and deletions in one update
	Clients  int // clients in one update or state vector
	Depth    int // of elements in elements
	Values   int // depth of one attribute, mark or embed
	Steps    int // comparisons with what others wrote at the same place, in one update
}

// DefaultLimits are far above what editors write and low enough for a small server.
var DefaultLimits = Limits{
	Update:   16 << 20,
	Document: 96 << 20,
	Pending:  8 << 20,
	Structs:  400_000,
	Clients:  100_000,
	Depth:    200,
	Values:   50,
	Steps:    2_000_000,
}

// unlimited is for what was written here.
var unlimited = Limits{
	Update: math.MaxInt, Document: math.MaxInt, Pending: math.MaxInt, Structs: math.MaxInt, Clients: math.MaxInt,
	Depth: math.MaxInt, Values: math.MaxInt, Steps: math.MaxInt,
}

func (l Limits) filled() Limits {
	fill := func(n *int, with int) {
		if *n == 0 {
			*n = with
		}
	}
	fill(&l.Update, DefaultLimits.Update)
	fill(&l.Document, DefaultLimits.Document)
	fill(&l.Pending, DefaultLimits.Pending)
	fill(&l.Structs, DefaultLimits.Structs)
	fill(&l.Clients, DefaultLimits.Clients)
	fill(&l.Depth, DefaultLimits.Depth)
	fill(&l.Values, DefaultLimits.Values)
	fill(&l.Steps, DefaultLimits.Steps)
	return l
}
