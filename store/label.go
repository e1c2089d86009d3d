package store

// Label is a row of labels.
type Label struct {
	Meta
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	ProjectID      *string `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
	ParentID       *string `db:"parent_id"`
	Color          string  `db:"color"`
	SortOrder      float64 `db:"sort_order"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
}

// Labels is the table of Label rows.
var Labels = NewTable[Label]("labels")
