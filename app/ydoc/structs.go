package ydoc

import "slices"

// structs are all that a client wrote, by clock and without gaps, in chunks: inserting moves a chunk's items, not all.
type structs struct {
	chunks [][]*item // none is empty
	count  int
}

const chunkSize = 128

// A place is where an item stands.
type place struct{ chunk, at int }

func (p place) before(other place) bool {
	return p.chunk < other.chunk || p.chunk == other.chunk && p.at < other.at
}

// state returns the next clock.
func (s *structs) state() uint64 {
	if s == nil || s.count == 0 {
		return 0
	}
	return s.item(s.lastPlace()).end()
}

func (s *structs) item(p place) *item { return s.chunks[p.chunk][p.at] }

func (s *structs) lastPlace() place {
	c := len(s.chunks) - 1
	return place{c, len(s.chunks[c]) - 1}
}

// find returns where the item is that has the clock, which has to be below state.
func (s *structs) find(clock uint64) place {
	c := lastBelow(len(s.chunks), func(i int) bool { return s.chunks[i][0].clock <= clock })
	chunk := s.chunks[c]
	return place{c, lastBelow(len(chunk), func(i int) bool { return chunk[i].clock <= clock })}
}

// lastBelow returns the last of n for which below is true; it is for all before, and for the first.
func lastBelow(n int, below func(int) bool) int {
	low, high := 0, n
	for high-low > 1 {
		if middle := int(uint(low+high) >> 1); below(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

func (s *structs) next(p place) (place, bool) {
	if p.at+1 < len(s.chunks[p.chunk]) {
		return place{p.chunk, p.at + 1}, true
	}
	return place{p.chunk + 1, 0}, p.chunk+1 < len(s.chunks)
}

func (s *structs) previous(p place) (place, bool) {
	if p.at > 0 {
		return place{p.chunk, p.at - 1}, true
	}
	if p.chunk == 0 {
		return place{}, false
	}
	return place{p.chunk - 1, len(s.chunks[p.chunk-1]) - 1}, true
}

// add appends an item that begins at state.
func (s *structs) add(it *item) {
	s.count++
	if c := len(s.chunks) - 1; c >= 0 && len(s.chunks[c]) < chunkSize {
		s.chunks[c] = append(s.chunks[c], it)
		return
	}
	s.chunks = append(s.chunks, []*item{it})
}

// insert puts an item behind p.
func (s *structs) insert(p place, it *item) {
	s.count++
	chunk := slices.Insert(s.chunks[p.chunk], p.at+1, it)
	s.chunks[p.chunk] = chunk
	if len(chunk) > chunkSize {
		half := len(chunk) / 2
		behind := slices.Clone(chunk[half:])
		clear(chunk[half:])
		s.chunks[p.chunk] = chunk[:half]
		s.chunks = slices.Insert(s.chunks, p.chunk+1, behind)
	}
}

// remove takes out what is behind from, up to and with to.
func (s *structs) remove(from, to place) {
	if from.chunk == to.chunk {
		s.count -= to.at - from.at
		s.chunks[to.chunk] = slices.Delete(s.chunks[to.chunk], from.at+1, to.at+1)
		return
	}
	s.count -= len(s.chunks[from.chunk]) - from.at - 1 + to.at + 1
	for _, chunk := range s.chunks[from.chunk+1 : to.chunk] {
		s.count -= len(chunk)
	}
	first := s.chunks[from.chunk]
	clear(first[from.at+1:])
	s.chunks[from.chunk] = first[:from.at+1]
	s.chunks[to.chunk] = slices.Delete(s.chunks[to.chunk], 0, to.at+1)
	empty := to.chunk
	if len(s.chunks[to.chunk]) == 0 {
		empty++
	}
	s.chunks = slices.Delete(s.chunks, from.chunk+1, empty)
}

// compact fills chunks up when merging left many nearly empty.
func (s *structs) compact() {
	if len(s.chunks) < 8 || s.count > len(s.chunks)*chunkSize/8 {
		return
	}
	all := slices.Concat(s.chunks...)
	s.chunks = slices.Collect(slices.Chunk(all, chunkSize))
}

// pop takes out the last item.
func (s *structs) pop() {
	c := len(s.chunks) - 1
	last := len(s.chunks[c]) - 1
	s.chunks[c][last] = nil
	s.chunks[c] = s.chunks[c][:last]
	s.count--
	if last == 0 {
		s.chunks = s.chunks[:c]
	}
}
