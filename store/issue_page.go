package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// IssuePage is a row of issue_pages: a page that a work item refers to.
type IssuePage struct {
	AuditFields
	PageID      string `db:"page_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssuePages is the table of IssuePage rows.
var IssuePages = NewTable[IssuePage]("issue_pages")

// PagesOfIssue returns a part of what a work item refers to of the pages that fit, the newest reference first, and how
// many there are in all. The pages come without their documents, by id.
func PagesOfIssue(t *Tx, issue string, pages dbx.Expression, s ListPart) ([]IssuePage, map[string]*Page, int, error) {
	where := dbx.And(dbx.HashExp{"issue_pages.issue_id": issue},
		dbx.NewExp("pages.deleted_at IS NULL"), pages)
	q := func() *dbx.SelectQuery {
		return IssuePages.Query(t).InnerJoin("pages", dbx.NewExp("pages.id = issue_pages.page_id")).AndWhere(where)
	}
	total := 0
	if err := q().Select("COUNT(*)").Row(&total); err != nil {
		return nil, nil, 0, fmt.Errorf("count a work item's pages: %w", db.Mark(err))
	}
	links := []IssuePage{}
	if err := q().Select("issue_pages.*").OrderBy("issue_pages.created_at DESC", "issue_pages.id DESC").
		Offset(int64(s.Offset)).Limit(int64(s.Limit)).All(&links); err != nil {
		return nil, nil, 0, fmt.Errorf("list a work item's pages: %w", db.Mark(err))
	}
	ids := make([]string, len(links))
	for i := range links {
		ids[i] = links[i].PageID
	}
	rows, err := PageList(Pages.Query(t).Select(append([]string{"pages.description_html"}, pageRow...)...).
		AndWhere(In("pages.id", ids)))
	byID := make(map[string]*Page, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	return links, byID, total, err
}
