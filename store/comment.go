package store

import "time"

// Description is a row of descriptions.
type Description struct {
	Meta
	DescriptionJSON     JSON    `db:"description_json"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionBinary   []byte  `db:"description_binary"`
	DescriptionStripped *string `db:"description_stripped"`
	ProjectID           *string `db:"project_id"`
	WorkspaceID         string  `db:"workspace_id"`
}

// Descriptions is the table of Description rows.
var Descriptions = NewTable[Description]("descriptions")

// DescriptionVersion is a row of description_versions.
type DescriptionVersion struct {
	Meta
	DescriptionJSON     JSON    `db:"description_json"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionBinary   []byte  `db:"description_binary"`
	DescriptionStripped *string `db:"description_stripped"`
	DescriptionID       string  `db:"description_id"`
	ProjectID           *string `db:"project_id"`
	WorkspaceID         string  `db:"workspace_id"`
}

// DescriptionVersions is the table of DescriptionVersion rows.
var DescriptionVersions = NewTable[DescriptionVersion]("description_versions")

// IssueComment is a row of issue_comments.
type IssueComment struct {
	Meta
	CommentStripped string     `db:"comment_stripped"`
	Attachments     JSON       `db:"attachments"`
	IssueID         string     `db:"issue_id"`
	ProjectID       string     `db:"project_id"`
	WorkspaceID     string     `db:"workspace_id"`
	ActorID         *string    `db:"actor_id"`
	CommentHTML     string     `db:"comment_html"`
	CommentJSON     JSON       `db:"comment_json"`
	Access          string     `db:"access"`
	ExternalID      *string    `db:"external_id"`
	ExternalSource  *string    `db:"external_source"`
	EditedAt        *time.Time `db:"edited_at"`
	DescriptionID   *string    `db:"description_id"`
	ParentID        *string    `db:"parent_id"`
}

// IssueComments is the table of IssueComment rows.
var IssueComments = NewTable[IssueComment]("issue_comments")

// CommentReaction is a row of comment_reactions.
type CommentReaction struct {
	Meta
	Reaction    string `db:"reaction"`
	ActorID     string `db:"actor_id"`
	CommentID   string `db:"comment_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// CommentReactions is the table of CommentReaction rows.
var CommentReactions = NewTable[CommentReaction]("comment_reactions")
