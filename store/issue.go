package store

import (
	"time"

	"github.com/pocketbase/dbx"
)

// IssueValues are the columns of a work item that every shape of one has, under the same name and as they are: rows,
// drafts, lists, both APIs, webhooks, exports. A new one is added here, and tests name what is left: how it is asked
// for and what a change leaves in the history (issue.Input), how a list writes it, what an export calls it.
type IssueValues struct {
	Priority   string  `db:"priority" json:"priority"`
	StartDate  *Date   `db:"start_date" json:"start_date"`
	TargetDate *Date   `db:"target_date" json:"target_date"`
	SortOrder  float64 `db:"sort_order" json:"sort_order"`
}

// Issue is a row of issues.
type Issue struct {
	AuditFields
	IssueValues
	Name                string     `db:"name"`
	DescriptionJSON     JSON       `db:"description_json"`
	SequenceID          int        `db:"sequence_id"`
	ParentID            *string    `db:"parent_id"`
	ProjectID           string     `db:"project_id"`
	StateID             *string    `db:"state_id"`
	WorkspaceID         string     `db:"workspace_id"`
	DescriptionHTML     string     `db:"description_html"`
	DescriptionStripped *string    `db:"description_stripped"`
	CompletedAt         *time.Time `db:"completed_at"`
	Point               *int       `db:"point"`
	ArchivedAt          *Date      `db:"archived_at"`
	IsDraft             bool       `db:"is_draft"`
	ExternalID          *string    `db:"external_id"`
	ExternalSource      *string    `db:"external_source"`
	DescriptionBinary   []byte     `db:"description_binary"`
	EstimatePointID     *string    `db:"estimate_point_id"`
	TypeID              *string    `db:"type_id"`
}

// Issues is the table of Issue rows.
var Issues = NewTable[Issue]("issues")

// IssueSequence is a row of issue_sequences.
type IssueSequence struct {
	AuditFields
	Sequence    int64   `db:"sequence"`
	Deleted     bool    `db:"deleted"`
	IssueID     *string `db:"issue_id"`
	ProjectID   string  `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// IssueSequences is the table of IssueSequence rows.
var IssueSequences = NewTable[IssueSequence]("issue_sequences")

// IssueAssignee is a row of issue_assignees.
type IssueAssignee struct {
	AuditFields
	AssigneeID  string `db:"assignee_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssueAssignees is the table of IssueAssignee rows.
var IssueAssignees = NewTable[IssueAssignee]("issue_assignees")

// IssueLabel is a row of issue_labels.
type IssueLabel struct {
	AuditFields
	IssueID     string `db:"issue_id"`
	LabelID     string `db:"label_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssueLabels is the table of IssueLabel rows.
var IssueLabels = NewTable[IssueLabel]("issue_labels")

// AroundOpenIssue holds for rows of a table that belong to a living work item there, in a project that is neither
// archived nor deleted.
func AroundOpenIssue(table string, at IssueKey) dbx.Expression {
	return dbx.And(
		dbx.HashExp{table + ".issue_id": at.IssueID, table + ".project_id": at.ProjectID,
			table + ".workspace_id": at.WorkspaceID},
		dbx.NewExp("EXISTS (SELECT 1 FROM issues alive WHERE alive.id = [["+table+
			".issue_id]] AND alive.deleted_at IS NULL)"),
		InOpenProject(table))
}
