package store

// FileAsset is a row of file_assets.
type FileAsset struct {
	Meta
	Attributes       JSON     `db:"attributes"`
	Asset            string   `db:"asset"`
	WorkspaceID      *string  `db:"workspace_id"`
	IsDeleted        bool     `db:"is_deleted"`
	IsArchived       bool     `db:"is_archived"`
	CommentID        *string  `db:"comment_id"`
	EntityType       *string  `db:"entity_type"`
	ExternalID       *string  `db:"external_id"`
	ExternalSource   *string  `db:"external_source"`
	IsUploaded       bool     `db:"is_uploaded"`
	IssueID          *string  `db:"issue_id"`
	PageID           *string  `db:"page_id"`
	ProjectID        *string  `db:"project_id"`
	Size             float64  `db:"size"`
	StorageMetadata  NullJSON `db:"storage_metadata"`
	UserID           *string  `db:"user_id"`
	DraftIssueID     *string  `db:"draft_issue_id"`
	EntityIdentifier *string  `db:"entity_identifier"`
}

// FileAssets is the table of FileAsset rows.
var FileAssets = NewTable[FileAsset]("file_assets")
