package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Cycle is a row of cycles.
type Cycle struct {
	AuditFields
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
	AuditFields
	CycleID     string `db:"cycle_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// CycleIssues is the table of CycleIssue rows.
var CycleIssues = NewTable[CycleIssue]("cycle_issues")

// CycleUserProperties is a row of cycle_user_properties.
type CycleUserProperties struct {
	AuditFields
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

// OpenCycleIssues returns the links of a cycle to work items that are neither finished, archived nor drafts.
func OpenCycleIssues(t *Tx, cycle string) ([]CycleIssue, error) {
	var links []CycleIssue
	err := CycleIssues.Query(t).InnerJoin("issues i", dbx.NewExp("i.id = cycle_issues.issue_id AND i.deleted_at IS NULL")).
		InnerJoin("states s", dbx.NewExp("s.id = i.state_id")).
		AndWhere(dbx.HashExp{"cycle_issues.cycle_id": cycle, "i.archived_at": nil, "i.is_draft": false,
			"s.group": []any{"backlog", "unstarted", "started"}}).
		OrderBy("cycle_issues.created_at", "cycle_issues.id").All(&links)
	if err != nil {
		return nil, fmt.Errorf("open work items of a cycle: %w", db.Mark(err))
	}
	return links, nil
}
