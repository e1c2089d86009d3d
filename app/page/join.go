package page

import (
	"context"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Join lets the caller to what people write on a page together, and says whether they may write: who may change its
// text (see SetDescription), while it is neither locked nor archived. The others read, as by Get. The page comes
// without its text.
func Join(c *app.Call, t *store.Tx, id string) (p *store.Page, writes bool, err error) {
	if c.Access.Projects[c.ProjectID] == app.Nobody {
		return nil, false, app.ErrDenied
	}
	if p, err = store.PageHeadOf(t, c.ProjectID, id); err != nil {
		return nil, false, err
	}
	if err := admit(c, t, p, app.Guest); err != nil {
		return nil, false, err
	}
	project, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return nil, false, err
	}
	if project.ArchivedAt != nil || hidesFromGuests(c, project) && p.OwnedByID != c.UserID() {
		return nil, false, app.ErrDenied
	}
	return p, admit(c, t, p, app.Member) == nil && writable(p) == nil, nil
}

// admit lets to a page who may. A page of the workspace that is in a collection is for those only who are in that.
func admit(c *app.Call, t *store.Tx, p *store.Page, need app.Role) error {
	if p.OwnedByID == c.UserID() {
		return nil
	}
	if p.Access == Private || role(c) < need {
		return app.ErrDenied
	}
	if c.ProjectID != "" {
		return nil
	}
	filed, err := store.FiledPages(t, c.UserID(), []string{p.ID})
	if err != nil {
		return err
	}
	return enterFiled(c, filed[p.ID], need)
}

// Folded is a page's document with what was typed on it, in all its forms.
type Folded struct {
	Binary []byte     // as Yjs writes it
	HTML   string     // as the editor writes it
	JSON   store.JSON // the same
	Name   string     // the page's title
	UpTo   int64      // the last of page_updates that is in it
	Actor  string     // who typed last; empty: nobody knows
}

// Fold makes what was typed on a page part of it, with mentions and a version as SetDescription does. Who typed was
// let to it then, so that it does not matter whether the page is locked now. The page is as it was read; it fails with
// store.ErrOvertaken when somebody else has written it since.
func Fold(ctx context.Context, a *app.App, p *store.Page, f Folded) error {
	html, err := richtext.CleanKept(strings.ReplaceAll(f.HTML, "\x00", ""))
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(f.Name, "\x00", "")
	before := *p
	return a.DB.Write(ctx, f.Actor, func(t *store.Tx) error {
		*p = before
		t.Wary = true
		var cols []string
		if string(f.Binary) != string(p.DescriptionBinary) {
			p.DescriptionBinary, p.DescriptionJSON = f.Binary, f.JSON
			setHTML(p, html)
			cols = append(cols, "description_binary", "description_json", "description_html", "description_stripped")
		}
		if name != p.Name {
			p.Name, cols = name, append(cols, "name")
		}
		if err := store.DropPageUpdates(t, p.ID, f.UpTo); err != nil || len(cols) == 0 {
			return err
		}
		if err := store.Pages.Update(t, p, cols...); err != nil {
			return err
		}
		store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionUpdated, p.ID)
		if p.DescriptionHTML == before.DescriptionHTML {
			return nil
		}
		t.Wary = false
		if err := logMentions(t, p); err != nil {
			return err
		}
		return keepVersion(t, p, false)
	})
}

// Rename gives a page the title that was typed, as it was read: see Fold.
func Rename(ctx context.Context, a *app.App, p *store.Page, name, actor string) error {
	before := *p
	return a.DB.Write(ctx, actor, func(t *store.Tx) error {
		*p = before
		t.Wary = true
		p.Name = strings.ReplaceAll(name, "\x00", "")
		store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionUpdated, p.ID)
		return store.Pages.Update(t, p, "name")
	})
}
