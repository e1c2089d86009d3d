package page

import (
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Lock keeps a page from being changed, or lets it be changed again.
func Lock(c *app.Call, id string, locked bool) error {
	need := app.Member
	if !locked {
		need = app.Admin
	}
	return c.Write(func(t *store.Tx) error {
		p, err := Enter(c, t, id, need)
		if err != nil {
			return err
		}
		p.IsLocked = locked
		store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionUpdated, p.ID)
		return store.Pages.Update(t, p, "is_locked")
	})
}

// SetAccess makes a page public or private; only its owner may change which it is.
func SetAccess(c *app.Call, id string, access int) error {
	return c.Write(func(t *store.Tx) error {
		p, err := Enter(c, t, id, app.Member)
		if err != nil {
			return err
		}
		if p.Access != access && p.OwnedByID != c.UserID() {
			return errAccess
		}
		p.Access = access
		store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionUpdated, p.ID)
		return store.Pages.Update(t, p, "access")
	})
}

// mayArchive: the owner and the project's administrators.
func mayArchive(c *app.Call, p *store.Page, verb string) error {
	if p.OwnedByID != c.UserID() && role(c) != app.Admin {
		return app.Refuse(app.Invalid, "Only the owner or admin can "+verb+" the page")
	}
	return nil
}

// Archive puts a page and all below it away and returns when. It is nobody's favourite then.
func Archive(c *app.Call, id string) (time.Time, error) {
	var at time.Time
	err := c.Write(func(t *store.Tx) error {
		p, err := Enter(c, t, id, app.Member)
		if err != nil {
			return err
		}
		if err := mayArchive(c, p, "archive"); err != nil {
			return err
		}
		if err := store.DropFavorites(t, c.Workspace.ID, "page", id); err != nil {
			return err
		}
		at = t.Now
		return store.ArchivePageTree(t, id, today(t))
	})
	return at, err
}

// Unarchive brings a page and all below it back. Below a page that stays away it leaves its place and comes to the top.
func Unarchive(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := holdPages(c, t); err != nil {
			return err
		}
		p, err := Enter(c, t, id, app.Admin)
		if err != nil {
			return err
		}
		if err := mayArchive(c, p, "un archive"); err != nil {
			return err
		}
		if p.ParentID != nil {
			parent, err := store.Pages.Find(t, *p.ParentID)
			if err != nil {
				return err
			}
			if parent.ArchivedAt != nil {
				p.ParentID = nil
				if err := store.Pages.Set(t, p, "parent_id"); err != nil {
					return err
				}
			}
		}
		return store.ArchivePageTree(t, id, nil)
	})
}

// Delete deletes an archived page. Those below it come to the top.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := holdPages(c, t); err != nil {
			return err
		}
		p, err := Enter(c, t, id, app.Admin)
		if err != nil {
			return err
		}
		if p.ArchivedAt == nil {
			return app.Refuse(app.Invalid, "The page should be archived before deleting")
		}
		if err := store.FreeSubPages(t, id); err != nil {
			return err
		}
		if err := store.DropFavorites(t, c.Workspace.ID, "page", id); err != nil {
			return err
		}
		if _, err := store.IssuePages.DeleteWhere(t, dbx.HashExp{"page_id": id}); err != nil {
			return err
		}
		if _, err := store.CollectionPages.DeleteWhere(t, dbx.HashExp{"page_id": id}); err != nil {
			return err
		}
		if _, err := store.RecentVisits.DeleteWhere(t,
			dbx.HashExp{"entity_identifier": id, "entity_name": "page"}); err != nil {
			return err
		}
		store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionDeleted, p.ID)
		return store.Pages.Delete(t, p)
	})
}

// Duplicate copies a page, with what is in it and what was typed on it just now, to the same projects; the caller owns
// the copy.
func Duplicate(c *app.Call, id string) (*ForMember, error) {
	var seen []ForMember
	err := c.Write(func(t *store.Tx) error {
		p, err := Enter(c, t, id, app.Member)
		if err != nil {
			return err
		}
		links, err := store.ProjectPages.List(t, dbx.HashExp{"page_id": id})
		if err != nil {
			return err
		}
		me := c.UserID()
		cp := *p
		now, err := withTyped(t, p)
		if err != nil {
			return err
		}
		if now != nil {
			cp = now.Page
		}
		cp.AuditFields = store.AuditFields{UpdatedByID: &me}
		cp.Name, cp.OwnedByID, cp.DescriptionBinary = p.Name+" (Copy)", me, nil
		if err := store.Pages.Insert(t, &cp); err != nil {
			return err
		}
		store.NoteEvent(t, cp.WorkspaceID, store.EventPage, store.ActionCreated, cp.ID)
		for _, l := range links {
			if err := store.ProjectPages.Insert(t,
				&store.ProjectPage{PageID: cp.ID, ProjectID: l.ProjectID, WorkspaceID: l.WorkspaceID}); err != nil {
				return err
			}
		}
		if err := logMentions(t, &cp); err != nil {
			return err
		}
		if err := store.Enqueue(t, store.JobPageCopied, store.PageCopied{PageID: cp.ID, UserID: me}); err != nil {
			return err
		}
		seen, err = see(c, t, []store.Page{cp})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &seen[0], nil
}
