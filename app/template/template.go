// Package template keeps templates: what a new work item, page or project begins with. They are of a project, or of the
// workspace for all of its projects; those for projects are the workspace's only. What is made by one is made by the
// rules of its own area.
package template

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Kind says what templates are of.
type Kind string

// The kinds.
const (
	WorkItem Kind = "workitem"
	Page     Kind = "page"
	Project  Kind = "project"
)

const (
	most     = 500     // templates of a workspace, with those of its projects: lists of them are whole
	mostData = 100_000 // bytes of template_data and of description_html
)

// Input is what a request may say of a template.
type Input struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	Description     app.Opt[string]     `json:"description" alias:"short_description" check:"blank,null,max=10000"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank,null,max=100000"`
	Data            app.Opt[store.JSON] `json:"template_data" check:"null"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props" check:"null,logo"`

	Faults app.Fields `body:"faults"` // what is wrong already; it is refused together with the rest
}

// check refuses what is wrong, and makes the HTML harmless, in the data too.
func (in *Input) check() error {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	for key, doc := range map[string]*app.Opt[store.JSON]{"template_data": &in.Data, "logo_props": &in.LogoProps} {
		if !doc.Set || in.Faults[key] != nil {
			continue
		}
		if doc.Null {
			doc.V = store.JSON(`{}`)
		}
		clean, err := richtext.CleanHarmful(doc.V)
		switch {
		case !bytes.HasPrefix(bytes.TrimSpace(doc.V), []byte("{")):
			in.Faults.Add(key, "This is no JSON object.")
		case len(doc.V) > mostData:
			in.Faults.Add(key, "This is longer than 100,000 bytes.")
		case err != nil:
			in.Faults.Add(key, err.Error())
		}
		doc.V = clean
	}
	if in.DescriptionHTML.V != "" {
		clean, err := richtext.Clean(in.DescriptionHTML.V)
		if err != nil {
			in.Faults.Add("description_html", err.Error())
		}
		in.DescriptionHTML.V = clean
	}
	return in.Faults.Err()
}

// put writes what the request has into the row and returns the columns. Data is merged: keys that are not sent stay.
func (in *Input) put(p *store.Template) (cols []string, err error) {
	app.Change(&cols, "name", in.Name, &p.Name)
	app.Change(&cols, "description", in.Description, &p.Description)
	app.Change(&cols, "description_html", in.DescriptionHTML, &p.DescriptionHTML)
	app.Change(&cols, "logo_props", in.LogoProps, &p.LogoProps)
	if !in.Data.Set {
		return cols, nil
	}
	if p.Data, err = merged(p.Data, in.Data.V); err == nil && len(p.Data) > 2*mostData {
		err = app.Field("template_data", "With what is there already this is longer than 200,000 bytes.")
	}
	return append(cols, "template_data"), err
}

// merged is an object with the keys of another one in it.
func merged(old, more store.JSON) (store.JSON, error) {
	all := map[string]json.RawMessage{}
	for _, doc := range []store.JSON{old, more} {
		if len(doc) == 0 {
			continue
		}
		if err := json.Unmarshal(doc, &all); err != nil {
			return nil, app.Field("template_data", "This is no JSON object.")
		}
	}
	return json.Marshal(all)
}

// List returns the templates of a kind of the call's project, or of its workspace and those of its projects that the
// caller is in; the oldest first.
func List(c *app.Call, kind Kind) ([]store.Template, error) {
	where := dbx.Expression(dbx.HashExp{"project_id": c.ProjectID})
	if c.ProjectID == "" {
		where = dbx.Or(dbx.HashExp{"project_id": nil}, store.In("project_id", slices.Collect(maps.Keys(c.Access.Projects))))
	}
	return store.Templates.List(c.Read(), dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID, "kind": string(kind)},
		where), "created_at", "id")
}

// at fits a template of the call's project, or, without one, of the workspace itself.
func at(c *app.Call, kind Kind, id string) dbx.HashExp {
	where := dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID, "kind": string(kind), "project_id": nil}
	if c.ProjectID != "" {
		where["project_id"] = c.ProjectID
	}
	return where
}

// ForUse returns a template by which something can be made in the call's project, or, without one, in its workspace:
// those of the workspace are for its projects, too.
func ForUse(c *app.Call, kind Kind, id string) (*store.Template, error) {
	where := dbx.Expression(dbx.HashExp{"project_id": nil})
	if c.ProjectID != "" {
		where = dbx.Or(where, dbx.HashExp{"project_id": c.ProjectID})
	}
	return store.Templates.Get(c.Read(), dbx.And(
		dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID, "kind": string(kind)}, where))
}

// Create makes a template of the call's project, or of its workspace.
func Create(c *app.Call, kind Kind, in Input) (*store.Template, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	p := &store.Template{Kind: string(kind), WorkspaceID: c.Workspace.ID, Data: store.JSON(`{}`)}
	if c.ProjectID != "" {
		p.ProjectID = &c.ProjectID
	}
	if _, err := in.put(p); err != nil {
		return nil, err
	}
	return p, c.Write(func(t *store.Tx) error {
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil { // they are counted
			return err
		}
		n, err := store.Templates.Count(t, dbx.HashExp{"workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		if n >= most {
			return app.Field("non_field_errors", "A workspace has no more than 500 templates.")
		}
		return store.Templates.Insert(t, p)
	})
}

// Change writes what a request says of a template.
func Change(c *app.Call, kind Kind, id string, in Input) (*store.Template, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var p *store.Template
	err := c.Write(func(t *store.Tx) (err error) {
		if err := t.LockRows("templates", id); err != nil { // what two change at once is merged
			return err
		}
		if p, err = store.Templates.Get(t, at(c, kind, id)); err != nil {
			return err
		}
		cols, err := in.put(p)
		if err != nil {
			return err
		}
		return store.Templates.Update(t, p, cols...)
	})
	return p, err
}

// Delete deletes a template; what was made by it stays.
func Delete(c *app.Call, kind Kind, id string) error {
	return c.Write(func(t *store.Tx) error {
		p, err := store.Templates.Get(t, at(c, kind, id))
		if err != nil {
			return err
		}
		return store.Templates.Delete(t, p)
	})
}
