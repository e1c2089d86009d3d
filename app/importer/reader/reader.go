package reader

import "github.com/sailplane/sailplane/app/importer/record"

// Kind is a kind of source that can be read.
type Kind struct {
	Name  string
	Short string // what it is, for people
	Read  record.Reader
}

// Kinds are the kinds of sources, by name.
var Kinds = []Kind{
	{"csv", "a table of any kind, with a mapping of its columns", CSV},
	{"jira", "Jira's CSV export (all fields)", Jira},
}
