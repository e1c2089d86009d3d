package store

import "time"

// Cycle is a row of cycles.
type Cycle struct {
	Meta
	Name             string     `db:"name"`
	Description      string     `db:"description"`
	StartDate        *time.Time `db:"start_date"`
	EndDate          *time.Time `db:"end_date"`
	OwnedByID        string     `db:"owned_by_id"`
	ProjectID        string     `db:"project_id"`
	WorkspaceID      string     `db:"workspace_id"`
	ViewProps        JSON       `db:"view_props"`
	SortOrder        float64    `db:"sort_order"`
	ExternalID       *string    `db:"external_id"`
	ExternalSource   *string    `db:"external_source"`
	ProgressSnapshot JSON       `db:"progress_snapshot"`
	ArchivedAt       *time.Time `db:"archived_at"`
	LogoProps        JSON       `db:"logo_props"`
	Timezone         string     `db:"timezone"`
	Version          int        `db:"version"`
}

// Cycles is the table of Cycle rows.
var Cycles = NewTable[Cycle]("cycles")

// CycleIssue is a row of cycle_issues.
type CycleIssue struct {
	Meta
	CycleID     string `db:"cycle_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// CycleIssues is the table of CycleIssue rows.
var CycleIssues = NewTable[CycleIssue]("cycle_issues")

// CycleUserProperties is a row of cycle_user_properties.
type CycleUserProperties struct {
	Meta
	Filters           JSON   `db:"filters"`
	DisplayFilters    JSON   `db:"display_filters"`
	DisplayProperties JSON   `db:"display_properties"`
	CycleID           string `db:"cycle_id"`
	ProjectID         string `db:"project_id"`
	UserID            string `db:"user_id"`
	WorkspaceID       string `db:"workspace_id"`
	RichFilters       JSON   `db:"rich_filters"`
}

// CycleUserPropertiesRows is the table of CycleUserProperties rows.
var CycleUserPropertiesRows = NewTable[CycleUserProperties]("cycle_user_properties")
