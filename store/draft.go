package store

import "time"

// DraftIssue is a row of draft_issues.
type DraftIssue struct {
	AuditFields
	IssueValues
	Name                *string    `db:"name"`
	DescriptionJSON     JSON       `db:"description_json"`
	DescriptionHTML     string     `db:"description_html"`
	DescriptionStripped *string    `db:"description_stripped"`
	DescriptionBinary   []byte     `db:"description_binary"`
	CompletedAt         *time.Time `db:"completed_at"`
	ExternalSource      *string    `db:"external_source"`
	ExternalID          *string    `db:"external_id"`
	EstimatePointID     *string    `db:"estimate_point_id"`
	ParentID            *string    `db:"parent_id"`
	ProjectID           *string    `db:"project_id"`
	StateID             *string    `db:"state_id"`
	TypeID              *string    `db:"type_id"`
	WorkspaceID         string     `db:"workspace_id"`
}

// DraftIssues is the table of DraftIssue rows.
var DraftIssues = NewTable[DraftIssue]("draft_issues")

// DraftIssueAssignee is a row of draft_issue_assignees.
type DraftIssueAssignee struct {
	AuditFields
	AssigneeID   string  `db:"assignee_id"`
	DraftIssueID string  `db:"draft_issue_id"`
	ProjectID    *string `db:"project_id"`
	WorkspaceID  string  `db:"workspace_id"`
}

// DraftIssueAssignees is the table of DraftIssueAssignee rows.
var DraftIssueAssignees = NewTable[DraftIssueAssignee]("draft_issue_assignees")

// DraftIssueLabel is a row of draft_issue_labels.
type DraftIssueLabel struct {
	AuditFields
	DraftIssueID string  `db:"draft_issue_id"`
	LabelID      string  `db:"label_id"`
	ProjectID    *string `db:"project_id"`
	WorkspaceID  string  `db:"workspace_id"`
}

// DraftIssueLabels is the table of DraftIssueLabel rows.
var DraftIssueLabels = NewTable[DraftIssueLabel]("draft_issue_labels")

// DraftIssueCycle is a row of draft_issue_cycles.
type DraftIssueCycle struct {
	AuditFields
	CycleID      string  `db:"cycle_id"`
	DraftIssueID string  `db:"draft_issue_id"`
	ProjectID    *string `db:"project_id"`
	WorkspaceID  string  `db:"workspace_id"`
}

// DraftIssueCycles is the table of DraftIssueCycle rows.
var DraftIssueCycles = NewTable[DraftIssueCycle]("draft_issue_cycles")

// DraftIssueModule is a row of draft_issue_modules.
type DraftIssueModule struct {
	AuditFields
	DraftIssueID string  `db:"draft_issue_id"`
	ModuleID     string  `db:"module_id"`
	ProjectID    *string `db:"project_id"`
	WorkspaceID  string  `db:"workspace_id"`
}

// DraftIssueModules is the table of DraftIssueModule rows.
var DraftIssueModules = NewTable[DraftIssueModule]("draft_issue_modules")
