package store

import "time"

// View is a row of issue_views.
type View struct {
	AuditFields
	Name              string     `db:"name"`
	Description       string     `db:"description"`
	Query             JSON       `db:"query"`
	Access            int        `db:"access"`
	Filters           JSON       `db:"filters"`
	ProjectID         *string    `db:"project_id"`
	WorkspaceID       string     `db:"workspace_id"`
	DisplayFilters    JSON       `db:"display_filters"`
	DisplayProperties JSON       `db:"display_properties"`
	SortOrder         float64    `db:"sort_order"`
	LogoProps         JSON       `db:"logo_props"`
	IsLocked          bool       `db:"is_locked"`
	OwnedByID         string     `db:"owned_by_id"`
	RichFilters       JSON       `db:"rich_filters"`
	ArchivedAt        *time.Time `db:"archived_at"`
}

// Views is the table of View rows.
var Views = NewTable[View]("issue_views")
