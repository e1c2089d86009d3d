package release

import (
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// LinkInput is what a request may say of a link. What is said in Metadata stays until the page behind the link has been
// looked at.
type LinkInput struct {
	Title    app.Opt[string]     `json:"title" check:"max=255,blank,null"`
	URL      app.Opt[string]     `json:"url" check:"required,max=2048"`
	Metadata app.Opt[store.JSON] `json:"metadata"`
}

// check refuses what is no address of the web.
func (in *LinkInput) check() error {
	switch url := in.URL; {
	case !url.Set:
		return nil
	case !app.IsURL(url.V):
		return app.Field("url", "Invalid URL format.")
	case !strings.HasPrefix(url.V, "http://") && !strings.HasPrefix(url.V, "https://"):
		return app.Field("url", "Invalid URL scheme.")
	}
	return nil
}

func (in *LinkInput) put(l *store.ReleaseLink) []string {
	var cols []string
	app.ChangePtr(&cols, "title", in.Title, &l.Title)
	app.Change(&cols, "url", in.URL, &l.URL)
	app.Change(&cols, "metadata", in.Metadata, &l.Metadata)
	return cols
}

var linkOrders = map[string]string{"title": "title", "url": "url", "created_at": "created_at",
	"updated_at": "updated_at", "id": "id"}

// ListLinks returns a part of the links of a release, by name or -name (empty: newest first), and how many there are in
// all.
func ListLinks(c *app.Call, release string, s store.ListPart, by string) ([]store.ReleaseLink, int, error) {
	order, err := app.Orders(by, linkOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	if _, err := find(c, t, release); err != nil {
		return nil, 0, err
	}
	return store.ReleaseLinks.Page(t, dbx.HashExp{"release_id": release}, s, order...)
}

// GetLink returns one of them, or store.ErrNotFound.
func GetLink(c *app.Call, release, id string) (*store.ReleaseLink, error) {
	return findLink(c, c.Read(), release, id)
}

func findLink(c *app.Call, t *store.Tx, release, id string) (*store.ReleaseLink, error) {
	return store.ReleaseLinks.Get(t, dbx.HashExp{"id": id, "release_id": release, "workspace_id": c.Workspace.ID})
}

// CreateLink adds an address to a release, once.
func CreateLink(c *app.Call, release string, in LinkInput) (*store.ReleaseLink, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var l *store.ReleaseLink
	err := c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, release) // an address is there once
		if err != nil {
			return err
		}
		l = &store.ReleaseLink{AuditFields: store.AuditFields{ID: store.NewID()}, ReleaseID: r.ID,
			WorkspaceID: r.WorkspaceID}
		in.put(l)
		if err := onlyLink(t, l); err != nil {
			return err
		}
		if err := store.ReleaseLinks.Insert(t, l); err != nil {
			return err
		}
		return lookAt(t, l)
	})
	return l, err
}

func onlyLink(t *store.Tx, l *store.ReleaseLink) error {
	twin, err := store.ReleaseLinks.Exists(t,
		dbx.And(dbx.HashExp{"release_id": l.ReleaseID, "url": l.URL}, dbx.Not(dbx.HashExp{"id": l.ID})))
	if err == nil && twin {
		err = app.Field("url", "This release has the address already.")
	}
	return err
}

func lookAt(t *store.Tx, l *store.ReleaseLink) error {
	return store.Enqueue(t, app.JobFetchLink, app.FetchLink{LinkID: l.ID, URL: l.URL, Release: true})
}

// ChangeLink writes what a request says into a link.
func ChangeLink(c *app.Call, release, id string, in LinkInput) (*store.ReleaseLink, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var l *store.ReleaseLink
	err := c.Write(func(t *store.Tx) (err error) {
		if _, err = hold(c, t, release); err != nil {
			return err
		}
		if l, err = findLink(c, t, release, id); err != nil {
			return err
		}
		before := l.URL
		cols := in.put(l)
		if err := onlyLink(t, l); err != nil {
			return err
		}
		if err := store.ReleaseLinks.Update(t, l, cols...); err != nil || l.URL == before {
			return err
		}
		return lookAt(t, l)
	})
	return l, err
}

// DeleteLink takes a link off a release.
func DeleteLink(c *app.Call, release, id string) error {
	return c.Write(func(t *store.Tx) error {
		l, err := findLink(c, t, release, id)
		if err != nil {
			return err
		}
		return store.ReleaseLinks.Delete(t, l)
	})
}
