package store

// CatalogueState is a row of catalogue_states: a state that projects of a workspace can be in.
type CatalogueState struct {
	AuditFields
	Name        string  `db:"name"`
	Description string  `db:"description"`
	Color       string  `db:"color"`
	Group       string  `db:"group"`
	Sequence    float64 `db:"sequence"`
	Default     bool    `db:"default"`
	WorkspaceID string  `db:"workspace_id"`
}

// CatalogueStates is the table of CatalogueState rows.
var CatalogueStates = NewTable[CatalogueState]("catalogue_states")

// CatalogueLabel is a row of catalogue_labels: a label for projects of a workspace.
type CatalogueLabel struct {
	AuditFields
	Name        string  `db:"name"`
	Description string  `db:"description"`
	Color       string  `db:"color"`
	SortOrder   float64 `db:"sort_order"`
	WorkspaceID string  `db:"workspace_id"`
}

// CatalogueLabels is the table of CatalogueLabel rows.
var CatalogueLabels = NewTable[CatalogueLabel]("catalogue_labels")
