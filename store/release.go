package store

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"
)

// Release is a row of releases.
type Release struct {
	AuditFields
	Name                string  `db:"name"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionStripped string  `db:"description_stripped"`
	DescriptionJSON     JSON    `db:"description_json"`
	Status              string  `db:"status"`
	StartDate           *Date   `db:"start_date"`
	TargetDate          *Date   `db:"target_date"`
	ReleaseDate         *Date   `db:"release_date"`
	LeadID              *string `db:"lead_id"`
	TagID               *string `db:"tag_id"`
	IsPrerelease        bool    `db:"is_prerelease"`
	LogoProps           JSON    `db:"logo_props"`
	ExternalSource      *string `db:"external_source"`
	ExternalID          *string `db:"external_id"`
	WorkspaceID         string  `db:"workspace_id"`
}

// Releases is the table of Release rows.
var Releases = NewTable[Release]("releases")

// LatestRelease returns the id of the release of a workspace that came out last, by its date and then by when it was
// made; empty for none. What only comes before a release is none.
func LatestRelease(t *Tx, workspace string) (string, error) {
	var id string
	err := t.One(`SELECT id FROM releases WHERE workspace_id = ? AND status = 'released' AND NOT is_prerelease
		AND deleted_at IS NULL ORDER BY release_date DESC NULLS LAST, created_at DESC, id DESC LIMIT 1`,
		[]any{workspace}, &id)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return id, err
}

// ReleaseTag is a row of release_tags: a version.
type ReleaseTag struct {
	AuditFields
	Version     string  `db:"version"` // once in a workspace
	Description string  `db:"description"`
	CommitHash  *string `db:"commit_hash"`
	GitTag      *string `db:"git_tag"`
	Color       *string `db:"color"`
	WorkspaceID string  `db:"workspace_id"`
}

// ReleaseTags is the table of ReleaseTag rows.
var ReleaseTags = NewTable[ReleaseTag]("release_tags")

// ReleaseLabel is a row of release_labels.
type ReleaseLabel struct {
	AuditFields
	Name        string  `db:"name"` // once in a workspace
	Color       string  `db:"color"`
	SortOrder   float64 `db:"sort_order"`
	WorkspaceID string  `db:"workspace_id"`
}

// ReleaseLabels is the table of ReleaseLabel rows.
var ReleaseLabels = NewTable[ReleaseLabel]("release_labels")

// ReleaseItemLabel is a row of release_item_labels: a label that a release has.
type ReleaseItemLabel struct {
	AuditFields
	ReleaseID   string `db:"release_id"`
	LabelID     string `db:"label_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ReleaseItemLabels is the table of ReleaseItemLabel rows.
var ReleaseItemLabels = NewTable[ReleaseItemLabel]("release_item_labels")

// LabelsOfRelease holds for the labels that a release has.
func LabelsOfRelease(release string) dbx.Expression {
	return dbx.NewExp(`EXISTS (SELECT 1 FROM release_item_labels l WHERE l.label_id = release_labels.id
		AND l.release_id = {:release} AND l.deleted_at IS NULL)`, dbx.Params{"release": release})
}

// ReleaseChangelog is a row of release_changelogs, of which every release has one.
type ReleaseChangelog struct {
	AuditFields
	DescriptionHTML     string `db:"description_html"`
	DescriptionStripped string `db:"description_stripped"`
	DescriptionJSON     JSON   `db:"description_json"`
	ReleaseID           string `db:"release_id"`
	WorkspaceID         string `db:"workspace_id"`
}

// ReleaseChangelogs is the table of ReleaseChangelog rows.
var ReleaseChangelogs = NewTable[ReleaseChangelog]("release_changelogs")

// ReleaseComment is a row of release_comments.
type ReleaseComment struct {
	AuditFields
	CommentHTML     string     `db:"comment_html"`
	CommentStripped string     `db:"comment_stripped"`
	CommentJSON     JSON       `db:"comment_json"`
	IsResolved      bool       `db:"is_resolved"`
	EditedAt        *time.Time `db:"edited_at"`
	ParentID        *string    `db:"parent_id"`
	ReleaseID       string     `db:"release_id"`
	WorkspaceID     string     `db:"workspace_id"`
}

// ReleaseComments is the table of ReleaseComment rows.
var ReleaseComments = NewTable[ReleaseComment]("release_comments")

// RepliesTo returns the id of a comment on a release and those of all living replies below it.
func RepliesTo(t *Tx, comment string) ([]string, error) {
	var ids []string
	err := t.Each(`WITH RECURSIVE below (id) AS (
			SELECT id FROM release_comments WHERE id = ?
			UNION SELECT c.id FROM release_comments c JOIN below b ON c.parent_id = b.id WHERE c.deleted_at IS NULL
		) SELECT id FROM below`, []any{comment}, scanID(&ids))
	return ids, err
}

// ReleaseLink is a row of release_links.
type ReleaseLink struct {
	AuditFields
	Title       *string `db:"title"`
	URL         string  `db:"url"`
	Metadata    JSON    `db:"metadata"`
	ReleaseID   string  `db:"release_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// ReleaseLinks is the table of ReleaseLink rows.
var ReleaseLinks = NewTable[ReleaseLink]("release_links")

// ReleaseIssue is a row of release_issues: a work item that a release brings.
type ReleaseIssue struct {
	AuditFields
	ReleaseID   string `db:"release_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ReleaseIssues is the table of ReleaseIssue rows.
var ReleaseIssues = NewTable[ReleaseIssue]("release_issues")
