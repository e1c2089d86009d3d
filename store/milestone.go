package store

import "github.com/pocketbase/dbx"

// Milestone is a row of milestones: a date that work items of a project are due for together.
type Milestone struct {
	AuditFields
	Title          string  `db:"title"`
	TargetDate     *Date   `db:"target_date"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
	ProjectID      string  `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
}

// Milestones is the table of Milestone rows.
var Milestones = NewTable[Milestone]("milestones")

// MilestoneIssue is a row of milestone_issues: a work item is in one milestone, or in none.
type MilestoneIssue struct {
	AuditFields
	MilestoneID string `db:"milestone_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// MilestoneIssues is the table of MilestoneIssue rows.
var MilestoneIssues = NewTable[MilestoneIssue]("milestone_issues")

// ItemsOfMilestone returns a part of the work items of a milestone that the reader sees in lists, those that came last
// first, and how many there are.
func ItemsOfMilestone(t *Tx, milestone string, seen OwnOnly, s ListPart) ([]MilestoneIssue, int, error) {
	there := dbx.NewExp("EXISTS (SELECT 1 FROM issues v WHERE v.id = milestone_issues.issue_id AND " + VisibleIssue("v") + ")")
	return MilestoneIssues.Page(t, dbx.And(dbx.HashExp{"milestone_id": milestone}, there,
		seen.Around("project_id", "issue_id")), s, "created_at DESC", "id DESC")
}
