package ydoc

// A gap is a row of old children that gives way to a row of new ones.
type gap struct{ oldFrom, oldTo, newFrom, newTo int }

// mostCompared bounds the table of the longest common row.
const mostCompared = 1 << 20

// gaps returns what is between the children that stay: the longest common row.
func gaps(old []string, drafts []draft) []gap {
	same := func(i, j int) bool { return old[i] != "" && old[i] == drafts[j].print }
	start, m, n := 0, len(old), len(drafts)
	for start < min(m, n) && same(start, start) {
		start++
	}
	for m > start && n > start && same(m-1, n-1) {
		m, n = m-1, n-1
	}
	if (m-start)*(n-start) > mostCompared {
		return []gap{{start, m, start, n}}
	}
	common := commonRows(m-start, n-start, func(i, j int) bool { return same(start+i, start+j) })
	var found []gap
	g := gap{start, start, start, start}
	add := func() {
		if g.oldFrom < g.oldTo || g.newFrom < g.newTo {
			found = append(found, g)
		}
	}
	for g.oldTo < m && g.newTo < n {
		i, j := g.oldTo-start, g.newTo-start
		switch {
		case same(g.oldTo, g.newTo):
			add()
			g = gap{g.oldTo + 1, g.oldTo + 1, g.newTo + 1, g.newTo + 1}
		case common[i+1][j] >= common[i][j+1]:
			g.oldTo++
		default:
			g.newTo++
		}
	}
	g.oldTo, g.newTo = m, n
	add()
	return found
}

// commonRows returns the length of the longest common row of what is left from i and j on.
func commonRows(m, n int, same func(i, j int) bool) [][]int32 {
	table := make([]int32, (m+1)*(n+1))
	rows := make([][]int32, m+1)
	for i := m; i >= 0; i-- {
		rows[i] = table[i*(n+1) : (i+1)*(n+1)]
		for j := n - 1; j >= 0 && i < m; j-- {
			if same(i, j) {
				rows[i][j] = rows[i+1][j+1] + 1
			} else {
				rows[i][j] = max(rows[i+1][j], rows[i][j+1])
			}
		}
	}
	return rows
}
