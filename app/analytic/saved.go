package analytic

import (
	"encoding/json"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
)

// ownSaved are the figures that the caller keeps in the workspace; the reference shows everybody's to everybody.
func ownSaved(c *app.Call) dbx.HashExp {
	return dbx.HashExp{"workspace_id": c.Workspace.ID, "created_by_id": c.UserID()}
}

// ListSaved returns the caller's saved figures, newest first.
func ListSaved(c *app.Call) ([]store.AnalyticView, error) {
	return store.AnalyticViews.List(c.Read(), ownSaved(c), "created_at DESC", "id DESC")
}

func saved(t *store.Tx, c *app.Call, id string) (*store.AnalyticView, error) {
	where := ownSaved(c)
	where["id"] = id
	return store.AnalyticViews.Get(t, where)
}

// GetSaved returns one of the caller's saved figures.
func GetSaved(c *app.Call, id string) (*store.AnalyticView, error) {
	v, err := saved(c.Read(), c, id)
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("AnalyticView")
	}
	return v, err
}

// CreateSaved keeps a figure: what is asked for stands in QueryDict.
func CreateSaved(c *app.Call, v *store.AnalyticView) (err error) {
	v.WorkspaceID = c.Workspace.ID
	if v.Query, err = filter.Stored(v.QueryDict); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.AnalyticViews.Insert(t, v) })
}

// UpdateSaved writes the named columns. As in the reference the filters that are kept for drawing are lost with any
// change.
// Plane: app/serializers/analytic.py
func UpdateSaved(c *app.Call, v *store.AnalyticView, cols ...string) error {
	v.Query = nil
	return c.Write(func(t *store.Tx) error { return store.AnalyticViews.Update(t, v, append(cols, "query")...) })
}

// DeleteSaved deletes a saved figure.
func DeleteSaved(c *app.Call, id string) error {
	v, err := GetSaved(c, id)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.AnalyticViews.Delete(t, v) })
}

// DrawSaved draws a saved figure with the segments that are asked for now.
func DrawSaved(c *app.Call, id, segment string) (*Chart, ChartQuery, error) {
	a := ChartQuery{Segment: segment}
	v, err := saved(c.Read(), c, id)
	if err != nil {
		return nil, a, err
	}
	var axes struct {
		X any `json:"x_axis"`
		Y any `json:"y_axis"`
	}
	if json.Unmarshal(v.QueryDict, &axes) == nil { // what is no object names no axes
		a.X, _ = axes.X.(string)
		a.Y, _ = axes.Y.(string)
	}
	if err := a.Check(); err != nil {
		return nil, a, err
	}
	var kept map[string]json.RawMessage
	if json.Unmarshal(v.Query, &kept) == nil && len(kept) > 0 {
		a.Filters = filter.Parameters(v.QueryDict)
	}
	f, err := DrawChart(c, a, false)
	return f, a, err
}
