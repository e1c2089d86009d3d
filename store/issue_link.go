package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// IssueLink is a row of issue_links.
type IssueLink struct {
	AuditFields
	Title       *string `db:"title"`
	URL         string  `db:"url"`
	IssueID     string  `db:"issue_id"`
	ProjectID   string  `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
	Metadata    JSON    `db:"metadata"`
}

// IssueLinks is the table of IssueLink rows.
var IssueLinks = NewTable[IssueLink]("issue_links")

// LinksOf returns the links of a work item, newest first; none when it is deleted or its project archived.
func LinksOf(t *Tx, at IssueKey) ([]IssueLink, error) {
	links := []IssueLink{}
	err := IssueLinks.Query(t).InnerJoin("issues i", dbx.NewExp("i.id = issue_links.issue_id AND i.deleted_at IS NULL")).
		InnerJoin("projects p", dbx.NewExp("p.id = issue_links.project_id AND p.archived_at IS NULL")).
		AndWhere(dbx.HashExp{"issue_links.issue_id": at.IssueID, "issue_links.project_id": at.ProjectID,
			"issue_links.workspace_id": at.WorkspaceID}).
		OrderBy("issue_links.created_at DESC").All(&links)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", db.Mark(err))
	}
	return links, nil
}
