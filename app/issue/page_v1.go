package issue

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// PageLink is a page that a work item refers to.
type PageLink struct {
	store.IssuePage
	Page store.Page // without its document
}

// seenPages are the pages that the caller may read, of the work item's project and of the workspace itself.
func seenPages(c *app.Call) dbx.Expression {
	return dbx.Or(c.SeenPages(c.ProjectID), c.SeenPages(""))
}

// ListPages returns a part of the pages that a work item of the call's project refers to and that the caller may read,
// those last named first, and how many there are in all.
func ListPages(c *app.Call, issue string, s store.ListPart) ([]PageLink, int, error) {
	t := c.Read()
	at, err := store.FindIssueKey(t, c.ProjectID, issue)
	if err != nil {
		return nil, 0, err
	}
	links, pages, total, err := store.PagesOfIssue(t, at.IssueID, seenPages(c), s)
	all := make([]PageLink, 0, len(links))
	for _, l := range links {
		if p := pages[l.PageID]; p != nil {
			all = append(all, PageLink{l, *p})
		}
	}
	return all, total, err
}

// GetPage returns one of them by the reference's id, or store.ErrNotFound.
func GetPage(c *app.Call, issue, id string) (*PageLink, error) {
	l, _, err := findPage(c, c.Read(), issue, id)
	return l, err
}

func findPage(c *app.Call, t *store.Tx, issue, id string) (*PageLink, store.IssueKey, error) {
	at, err := store.FindIssueKey(t, c.ProjectID, issue)
	if err != nil {
		return nil, at, err
	}
	l, err := store.IssuePages.Get(t, dbx.HashExp{"id": id, "issue_id": at.IssueID})
	if err != nil {
		return nil, at, err
	}
	p, err := store.Pages.Get(t, dbx.And(seenPages(c), dbx.HashExp{"pages.id": l.PageID}))
	if err != nil {
		return nil, at, err
	}
	return &PageLink{*l, *p}, at, nil
}

// AddPage has a work item refer to a page that the caller may read. The history says so without the page's name, which
// not everybody may know.
func AddPage(c *app.Call, issue, page string) (*PageLink, error) {
	var added *PageLink
	err := c.Write(func(t *store.Tx) error {
		at, err := store.FindIssueKey(t, c.ProjectID, issue)
		if err != nil {
			return err
		}
		p, err := store.Pages.Get(t, dbx.And(seenPages(c), dbx.HashExp{"pages.id": page}))
		if errors.Is(err, store.ErrNotFound) {
			return app.Field("page_id", app.NoObject(page))
		} else if err != nil {
			return err
		}
		if err := t.Lock("pages of work item " + at.IssueID); err != nil {
			return err
		}
		old, err := store.IssuePages.First(t, dbx.HashExp{"issue_id": at.IssueID, "page_id": page}, "created_at")
		if err == nil {
			return app.DuplicateOf("The work item refers to this page already", old.ID)
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		l := &store.IssuePage{PageID: page, IssueID: at.IssueID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID}
		if err := store.IssuePages.Insert(t, l); err != nil {
			return err
		}
		added = &PageLink{*l, *p}
		return trace(c, t, at, "page.activity.created", pageRow("created", "added a page", page))
	})
	return added, err
}

// RemovePage has a work item refer to a page no longer. The page stays.
func RemovePage(c *app.Call, issue, id string) error {
	return c.Write(func(t *store.Tx) error {
		l, at, err := findPage(c, t, issue, id)
		if err != nil {
			return err
		}
		if err := store.IssuePages.Delete(t, &l.IssuePage); err != nil {
			return err
		}
		return trace(c, t, at, "page.activity.deleted", pageRow("deleted", "removed a page", l.PageID))
	})
}

func pageRow(verb, said, page string) *store.IssueActivity {
	return &store.IssueActivity{Verb: verb, Field: new("page"), Comment: said, NewIdentifier: &page}
}
