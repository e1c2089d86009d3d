package store

import (
	"time"

	"github.com/pocketbase/dbx"
)

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

// FileAssetOf answers a file of a workspace, deleted or not; ErrNotFound without one.
func FileAssetOf(t *Tx, id, workspace string) (*FileAsset, error) {
	return FileAssets.one(FileAssets.QueryAll(t).Where(dbx.HashExp{"id": id, "workspace_id": workspace}))
}

// UnarrivedAssets answers the rows of files, at most n, that were begun before then and never confirmed.
func UnarrivedAssets(t *Tx, then time.Time, n int64) ([]FileAsset, error) {
	rows := []FileAsset{}
	err := FileAssets.QueryAll(t).Where(dbx.And(dbx.HashExp{"is_uploaded": false}, dbx.NewExp("[[created_at]] < {:then}", dbx.Params{"then": then}))).
		Limit(n).All(&rows)
	return rows, mark(err)
}
