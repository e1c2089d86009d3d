package issuelist

import "github.com/sailplane/sailplane/store"

// Condition says which work items are in the place and fit the filter, for statements that count what no list shows.
func Condition(t *store.Tx, s Scope, states States, f Filter) store.IssueSelection {
	b := &builder{postgres: t.Postgres(), states: states, counts: true}
	s.write(b)
	b.text(" AND ")
	f.write(b, false)
	return store.IssueSelection{Where: b.sql.String(), Args: b.args}
}
