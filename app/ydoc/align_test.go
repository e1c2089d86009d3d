package ydoc

import (
	"testing"

	"pgregory.net/rapid"
)

// What is between the gaps is the same on both sides, and no row that stays could be longer.
func TestGapsLeaveTheLongestCommonRow(t *testing.T) {
	letters := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b", "c"}), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		old, prints := letters.Draw(t, "old"), letters.Draw(t, "new")
		drafts := make([]draft, len(prints))
		for i, p := range prints {
			drafts[i].print = p
		}
		stays, i, j := 0, 0, 0
		for _, g := range append(gaps(old, drafts), gap{len(old), len(old), len(drafts), len(drafts)}) {
			for ; i < g.oldFrom; i, j = i+1, j+1 {
				if old[i] == "" || old[i] != prints[j] {
					t.Fatalf("%q stays for %q", old[i], prints[j])
				}
				stays++
			}
			if j != g.newFrom {
				t.Fatalf("%d new ones for %d old ones", g.newFrom, g.oldFrom)
			}
			i, j = g.oldTo, g.newTo
		}
		if most := longest(old, prints); stays != most {
			t.Fatalf("%d stay of %d", stays, most)
		}
	})
}

func longest(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		before := 0
		for j := range b {
			above := row[j+1]
			if a[i] != "" && a[i] == b[j] {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			before = above
		}
	}
	return row[len(b)]
}
