package workspace

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostDefinitions is how many kinds of relations a workspace may have: each stands in every list of relations.
const mostDefinitions = 100

// RelationDefinitionInput is what a request may say of a kind of relation.
type RelationDefinitionInput struct {
	Name      app.Opt[string]  `json:"name" check:"required,max=255"`
	Outward   app.Opt[string]  `json:"outward" check:"max=255"`
	Inward    app.Opt[string]  `json:"inward" check:"max=255"`
	Color     app.Opt[string]  `json:"color" check:"max=255,blank,null"`
	IsDefault app.Opt[bool]    `json:"is_default"`
	IsActive  app.Opt[bool]    `json:"is_active"`
	SortOrder app.Opt[float64] `json:"sort_order"`
}

func (in *RelationDefinitionInput) put(d *store.RelationDefinition) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &d.Name)
	app.Change(&cols, "outward", in.Outward, &d.Outward)
	app.Change(&cols, "inward", in.Inward, &d.Inward)
	app.ChangePtr(&cols, "color", in.Color, &d.Color)
	app.Change(&cols, "is_default", in.IsDefault, &d.IsDefault)
	app.Change(&cols, "is_active", in.IsActive, &d.IsActive)
	app.Change(&cols, "sort_order", in.SortOrder, &d.SortOrder)
	return cols
}

// RelationDefinitions returns a part of the kinds of relations of the call's workspace, by their own order, and how
// many there are in all; nil narrows by nothing.
func RelationDefinitions(c *app.Call, s store.ListPart, isDefault, isActive *bool) ([]store.RelationDefinition, int,
	error) {
	where := dbx.HashExp{"workspace_id": c.Workspace.ID}
	if isDefault != nil {
		where["is_default"] = *isDefault
	}
	if isActive != nil {
		where["is_active"] = *isActive
	}
	return store.RelationDefinitions.Page(c.Read(), where, s, "sort_order", "created_at", "id")
}

// CreateRelationDefinition makes a kind of relation. What is not said of its sides is its name.
func CreateRelationDefinition(c *app.Call, in RelationDefinitionInput) (*store.RelationDefinition, error) {
	var d *store.RelationDefinition
	err := c.Write(func(t *store.Tx) error {
		d = &store.RelationDefinition{Outward: in.Name.V, Inward: in.Name.V, IsActive: true, SortOrder: 65535,
			WorkspaceID: c.Workspace.ID}
		in.put(d)
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil { // they are counted
			return err
		}
		n, err := store.RelationDefinitions.Count(t, dbx.HashExp{"workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		if n >= mostDefinitions {
			return app.Field("non_field_errors", "A workspace has no more than 100 kinds of relations.")
		}
		if err := newRelationName(t, d); err != nil {
			return err
		}
		return store.RelationDefinitions.Insert(t, d)
	})
	return d, err
}

// newRelationName refuses a name that another kind of relation has.
func newRelationName(t *store.Tx, d *store.RelationDefinition) error {
	other, err := store.RelationDefinitions.Get(t, dbx.HashExp{"workspace_id": d.WorkspaceID, "name": d.Name})
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == d.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return app.DuplicateOf("A kind of relation with this name already exists", other.ID)
}

func relationDefinition(c *app.Call, t *store.Tx, id string) (*store.RelationDefinition, error) {
	return store.RelationDefinitions.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// ChangeRelationDefinition writes what a request says of a kind of relation. Relations of one that is switched off are
// not shown until it is switched on again.
func ChangeRelationDefinition(c *app.Call, id string, in RelationDefinitionInput) (*store.RelationDefinition, error) {
	var d *store.RelationDefinition
	err := c.Write(func(t *store.Tx) (err error) {
		if d, err = relationDefinition(c, t, id); err != nil {
			return err
		}
		cols := in.put(d)
		if err := newRelationName(t, d); err != nil {
			return err
		}
		return store.RelationDefinitions.Update(t, d, cols...)
	})
	return d, err
}

// DeleteRelationDefinition deletes a kind of relation, and all relations of that kind.
func DeleteRelationDefinition(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		d, err := relationDefinition(c, t, id)
		if err != nil {
			return err
		}
		if _, err := store.TypedRelations.DeleteWhere(t, dbx.HashExp{"definition_id": d.ID}); err != nil {
			return err
		}
		return store.RelationDefinitions.Delete(t, d)
	})
}
