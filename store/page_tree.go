package store

import (
	"errors"
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

// PagesIn are the pages of a project or, when none is named, those of the workspace itself.
func PagesIn(workspace, project string) dbx.Expression {
	if project == "" {
		return dbx.HashExp{"pages.workspace_id": workspace, "pages.is_global": true}
	}
	return dbx.NewExp("pages.id IN (SELECT page_id FROM project_pages WHERE project_id = {:project} AND deleted_at IS NULL)",
		dbx.Params{"project": project})
}

// PageIn returns one of PagesIn.
func PageIn(t *Tx, workspace, project, id string) (*Page, error) {
	return Pages.Get(t, dbx.And(PagesIn(workspace, project), dbx.HashExp{"pages.id": id}))
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

// pageHead is what a page is without its text.
var pageHead = []string{"pages.id", "pages.updated_at", "pages.name", "pages.access", "pages.owned_by_id",
	"pages.workspace_id", "pages.archived_at", "pages.is_locked", "pages.parent_id"}

// pageRow is what a list shows of a page: all but its text.
var pageRow = append([]string{"pages.created_at", "pages.created_by_id", "pages.updated_by_id", "pages.color",
	"pages.view_props", "pages.logo_props", "pages.is_global", "pages.external_id", "pages.external_source",
	"pages.sort_order"}, pageHead...)

// PagesPart returns a part of the pages that fit, without their text, and how many there are in all.
func PagesPart(t *Tx, where dbx.Expression, s ListPart, order ...string) ([]Page, int, error) {
	total, err := Pages.Count(t, where)
	if err != nil {
		return nil, 0, err
	}
	rows, err := PageList(Pages.Query(t).Select(pageRow...).AndWhere(where).OrderBy(order...).
		Offset(int64(s.Offset)).Limit(int64(s.Limit)))
	return rows, total, err
}

// PageCalled returns the id of the page among those that fit which another program calls so; empty: there is none.
func PageCalled(t *Tx, where dbx.Expression, id, source string) (string, error) {
	p, err := Pages.One(Pages.Query(t).Select("pages.id").AndWhere(where).
		AndWhere(dbx.HashExp{"pages.external_id": id, "pages.external_source": source}).OrderBy("pages.created_at").Limit(1))
	if errors.Is(err, ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return p.ID, nil
}

// PageHead returns a page without its text.
func PageHead(t *Tx, id string) (*Page, error) {
	return Pages.One(Pages.Query(t).Select(pageHead...).AndWhere(dbx.HashExp{"pages.id": id}))
}

// PageHeadOf returns a page of a project without its text.
func PageHeadOf(t *Tx, project, id string) (*Page, error) {
	return Pages.One(PagesOf(t, project).Select(pageHead...).AndWhere(dbx.HashExp{"pages.id": id}))
}

// PageHeadIn returns a page of the workspace itself without its text.
func PageHeadIn(t *Tx, workspace, id string) (*Page, error) {
	return Pages.One(Pages.Query(t).Select(pageHead...).AndWhere(dbx.And(PagesIn(workspace, ""),
		dbx.HashExp{"pages.id": id})))
}

// FreeSubPages brings the pages right below one to the top.
func FreeSubPages(t *Tx, id string) error {
	return notePages(t, "UPDATE pages SET parent_id = NULL WHERE parent_id = ? RETURNING id, workspace_id", id)
}

// notePages runs a statement that changes pages, and tells of those that it has changed.
func notePages(t *Tx, change string, args ...any) error {
	changed, err := scanned(t, "change pages", change, args, func(p *Page) []any { return []any{&p.ID, &p.WorkspaceID} })
	for _, p := range changed {
		t.Forget(PageKey(p.ID))
		NoteEvent(t, p.WorkspaceID, EventPage, ActionUpdated, p.ID)
	}
	return err
}
