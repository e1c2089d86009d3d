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
	{"asana", "Asana's CSV export of a project", Asana},
	{"csv", "a table of any kind (CSV, or a workbook of Excel's), with a mapping of its columns", CSV},
	{"github", "issues as gh issue list --json or GitHub's API writes them", GitHub},
	{"jira", "Jira's CSV export (all fields)", Jira},
	{"linear", "Linear's CSV export", Linear},
	{"plane-export", "work items that Plane or Sailplane exported as CSV or JSON", Plane},
	{"ticktick", "TickTick's backup", TickTick},
	{"todoist", "a Todoist project, exported as a template (CSV)", Todoist},
	{"trello", "a Trello board, exported as JSON", Trello},
	{"vikunja", "Vikunja's export of a person's data (zip, or its data.json)", Vikunja},
}
