package store

// State is a row of states.
type State struct {
	Meta
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	Color          string  `db:"color"`
	Slug           string  `db:"slug"`
	ProjectID      string  `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
	Sequence       float64 `db:"sequence"`
	Group          string  `db:"group"`
	Default        bool    `db:"default"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
	IsTriage       bool    `db:"is_triage"`
}

// States is the table of State rows.
var States = NewTable[State]("states")
