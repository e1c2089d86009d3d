package plane

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
)

// columnsText lists, a line a table, the tables of Plane v1.3.1 that are taken over and their columns, as its own
// migrations make them; [] marks an array, which is JSON here. What another edition of Plane has besides may have a
// name of ours, and means something else.
//
//go:embed columns.txt
var columnsText string

// taken are the columns of each table that is taken over, by name; arrays those that hold arrays there, as
// table.column.
var taken, arrays = parseColumns()

func parseColumns() (tables map[string][]string, arrays map[string]bool) {
	tables, arrays = map[string][]string{}, map[string]bool{}
	for line := range strings.Lines(columnsText) {
		names := strings.Fields(line)
		for i, name := range names[1:] {
			column, array := strings.CutSuffix(name, "[]")
			names[i+1] = column
			if array {
				arrays[names[0]+"."+column] = true
			}
		}
		tables[names[0]] = names[1:]
	}
	return tables, arrays
}

// left are tables for whose rows there is no place, and why. Of others the report says that there is nothing of the
// kind.
var left = map[string]string{
	"sessions":        "sign-ins: everybody signs in once more",
	"device_sessions": "sign-ins: everybody signs in once more",
	"devices":         "sign-ins: everybody signs in once more",
	"changelogs":      "Plane's own news",
}

// Tables are the names of the tables that are taken over, sorted.
func Tables() []string { return slices.Sorted(maps.Keys(taken)) }

// Arrays are the columns that hold arrays in Plane's database, as table.column, sorted.
func Arrays() []string { return slices.Sorted(maps.Keys(arrays)) }
