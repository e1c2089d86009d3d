package store

import (
	"database/sql"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// FileAsset is a row of file_assets.
type FileAsset struct {
	AuditFields
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

// FileAssetOf returns a file of a workspace, deleted or not; ErrNotFound without one.
func FileAssetOf(t *Tx, id, workspace string) (*FileAsset, error) {
	return FileAssets.One(FileAssets.QueryAll(t).Where(dbx.HashExp{"id": id, "workspace_id": workspace}))
}

// IsPictureOf says whether a file is a picture of that kind that belongs to what the column names, or one that its
// maker has begun and that belongs to nothing yet. Owner and maker may be empty: nothing, and nobody.
func IsPictureOf(t *Tx, id, kind, column, owner, maker string) (bool, error) {
	whose := []dbx.Expression{}
	if owner != "" {
		whose = append(whose, dbx.HashExp{column: owner})
	}
	if maker != "" {
		whose = append(whose, dbx.HashExp{column: nil, "created_by_id": maker})
	}
	if len(whose) == 0 {
		return false, nil
	}
	return FileAssets.Exists(t, dbx.And(dbx.HashExp{"id": id, "entity_type": kind}, dbx.Or(whose...)))
}

// OwnCover gives a project the cover that it has, if that belongs to nothing yet.
func OwnCover(t *Tx, p *Project) error {
	if p.CoverImageAssetID == nil {
		return nil
	}
	_, err := t.Exec("UPDATE file_assets SET project_id = ? WHERE id = ? AND project_id IS NULL", p.ID,
		*p.CoverImageAssetID)
	return err
}

// IsDeletedFile says whether what is kept under a key is a file that was deleted.
func IsDeletedFile(t *Tx, key string) (bool, error) {
	var gone bool
	err := t.One("SELECT EXISTS (SELECT 1 FROM file_assets WHERE asset = ? AND deleted_at IS NOT NULL)", []any{key}, &gone)
	return gone, err
}

// FileTotals returns how many files have arrived and are not deleted, and how many bytes they have.
func FileTotals(t *Tx) (count int, bytes int64, err error) {
	var total struct {
		Count int     `db:"count"`
		Bytes float64 `db:"bytes"`
	}
	err = db.Mark(t.Select("COUNT(*) AS count", "COALESCE(SUM(size), 0) AS bytes").From("file_assets").
		Where(dbx.NewExp("deleted_at IS NULL AND is_uploaded")).One(&total))
	return total.Count, int64(total.Bytes), err
}

// EachUpload gives visit the key of every file that a row names, deleted rows too, and whether somebody misses it if it
// is not there.
func EachUpload(t *Tx, visit func(key string, needed bool) error) error {
	return t.Each("SELECT asset, is_uploaded AND deleted_at IS NULL FROM file_assets WHERE asset <> '' ORDER BY asset", nil,
		func(r *sql.Rows) error {
			var key string
			var needed bool
			if err := r.Scan(&key, &needed); err != nil {
				return err
			}
			return visit(key, needed)
		})
}
