package module

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// LinkInput is what a request says of a link.
type LinkInput struct {
	Title    app.Opt[string]     `json:"title" check:"max=255,blank,null"`
	URL      app.Opt[string]     `json:"url" check:"required,max=200"`
	Metadata app.Opt[store.JSON] `json:"metadata"`

	Faults app.Fields `body:"faults"`
}

func (in *LinkInput) put(l *store.ModuleLink) ([]string, error) {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	if in.URL.Set && in.Faults["url"] == nil {
		if in.URL.V = app.WithScheme(in.URL.V); !app.IsURL(in.URL.V) {
			in.Faults.Add("url", "Enter a valid URL.")
		}
	}
	if err := in.Faults.Err(); err != nil {
		return nil, err
	}
	if !in.URL.Set { // a change without an address is refused by the reference too
		return nil, app.Refuse(app.Invalid, "Invalid URL format.")
	}
	var cols []string
	app.ChangePtr(&cols, "title", in.Title, &l.Title)
	app.Change(&cols, "url", in.URL, &l.URL)
	app.Change(&cols, "metadata", in.Metadata, &l.Metadata)
	return cols, nil
}

// Links returns the links of a module, newest first; none of a module that there is not.
func Links(c *app.Call, module string) ([]store.ModuleLink, error) {
	return linksOf(c.Read(),
		&store.Module{AuditFields: store.AuditFields{ID: module}, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID})
}

func linksOf(t *store.Tx, m *store.Module) ([]store.ModuleLink, error) {
	return store.ModuleLinks.List(t,
		dbx.HashExp{"module_id": m.ID, "project_id": m.ProjectID, "workspace_id": m.WorkspaceID}, "created_at DESC",
		"id DESC")
}

// Link returns one of them.
func Link(c *app.Call, module, id string) (*store.ModuleLink, error) {
	return link(c, c.Read(), module, id)
}

func link(c *app.Call, t *store.Tx, module, id string) (*store.ModuleLink, error) {
	l, err := store.ModuleLinks.Get(t,
		dbx.HashExp{"id": id, "module_id": module, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("ModuleLink")
	}
	return l, err
}

// AddLink adds an address to a module, once.
func AddLink(c *app.Call, module string, in LinkInput) (*store.ModuleLink, error) {
	l := &store.ModuleLink{ModuleID: module, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
	if _, err := in.put(l); err != nil {
		return nil, err
	}
	err := c.Write(func(t *store.Tx) error {
		if _, err := inProject(c, t, module); errors.Is(err, store.ErrNotFound) {
			return app.ErrPayload
		} else if err != nil {
			return err
		}
		if err := t.LockRows("modules", module); err != nil { // an address is there once
			return err
		}
		twin, err := store.ModuleLinks.Exists(t, dbx.HashExp{"module_id": module, "url": l.URL})
		if err != nil {
			return err
		}
		if twin {
			return app.Refuse(app.Invalid, "URL already exists.")
		}
		return store.ModuleLinks.Insert(t, l)
	})
	return l, err
}

// ChangeLink writes what a request says of a link.
func ChangeLink(c *app.Call, module, id string, in LinkInput) (*store.ModuleLink, error) {
	var l *store.ModuleLink
	err := c.Write(func(t *store.Tx) (err error) {
		if l, err = link(c, t, module, id); err != nil {
			return err
		}
		cols, err := in.put(l)
		if err != nil {
			return err
		}
		if err := t.LockRows("modules", module); err != nil { // an address is there once
			return err
		}
		twin, err := store.ModuleLinks.Exists(t,
			dbx.And(dbx.HashExp{"module_id": module, "url": l.URL}, dbx.Not(dbx.HashExp{"id": id})))
		if err != nil {
			return err
		}
		if twin {
			return app.Refuse(app.Invalid, "URL already exists for this Issue")
		}
		return store.ModuleLinks.Update(t, l, cols...)
	})
	return l, err
}

// DeleteLink takes a link from a module.
func DeleteLink(c *app.Call, module, id string) error {
	return c.Write(func(t *store.Tx) error {
		l, err := link(c, t, module, id)
		if err != nil {
			return err
		}
		return store.ModuleLinks.Delete(t, l)
	})
}
