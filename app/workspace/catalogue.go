package workspace

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// A workspace's catalogue: what its projects, not their work items, can be sorted by.

// mostCatalogued is how many states and how many labels for projects a workspace may have: lists of them are whole.
const mostCatalogued = 250

// ErrStatesOfProjects is what those are told who ask for states that belong to a workspace: programs know its code, and
// ask for a project's then.
var ErrStatesOfProjects error = &app.Error{Kind: app.Invalid, Code: "workspace_not_managed",
	Text: "States belong to projects here: ask for those of a project, at projects/{project_id}/states/."}

// CatalogueStateInput is what a request may say of a state of projects.
type CatalogueStateInput struct {
	Name        app.Opt[string]  `json:"name" check:"required,max=255"`
	Color       app.Opt[string]  `json:"color" check:"max=255,blank"`
	Description app.Opt[string]  `json:"description" check:"blank,max=10000"`
	Group       app.Opt[string]  `json:"group" check:"choice=draft|planning|execution|monitoring|backlog|unstarted|started|completed|cancelled"`
	Sequence    app.Opt[float64] `json:"sequence"`
	Default     app.Opt[bool]    `json:"default"`
}

func (in *CatalogueStateInput) put(s *store.CatalogueState) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &s.Name)
	app.Change(&cols, "color", in.Color, &s.Color)
	app.Change(&cols, "description", in.Description, &s.Description)
	app.Change(&cols, "group", in.Group, &s.Group)
	app.Change(&cols, "sequence", in.Sequence, &s.Sequence)
	app.Change(&cols, "default", in.Default, &s.Default)
	return cols
}

// CatalogueStates returns the states for projects of the call's workspace, in their order.
func CatalogueStates(c *app.Call) ([]store.CatalogueState, error) {
	return store.CatalogueStates.List(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID}, "sequence", "created_at",
		"id")
}

// CreateCatalogueState makes a state for projects, behind the others unless its place is said.
func CreateCatalogueState(c *app.Call, in CatalogueStateInput) (*store.CatalogueState, error) {
	var s *store.CatalogueState
	err := c.Write(func(t *store.Tx) error {
		if err := roomInCatalogue(c, t, "states", store.CatalogueStates.Count); err != nil {
			return err
		}
		s = &store.CatalogueState{Group: "backlog", Sequence: 65535, WorkspaceID: c.Workspace.ID}
		last, err := store.CatalogueStates.First(t, dbx.HashExp{"workspace_id": c.Workspace.ID}, "sequence DESC")
		if err == nil {
			s.Sequence += last.Sequence
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		in.put(s)
		if err := freeStateName(t, s); err != nil {
			return err
		}
		if err := store.CatalogueStates.Insert(t, s); err != nil {
			return err
		}
		return onlyCatalogueDefault(t, s)
	})
	return s, err
}

// ChangeCatalogueState writes what a request says of a state for projects.
func ChangeCatalogueState(c *app.Call, id string, in CatalogueStateInput) (*store.CatalogueState, error) {
	var s *store.CatalogueState
	err := c.Write(func(t *store.Tx) (err error) {
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil { // one is the default
			return err
		}
		if s, err = store.CatalogueStates.Get(t, catalogued(c, id)); err != nil {
			return err
		}
		cols := in.put(s)
		if err := freeStateName(t, s); err != nil {
			return err
		}
		if err := store.CatalogueStates.Update(t, s, cols...); err != nil {
			return err
		}
		return onlyCatalogueDefault(t, s)
	})
	return s, err
}

// onlyCatalogueDefault leaves one default.
func onlyCatalogueDefault(t *store.Tx, s *store.CatalogueState) error {
	if !s.Default {
		return nil
	}
	return store.CatalogueStates.SetWhere(t, dbx.Params{"default": false}, dbx.And(
		dbx.HashExp{"workspace_id": s.WorkspaceID, "default": true}, dbx.Not(dbx.HashExp{"id": s.ID})))
}

// freeStateName refuses a name that another one has.
func freeStateName(t *store.Tx, s *store.CatalogueState) error {
	other, err := store.CatalogueStates.Get(t, dbx.HashExp{"workspace_id": s.WorkspaceID, "name": s.Name})
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == s.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return app.DuplicateOf("A state with this name already exists", other.ID)
}

// DeleteCatalogueState deletes a state for projects.
func DeleteCatalogueState(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		s, err := store.CatalogueStates.Get(t, catalogued(c, id))
		if err != nil {
			return err
		}
		return store.CatalogueStates.Delete(t, s)
	})
}

