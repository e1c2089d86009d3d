package export

import (
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// propertyColumns are what a file tells of properties: in a table a column for each, after all others, and in JSON one
// object. Those of one name, of several projects or types, are one. A name that another column has says what it is.
func propertyColumns(properties []store.ItemProperty, whole bool) []column {
	var named []namedProperty
	for _, p := range properties {
		at := slices.IndexFunc(named, func(n namedProperty) bool { return n.name == p.DisplayName })
		if at < 0 {
			at = len(named)
			named = append(named, namedProperty{name: p.DisplayName})
		}
		named[at].ids, named[at].several = append(named[at].ids, p.ID), named[at].several || p.IsMulti
	}
	if len(named) == 0 {
		return nil
	}
	if whole {
		return []column{{name: "properties", of: func(e *store.ExportedIssue) any {
			all := make(map[string]any, len(named))
			for _, n := range named {
				all[n.name] = n.of(e)
			}
			return all
		}}}
	}
	taken := head(slices.Concat(columns, timeColumns))
	list := make([]column, len(named))
	for i, n := range named {
		title := n.name
		if slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, title) }) {
			title += " (property)"
		}
		list[i] = column{name: n.name, of: n.of, title: title}
	}
	return list
}

// namedProperty is a property, or several of one name.
type namedProperty struct {
	name    string
	ids     []string
	several bool // a work item may have more than one value
}

// of is what a work item has: a value, or a list where it may have several.
func (n *namedProperty) of(e *store.ExportedIssue) any {
	var all []any
	for _, id := range n.ids {
		all = append(all, e.Properties[id]...)
	}
	switch {
	case n.several:
		return append([]any{}, all...)
	case len(all) == 0:
		return nil
	}
	return all[0]
}
