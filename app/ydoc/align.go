package ydoc

import "slices"

// A gap is a row of old children that gives way to a row of new ones.
type gap struct{ oldFrom, oldTo, newFrom, newTo int }

// mostEdits bounds how many children may go and come before no more of them are looked for on both sides.
const mostEdits = 1000

// gaps returns what is between the children that stay.
func gaps(old []string, drafts []draft) []gap {
	same := func(i, j int) bool { return old[i] != "" && old[i] == drafts[j].print }
	start, m, n := 0, len(old), len(drafts)
	for start < min(m, n) && same(start, start) {
		start++
	}
	for m > start && n > start && same(m-1, n-1) {
		m, n = m-1, n-1
	}
	var found []gap
	g := gap{start, start, start, start}
	end := func(i, j int) {
		g.oldTo, g.newTo = i, j
		if g.oldFrom < g.oldTo || g.newFrom < g.newTo {
			found = append(found, g)
		}
		g = gap{i + 1, i + 1, j + 1, j + 1}
	}
	for _, p := range common(m-start, n-start, func(i, j int) bool { return same(start+i, start+j) }) {
		end(start+p.old, start+p.new)
	}
	end(m, n)
	return found
}

// A pair is what is the same on both sides.
type pair struct{ old, new int }

// common returns a longest common row, found as E. Myers does (An O(ND) Difference Algorithm and Its Variations, 1986);
// nil when more than mostEdits are between.
func common(m, n int, same func(i, j int) bool) []pair {
	limit := min(m+n, mostEdits)
	middle := limit + 1
	furthest := make([]int32, 2*limit+3) // on the diagonal k, at middle+k
	var rounds [][]int32
	for edits := 0; edits <= limit; edits++ {
		rounds = append(rounds, slices.Clone(furthest[middle-edits-1:middle+edits+2]))
		for k := -edits; k <= edits; k += 2 {
			x := int(furthest[middle+k-1]) + 1
			if comesFromAbove(k, edits, furthest[middle+k-1], furthest[middle+k+1]) {
				x = int(furthest[middle+k+1])
			}
			for x < m && x-k < n && same(x, x-k) {
				x++
			}
			furthest[middle+k] = int32(x)
			if x >= m && x-k >= n {
				return retrace(rounds, m, n)
			}
		}
	}
	return nil
}

// comesFromAbove says whether one gets furthest on the diagonal k by an insertion.
func comesFromAbove(k, edits int, left, above int32) bool {
	return k == -edits || k != edits && left < above
}

// retrace goes back from the end over what each round started with.
func retrace(rounds [][]int32, x, y int) []pair {
	var pairs []pair
	for edits := len(rounds) - 1; edits >= 0; edits-- {
		k, middle := x-y, edits+1
		from := k - 1
		if comesFromAbove(k, edits, rounds[edits][middle+k-1], rounds[edits][middle+k+1]) {
			from = k + 1
		}
		startX := int(rounds[edits][middle+from])
		for x > startX && y > startX-from {
			x, y = x-1, y-1
			pairs = append(pairs, pair{x, y})
		}
		x, y = startX, startX-from
	}
	slices.Reverse(pairs)
	return pairs
}
