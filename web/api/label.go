package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var labels = []web.Op{
	web.Do("GET", inProject+"issue-labels/", web.Project().Class(), 200, "List labels", listLabels),
	web.Do("POST", inProject+"issue-labels/", web.Project(app.Admin), 201, "Create a label", createLabel),
}

// Label is a label as this API shows it.
type Label struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Color       string  `json:"color"`
	Parent      *string `json:"parent"`
	ProjectID   *string `json:"project_id"`
	WorkspaceID string  `json:"workspace_id"`
	SortOrder   float64 `json:"sort_order"`
}

func label(l store.Label) Label {
	return Label{l.ID, l.Name, l.Color, l.ParentID, l.ProjectID, l.WorkspaceID, l.SortOrder}
}

func listLabels(c *app.Call, _ web.Nothing) ([]Label, error) {
	ls, err := project.ListLabels(c)
	return web.Map(ls, label), err
}

func createLabel(c *app.Call, in struct {
	Name   string  `json:"name" check:"required,max=255"`
	Color  string  `json:"color" check:"max=255,blank"`
	Parent *string `json:"parent" check:"pk"`
}) (Label, error) {
	l := store.Label{Name: in.Name, Color: in.Color, ParentID: in.Parent}
	err := project.CreateLabel(c, &l)
	return label(l), err
}