// CatalogueLabelInput is what a request may say of a label for projects.
type CatalogueLabelInput struct {
	Name        app.Opt[string]  `json:"name" check:"required,max=255"`
	Color       app.Opt[string]  `json:"color" check:"max=255,blank"`
	Description app.Opt[string]  `json:"description" check:"blank,max=10000"`
	SortOrder   app.Opt[float64] `json:"sort_order"`
}

func (in *CatalogueLabelInput) put(l *store.CatalogueLabel) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &l.Name)
	app.Change(&cols, "color", in.Color, &l.Color)
	app.Change(&cols, "description", in.Description, &l.Description)
	app.Change(&cols, "sort_order", in.SortOrder, &l.SortOrder)
	return cols
}

// CatalogueLabels returns the labels for projects of the call's workspace, in their order.
func CatalogueLabels(c *app.Call) ([]store.CatalogueLabel, error) {
	return store.CatalogueLabels.List(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID}, "sort_order", "created_at",
		"id")
}

// GetCatalogueLabel returns one of them.
func GetCatalogueLabel(c *app.Call, id string) (*store.CatalogueLabel, error) {
	return store.CatalogueLabels.Get(c.Read(), catalogued(c, id))
}

// CreateCatalogueLabel makes a label for projects, behind the others unless its place is said.
func CreateCatalogueLabel(c *app.Call, in CatalogueLabelInput) (*store.CatalogueLabel, error) {
	var l *store.CatalogueLabel
	err := c.Write(func(t *store.Tx) error {
		if err := roomInCatalogue(c, t, "labels", store.CatalogueLabels.Count); err != nil {
			return err
		}
		l = &store.CatalogueLabel{SortOrder: 65535, WorkspaceID: c.Workspace.ID}
		last, err := store.CatalogueLabels.First(t, dbx.HashExp{"workspace_id": c.Workspace.ID}, "sort_order DESC")
		if err == nil {
			l.SortOrder += last.SortOrder
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		in.put(l)
		if err := freeLabelName(t, l); err != nil {
			return err
		}
		return store.CatalogueLabels.Insert(t, l)
	})
	return l, err
}

// ChangeCatalogueLabel writes what a request says of a label for projects.
func ChangeCatalogueLabel(c *app.Call, id string, in CatalogueLabelInput) (*store.CatalogueLabel, error) {
	var l *store.CatalogueLabel
	err := c.Write(func(t *store.Tx) (err error) {
		if l, err = store.CatalogueLabels.Get(t, catalogued(c, id)); err != nil {
			return err
		}
		cols := in.put(l)
		if err := freeLabelName(t, l); err != nil {
			return err
		}
		return store.CatalogueLabels.Update(t, l, cols...)
	})
	return l, err
}

// freeLabelName refuses a name that another one has.
func freeLabelName(t *store.Tx, l *store.CatalogueLabel) error {
	other, err := store.CatalogueLabels.Get(t, dbx.HashExp{"workspace_id": l.WorkspaceID, "name": l.Name})
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == l.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return app.DuplicateOf("A label with this name already exists", other.ID)
}

// DeleteCatalogueLabel deletes a label for projects.
func DeleteCatalogueLabel(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		l, err := store.CatalogueLabels.Get(t, catalogued(c, id))
		if err != nil {
			return err
		}
		return store.CatalogueLabels.Delete(t, l)
	})
}

// catalogued fits one row of the call's workspace.
func catalogued(c *app.Call, id string) dbx.Expression {
	return dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID}
}

// roomInCatalogue refuses more than a workspace may have. Nobody else adds to it until the transaction ends.
func roomInCatalogue(c *app.Call, t *store.Tx, what string, count func(*store.Tx, dbx.Expression) (int, error)) error {
	if err := t.LockRows("workspaces", c.Workspace.ID); err != nil {
		return err
	}
	n, err := count(t, dbx.HashExp{"workspace_id": c.Workspace.ID})
	if err == nil && n >= mostCatalogued {
		err = app.Field("non_field_errors", "A workspace has no more than 250 "+what+" for its projects.")
	}
	return err
}
