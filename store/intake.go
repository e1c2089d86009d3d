package store

import "time"

// Intake is a row of intakes.
type Intake struct {
	Meta
	Name        string `db:"name"`
	Description string `db:"description"`
	IsDefault   bool   `db:"is_default"`
	ViewProps   JSON   `db:"view_props"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
	LogoProps   JSON   `db:"logo_props"`
}

// Intakes is the table of Intake rows.
var Intakes = NewTable[Intake]("intakes")

// IntakeIssue is a row of intake_issues.
type IntakeIssue struct {
	Meta
	Status         int        `db:"status"`
	SnoozedTill    *time.Time `db:"snoozed_till"`
	Source         *string    `db:"source"`
	DuplicateToID  *string    `db:"duplicate_to_id"`
	IntakeID       string     `db:"intake_id"`
	IssueID        string     `db:"issue_id"`
	ProjectID      string     `db:"project_id"`
	WorkspaceID    string     `db:"workspace_id"`
	ExternalID     *string    `db:"external_id"`
	ExternalSource *string    `db:"external_source"`
	Extra          JSON       `db:"extra"`
	SourceEmail    *string    `db:"source_email"`
}

// IntakeIssues is the table of IntakeIssue rows.
var IntakeIssues = NewTable[IntakeIssue]("intake_issues")
