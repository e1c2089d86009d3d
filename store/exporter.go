package store

// Exporter is a row of exporters.
type Exporter struct {
	AuditFields
	Project       NullJSON `db:"project"`
	Provider      string   `db:"provider"`
	Status        string   `db:"status"`
	Reason        string   `db:"reason"`
	Key           string   `db:"key"`
	URL           *string  `db:"url"`
	Token         string   `db:"token"`
	InitiatedByID string   `db:"initiated_by_id"`
	WorkspaceID   string   `db:"workspace_id"`
	Filters       NullJSON `db:"filters"`
	Name          *string  `db:"name"`
	Type          string   `db:"type"`
	RichFilters   NullJSON `db:"rich_filters"`
}

// Exporters is the table of Exporter rows.
var Exporters = NewTable[Exporter]("exporters")
