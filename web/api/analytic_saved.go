package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// SavedFigure is a figure that is kept: what is asked for, and the filters as the reference keeps them.
type SavedFigure struct {
	ID string `json:"id"`
	Made
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Query       store.JSON `json:"query"`
	QueryDict   store.JSON `json:"query_dict"`
	Workspace   string     `json:"workspace"`
}

func savedFigure(c *app.Call, v *store.AnalyticView) SavedFigure {
	return SavedFigure{
		ID: v.ID, Made: made(c, v.AuditFields), Name: v.Name, Description: v.Description, Query: v.Query,
		QueryDict: v.QueryDict, Workspace: v.WorkspaceID,
	}
}

func listFigures(c *app.Call, _ web.Nothing) ([]SavedFigure, error) {
	rows, err := analytic.ListSaved(c)
	return web.Map(rows, func(v store.AnalyticView) SavedFigure { return savedFigure(c, &v) }), err
}

func createFigure(c *app.Call, in struct {
	Name        string     `json:"name" check:"required,max=255"`
	Description string     `json:"description" check:"blank"`
	QueryDict   store.JSON `json:"query_dict"`
}) (SavedFigure, error) {
	v := &store.AnalyticView{Name: in.Name, Description: in.Description, QueryDict: in.QueryDict}
	err := analytic.CreateSaved(c, v)
	return savedFigure(c, v), err
}

func readSavedFigure(c *app.Call, in byID) (SavedFigure, error) {
	v, err := analytic.GetSaved(c, in.ID)
	if err != nil {
		return SavedFigure{}, err
	}
	return savedFigure(c, v), nil
}

func updateFigure(c *app.Call, in struct {
	ID          string              `path:"pk"`
	Name        app.Opt[string]     `json:"name" check:"max=255"`
	Description app.Opt[string]     `json:"description" check:"blank"`
	QueryDict   app.Opt[store.JSON] `json:"query_dict"`
}) (SavedFigure, error) {
	v, err := analytic.GetSaved(c, in.ID)
	if err != nil {
		return SavedFigure{}, err
	}
	var cols []string
	app.Change(&cols, "name", in.Name, &v.Name)
	app.Change(&cols, "description", in.Description, &v.Description)
	app.Change(&cols, "query_dict", in.QueryDict, &v.QueryDict)
	err = analytic.UpdateSaved(c, v, cols...)
	return savedFigure(c, v), err
}

func deleteFigure(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, analytic.DeleteSaved(c, in.ID)
}
