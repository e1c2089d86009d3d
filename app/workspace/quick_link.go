package workspace

import (
	"errors"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

func ownLinks(c *app.Call) dbx.HashExp {
	return dbx.HashExp{"owner_id": c.User.ID, "workspace_id": c.Workspace.ID}
}

// ListQuickLinks returns the caller's links in the workspace, newest first.
func ListQuickLinks(c *app.Call) ([]store.QuickLink, error) {
	return store.QuickLinks.List(c.Read(), ownLinks(c), "created_at DESC")
}

// GetQuickLink returns one of the caller's links.
func GetQuickLink(c *app.Call, id string) (*store.QuickLink, error) {
	where := ownLinks(c)
	where["id"] = id
	return store.QuickLinks.Get(c.Read(), where)
}

// CreateQuickLink writes a new link of the caller's.
func CreateQuickLink(c *app.Call, l *store.QuickLink) error {
	l.OwnerID, l.WorkspaceID = c.User.ID, c.Workspace.ID
	if err := checkQuickLink(c, l); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		if err := refuseTwice(c, t, l); err != nil {
			return err
		}
		return store.QuickLinks.Insert(t, l)
	})
}

// UpdateQuickLink writes the named columns of a link.
func UpdateQuickLink(c *app.Call, l *store.QuickLink, cols ...string) error {
	if err := checkQuickLink(c, l); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		if err := refuseTwice(c, t, l); err != nil {
			return err
		}
		return store.QuickLinks.Update(t, l, cols...)
	})
}

// DeleteQuickLink deletes one of the caller's links.
func DeleteQuickLink(c *app.Call, id string) error {
	l, err := GetQuickLink(c, id)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.QuickLinks.Delete(t, l) })
}

// checkQuickLink completes the address; a link may only name a project of the workspace.
func checkQuickLink(c *app.Call, l *store.QuickLink) error {
	if !strings.HasPrefix(l.URL, "http://") && !strings.HasPrefix(l.URL, "https://") {
		l.URL = "http://" + l.URL
	}
	if !app.IsWebURL(l.URL) {
		return app.Fields{"url": map[string]string{"error": "Invalid URL format."}}.Err()
	}
	if l.ProjectID == nil {
		return nil
	}
	_, err := store.Projects.Get(c.Read(), dbx.HashExp{"id": *l.ProjectID, "workspace_id": c.Workspace.ID})
	if errors.Is(err, store.ErrNotFound) {
		return app.Field("project", `Invalid pk "`+*l.ProjectID+`" - object does not exist.`)
	}
	return err
}

func refuseTwice(c *app.Call, t *store.Tx, l *store.QuickLink) error {
	if err := t.Lock("links of " + c.User.ID); err != nil {
		return err
	}
	where := ownLinks(c)
	where["url"] = l.URL
	same, err := store.QuickLinks.Get(t, where)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err == nil && same.ID != l.ID:
		return app.Refuse(app.Invalid, "URL already exists for this workspace and owner")
	}
	return err
}
