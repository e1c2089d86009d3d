package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// PagesOf selects the pages of a project.
func PagesOf(t *Tx, project string) *dbx.SelectQuery {
	return Pages.Query(t).AndWhere(dbx.NewExp("EXISTS (SELECT 1 FROM project_pages l WHERE l.page_id = pages.id AND l.project_id = {:project} AND l.deleted_at IS NULL)",
		dbx.Params{"project": project}))
}

// PageOf returns a page of a project.
func PageOf(t *Tx, project, id string) (*Page, error) {
	return Pages.One(PagesOf(t, project).AndWhere(dbx.HashExp{"pages.id": id}))
}

// PageList runs a query for pages.
func PageList(q *dbx.SelectQuery) ([]Page, error) {
	rows := []Page{}
	if err := q.All(&rows); err != nil {
		return nil, fmt.Errorf("list pages: %w", db.Mark(err))
	}
	return rows, nil
}

// ArchivePageTree puts a page and all below it away, or brings them back with a nil day.
func ArchivePageTree(t *Tx, id string, day *Date) error {
	return notePages(t, `WITH RECURSIVE tree (id) AS (SELECT id FROM pages WHERE id = ? UNION SELECT p.id FROM pages p JOIN tree ON p.parent_id = tree.id)
		UPDATE pages SET archived_at = ? WHERE id IN (SELECT id FROM tree) RETURNING id, workspace_id`, id, day)
}

// FreeSubPages brings the pages right below one to the top.
func FreeSubPages(t *Tx, id string) error {
	return notePages(t, "UPDATE pages SET parent_id = NULL WHERE parent_id = ? RETURNING id, workspace_id", id)
}

// notePages runs a statement that changes pages, and notes those that it has changed.
func notePages(t *Tx, change string, args ...any) error {
	changed, err := scanned(t, "change pages", change, args, func(p *Page) []any { return []any{&p.ID, &p.WorkspaceID} })
	for _, p := range changed {
		NoteEvent(t, p.WorkspaceID, EventPage, ActionUpdated, p.ID)
	}
	return err
}
