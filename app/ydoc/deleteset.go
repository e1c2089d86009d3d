package ydoc

import (
	"cmp"
	"fmt"
	"slices"
)

// A span is a row of clocks of one client.
type span struct{ clock, length uint64 }

func (s span) end() uint64 { return s.clock + s.length }

// A deleteSet says of each client what is deleted.
type deleteSet map[uint64][]span

func (s *deleteSet) add(client uint64, sp span) {
	if *s == nil {
		*s = deleteSet{}
	}
	(*s)[client] = append((*s)[client], sp)
}

// merge sorts the spans and joins those that touch.
func (s deleteSet) merge() {
	for client, spans := range s {
		slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.clock, b.clock) })
		joined := spans[:min(1, len(spans))]
		for _, right := range spans[len(joined):] {
			if left := &joined[len(joined)-1]; left.end() >= right.clock {
				left.length = max(left.length, right.end()-left.clock)
			} else {
				joined = append(joined, right)
			}
		}
		s[client] = joined
	}
}

// appendTo encodes the set, the highest client first.
func (s deleteSet) appendTo(b []byte) []byte {
	b = appendUint(b, uint64(len(s)))
	for _, client := range descending(s) {
		b = appendUint(appendUint(b, client), uint64(len(s[client])))
		for _, sp := range s[client] {
			b = appendUint(appendUint(b, sp.clock), sp.length)
		}
	}
	return b
}

// deleteSet reads one.
func (r *reader) deleteSet(limits limits) deleteSet {
	var s deleteSet
	clients, spans := r.uint(), 0
	most := limits.structs()
	if clients > uint64(most) {
		r.tooLarge("a delete set of more than %d clients", most)
	}
	for ; clients > 0 && r.err == nil; clients-- {
		client := r.uint()
		for n := r.uint(); n > 0 && r.err == nil; n-- {
			sp := span{r.uint(), r.uint()}
			if spans++; spans > most {
				r.tooLarge("more than %d deletions", most)
			}
			if sp.end() > maxSafe {
				r.fail("a clock is out of range")
			}
			if r.err == nil && sp.length > 0 {
				s.add(client, sp)
			}
		}
	}
	return s
}

func (r *reader) tooLarge(format string, most int) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: "+format, ErrTooLarge, most)
	}
	r.b = nil
}

// descending returns the keys, the highest first.
func descending[V any](m map[uint64]V) []uint64 {
	keys := make([]uint64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b uint64) int { return cmp.Compare(b, a) })
	return keys
}
