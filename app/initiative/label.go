package initiative

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostLabels is how many labels of initiatives a workspace may have.
const mostLabels = 200

// LabelInput is what a request may say of a label of initiatives.
type LabelInput struct {
	Name        app.Opt[string]  `json:"name" check:"required,max=255"`
	Description app.Opt[string]  `json:"description" check:"blank,max=10000"`
	Color       app.Opt[string]  `json:"color" check:"blank,max=255"`
	SortOrder   app.Opt[float64] `json:"sort_order"`
}

func (in *LabelInput) put(l *store.InitiativeLabel) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &l.Name)
	app.Change(&cols, "description", in.Description, &l.Description)
	app.Change(&cols, "color", in.Color, &l.Color)
	app.Change(&cols, "sort_order", in.SortOrder, &l.SortOrder)
	return cols
}

var labelOrders = map[string]string{"name": "name", "sort_order": "sort_order", "created_at": "created_at",
	"updated_at": "updated_at", "id": "id"}

// ListLabels returns a part of the labels of the workspace's initiatives, by name or -name (empty: in their own order),
// or of those of one initiative, and how many there are.
func ListLabels(c *app.Call, id string, s store.ListPart, by string) ([]store.InitiativeLabel, int, error) {
	order, err := app.Orders(by, labelOrders, "sort_order", "created_at", "id")
	if err != nil {
		return nil, 0, err
	}
	where := dbx.Expression(dbx.HashExp{"workspace_id": c.Workspace.ID})
	if id != "" {
		if _, err := Get(c, id); err != nil {
			return nil, 0, err
		}
		where = dbx.And(where, store.LabelsOfInitiative(id))
	}
	return store.InitiativeLabels.Page(c.Read(), where, s, order...)
}

// GetLabel returns a label of the workspace's initiatives.
func GetLabel(c *app.Call, id string) (*store.InitiativeLabel, error) {
	return findLabel(c, c.Read(), id)
}

func findLabel(c *app.Call, t *store.Tx, id string) (*store.InitiativeLabel, error) {
	return store.InitiativeLabels.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// writeLabels keeps others from writing labels of the workspace's initiatives meanwhile: they are counted, and of two
// with one name one is refused.
func writeLabels(c *app.Call, do func(t *store.Tx) error) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("labels of initiatives of " + c.Workspace.ID); err != nil {
			return err
		}
		return do(t)
	})
}

// CreateLabel makes a label for the workspace's initiatives.
func CreateLabel(c *app.Call, in LabelInput) (*store.InitiativeLabel, error) {
	var l *store.InitiativeLabel
	err := writeLabels(c, func(t *store.Tx) error {
		l = &store.InitiativeLabel{SortOrder: 65535, WorkspaceID: c.Workspace.ID}
		in.put(l)
		n, err := store.InitiativeLabels.Count(t, dbx.HashExp{"workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		if n >= mostLabels {
			return app.Field("non_field_errors", "A workspace has no more than 200 labels of initiatives.")
		}
		if err := freeName(t, l); err != nil {
			return err
		}
		return store.InitiativeLabels.Insert(t, l)
	})
	return l, err
}

// freeName refuses a name that another label has.
func freeName(t *store.Tx, l *store.InitiativeLabel) error {
	other, err := store.InitiativeLabels.Get(t, dbx.HashExp{"workspace_id": l.WorkspaceID, "name": l.Name})
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == l.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return app.DuplicateOf("A label of initiatives with this name already exists", other.ID)
}

// ChangeLabel writes what a request says of a label.
func ChangeLabel(c *app.Call, id string, in LabelInput) (*store.InitiativeLabel, error) {
	var l *store.InitiativeLabel
	err := writeLabels(c, func(t *store.Tx) (err error) {
		if l, err = findLabel(c, t, id); err != nil {
			return err
		}
		cols := in.put(l)
		if err := freeName(t, l); err != nil {
			return err
		}
		return store.InitiativeLabels.Update(t, l, cols...)
	})
	return l, err
}

// DeleteLabel deletes a label, and takes it from the initiatives that have it.
func DeleteLabel(c *app.Call, id string) error {
	return writeLabels(c, func(t *store.Tx) error {
		l, err := findLabel(c, t, id)
		if err != nil {
			return err
		}
		if _, err := store.InitiativeLabelLinks.DeleteWhere(t, dbx.HashExp{"label_id": l.ID}); err != nil {
			return err
		}
		return store.InitiativeLabels.Delete(t, l)
	})
}

// AddLabels gives labels to an initiative, all or none, and returns them.
func AddLabels(c *app.Call, id string, labels []string) ([]store.InitiativeLabel, error) {
	var all []store.InitiativeLabel
	err := writeLabels(c, func(t *store.Tx) error {
		i, err := take(c, t, id)
		if err != nil {
			return err
		}
		known, err := store.InitiativeLabels.List(t,
			dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, store.In("id", labels)), "sort_order", "created_at", "id")
		if err != nil {
			return err
		}
		all = known
		there, err := store.InitiativeLabelLinks.List(t, dbx.HashExp{"initiative_id": i.ID})
		if err != nil {
			return err
		}
		has, found := map[string]bool{}, map[string]bool{}
		for _, l := range there {
			has[l.LabelID] = true
		}
		var fresh []*store.InitiativeLabelLink
		for _, l := range known {
			if found[l.ID] = true; !has[l.ID] {
				fresh = append(fresh, &store.InitiativeLabelLink{InitiativeID: i.ID, LabelID: l.ID, WorkspaceID: i.WorkspaceID})
			}
		}
		if err := allFound("label_ids", labels, found); err != nil {
			return err
		}
		return store.InitiativeLabelLinks.Insert(t, fresh...)
	})
	return all, err
}

// allFound refuses ids of which one was not found.
func allFound(field string, ids []string, found map[string]bool) error {
	for _, id := range ids {
		if !found[id] {
			return app.Field(field, app.NoObject(id))
		}
	}
	return nil
}

// RemoveLabels takes labels from an initiative; those that it has not are passed over.
func RemoveLabels(c *app.Call, id string, labels []string) error {
	return c.Write(func(t *store.Tx) error {
		i, err := take(c, t, id)
		if err != nil {
			return err
		}
		_, err = store.InitiativeLabelLinks.DeleteWhere(t,
			dbx.And(dbx.HashExp{"initiative_id": i.ID}, store.In("label_id", labels)))
		return err
	})
}
