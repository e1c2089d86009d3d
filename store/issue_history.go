package store

import "time"

// IssueActivity is a row of issue_activities.
type IssueActivity struct {
	Meta
	Verb           string   `db:"verb"`
	Field          *string  `db:"field"`
	OldValue       *string  `db:"old_value"`
	NewValue       *string  `db:"new_value"`
	Comment        string   `db:"comment"`
	Attachments    JSON     `db:"attachments"`
	IssueID        *string  `db:"issue_id"`
	IssueCommentID *string  `db:"issue_comment_id"`
	ProjectID      string   `db:"project_id"`
	WorkspaceID    string   `db:"workspace_id"`
	ActorID        *string  `db:"actor_id"`
	NewIdentifier  *string  `db:"new_identifier"`
	OldIdentifier  *string  `db:"old_identifier"`
	Epoch          *float64 `db:"epoch"`
}

// IssueActivities is the table of IssueActivity rows.
var IssueActivities = NewTable[IssueActivity]("issue_activities")

// IssueVersion is a row of issue_versions.
type IssueVersion struct {
	Meta
	Parent         *string    `db:"parent"`
	State          *string    `db:"state"`
	EstimatePoint  *string    `db:"estimate_point"`
	Name           string     `db:"name"`
	Priority       string     `db:"priority"`
	StartDate      *Date      `db:"start_date"`
	TargetDate     *Date      `db:"target_date"`
	SequenceID     int        `db:"sequence_id"`
	SortOrder      float64    `db:"sort_order"`
	CompletedAt    *time.Time `db:"completed_at"`
	ArchivedAt     *Date      `db:"archived_at"`
	IsDraft        bool       `db:"is_draft"`
	ExternalSource *string    `db:"external_source"`
	ExternalID     *string    `db:"external_id"`
	Type           *string    `db:"type"`
	LastSavedAt    time.Time  `db:"last_saved_at"`
	OwnedByID      string     `db:"owned_by_id"`
	Assignees      JSON       `db:"assignees"`
	Labels         JSON       `db:"labels"`
	Cycle          *string    `db:"cycle"`
	Modules        JSON       `db:"modules"`
	Properties     JSON       `db:"properties"`
	MetaData       JSON       `db:"meta"`
	IssueID        string     `db:"issue_id"`
	ProjectID      string     `db:"project_id"`
	WorkspaceID    string     `db:"workspace_id"`
	ActivityID     *string    `db:"activity_id"`
}

// IssueVersions is the table of IssueVersion rows.
var IssueVersions = NewTable[IssueVersion]("issue_versions")

// IssueDescriptionVersion is a row of issue_description_versions.
type IssueDescriptionVersion struct {
	Meta
	DescriptionBinary   []byte    `db:"description_binary"`
	DescriptionHTML     string    `db:"description_html"`
	DescriptionStripped *string   `db:"description_stripped"`
	DescriptionJSON     JSON      `db:"description_json"`
	LastSavedAt         time.Time `db:"last_saved_at"`
	IssueID             string    `db:"issue_id"`
	OwnedByID           string    `db:"owned_by_id"`
	ProjectID           string    `db:"project_id"`
	WorkspaceID         string    `db:"workspace_id"`
}

// IssueDescriptionVersions is the table of IssueDescriptionVersion rows.
var IssueDescriptionVersions = NewTable[IssueDescriptionVersion]("issue_description_versions")
