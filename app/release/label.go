package release

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// LabelInput is what a request may say of a label.
type LabelInput struct {
	Name      app.Opt[string]  `json:"name" check:"required,max=255"`
	Color     app.Opt[string]  `json:"color" check:"max=255,blank"`
	SortOrder app.Opt[float64] `json:"sort_order"`
}

func (in *LabelInput) put(l *store.ReleaseLabel) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &l.Name)
	app.Change(&cols, "color", in.Color, &l.Color)
	app.Change(&cols, "sort_order", in.SortOrder, &l.SortOrder)
	return cols
}

var labelOrders = map[string]string{"name": "name", "sort_order": "sort_order", "created_at": "created_at",
	"updated_at": "updated_at", "id": "id"}

// ListLabels returns a part of the labels of the call's workspace, or of one of its releases when that is named, by
// name or -name (empty: in their own order), and how many there are in all.
func ListLabels(c *app.Call, release string, s store.ListPart, by string) ([]store.ReleaseLabel, int, error) {
	order, err := app.Orders(by, labelOrders, "sort_order", "created_at", "id")
	if err != nil {
		return nil, 0, err
	}
	t, where := c.Read(), dbx.Expression(mine(c))
	if release != "" {
		if _, err := find(c, t, release); err != nil {
			return nil, 0, err
		}
		where = dbx.And(where, store.LabelsOfRelease(release))
	}
	return store.ReleaseLabels.Page(t, where, s, order...)
}

// GetLabel returns a label of the call's workspace, or store.ErrNotFound.
func GetLabel(c *app.Call, id string) (*store.ReleaseLabel, error) { return findLabel(c, c.Read(), id) }

func findLabel(c *app.Call, t *store.Tx, id string) (*store.ReleaseLabel, error) {
	return store.ReleaseLabels.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// CreateLabel makes a label.
func CreateLabel(c *app.Call, in LabelInput) (*store.ReleaseLabel, error) {
	var l *store.ReleaseLabel
	err := c.Write(func(t *store.Tx) error {
		l = &store.ReleaseLabel{SortOrder: 65535, WorkspaceID: c.Workspace.ID}
		in.put(l)
		if err := newLabelName(t, l); err != nil {
			return err
		}
		return store.ReleaseLabels.Insert(t, l)
	})
	return l, err
}

// newLabelName refuses a name that another label has.
func newLabelName(t *store.Tx, l *store.ReleaseLabel) error {
	other, err := store.ReleaseLabels.Get(t, dbx.HashExp{"workspace_id": l.WorkspaceID, "name": l.Name})
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == l.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return app.DuplicateOf("A label with this name already exists", other.ID)
}

// ChangeLabel writes what a request says of a label.
func ChangeLabel(c *app.Call, id string, in LabelInput) (*store.ReleaseLabel, error) {
	var l *store.ReleaseLabel
	err := c.Write(func(t *store.Tx) (err error) {
		if l, err = findLabel(c, t, id); err != nil {
			return err
		}
		cols := in.put(l)
		if err := newLabelName(t, l); err != nil {
			return err
		}
		return store.ReleaseLabels.Update(t, l, cols...)
	})
	return l, err
}

// DeleteLabel deletes a label, and takes it off all releases.
func DeleteLabel(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		l, err := findLabel(c, t, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("release_labels", l.ID); err != nil {
			return err
		}
		if _, err := store.ReleaseItemLabels.DeleteWhere(t, dbx.HashExp{"label_id": l.ID}); err != nil {
			return err
		}
		return store.ReleaseLabels.Delete(t, l)
	})
}

// AddLabels gives a release labels of its workspace, and returns them; those that it has stay.
func AddLabels(c *app.Call, release string, ids []string) ([]store.ReleaseLabel, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var labels []store.ReleaseLabel
	err := c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, release)
		if err != nil {
			return err
		}
		if err := t.LockRows("release_labels", ids...); err != nil {
			return err
		}
		labels, err = store.ReleaseLabels.List(t, dbx.And(mine(c), store.In("id", ids)), "sort_order", "created_at", "id")
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !slices.ContainsFunc(labels, func(l store.ReleaseLabel) bool { return l.ID == id }) {
				return app.Field("label_ids", app.NoObject(id))
			}
		}
		has, err := store.ReleaseItemLabels.List(t, dbx.HashExp{"release_id": r.ID})
		if err != nil {
			return err
		}
		var fresh []*store.ReleaseItemLabel
		for _, id := range ids {
			if !slices.ContainsFunc(has, func(l store.ReleaseItemLabel) bool { return l.LabelID == id }) {
				fresh = append(fresh, &store.ReleaseItemLabel{ReleaseID: r.ID, LabelID: id, WorkspaceID: r.WorkspaceID})
			}
		}
		return store.ReleaseItemLabels.Insert(t, fresh...)
	})
	return labels, err
}

// RemoveLabels takes labels off a release; those that it has not are passed over.
func RemoveLabels(c *app.Call, release string, ids []string) error {
	return c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, release)
		if err != nil {
			return err
		}
		_, err = store.ReleaseItemLabels.DeleteWhere(t, dbx.And(dbx.HashExp{"release_id": r.ID}, store.In("label_id", ids)))
		return err
	})
}

// RemoveLabel takes a label off a release; store.ErrNotFound when it has not.
func RemoveLabel(c *app.Call, release, id string) error {
	return c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, release)
		if err != nil {
			return err
		}
		n, err := store.ReleaseItemLabels.DeleteWhere(t, dbx.HashExp{"release_id": r.ID, "label_id": id})
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}
