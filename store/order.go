package store

import "strings"

// Order is "name" or "-name" as an order of rows, by what columns has under that name: what is empty comes last, from
// behind first. false: columns has no such name.
func Order(by string, columns map[string]string) (order string, known bool) {
	name, down := strings.CutPrefix(by, "-")
	column, known := columns[name]
	if down {
		return "[[" + column + "]] DESC NULLS FIRST", known
	}
	return "[[" + column + "]] NULLS LAST", known
}
