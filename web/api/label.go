package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneLabel = inProject + "issue-labels/{pk:uuid}/"

// Labels are read by everybody in the workspace, but only members of the project find any.
// Plane: app/permissions/project.py, ProjectBasePermission
var (
	readsLabels   = web.Workspace().Denied()
	changesLabels = web.Project(app.Admin).Denied()
)

var labels = []web.Op{
	web.Do("GET", inProject+"issue-labels/", readsLabels, 200, "List labels", listLabels),
	web.Do("POST", inProject+"issue-labels/", web.Workspace(app.Admin, app.Member).Denied().AndThen(web.Project(app.Admin)), 201, "Create a label", createLabel),
	web.Do("POST", inProject+"bulk-create-labels/", web.Project(app.Admin), 201, "Create labels", createLabels),
	web.Do("GET", oneLabel, readsLabels, 200, "Read a label", getLabel),
	web.Do("PATCH", oneLabel, changesLabels, 200, "Change a label", changeLabel),
	web.Do("PUT", oneLabel, changesLabels, 200, "Replace a label", replaceLabel),
	web.Do("DELETE", oneLabel, changesLabels, 204, "Delete a label", deleteLabel),
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
	return Label{
		ID: l.ID, Name: l.Name, Color: l.Color, Parent: l.ParentID, ProjectID: l.ProjectID,
		WorkspaceID: l.WorkspaceID, SortOrder: l.SortOrder,
	}
}

func listLabels(c *app.Call, _ web.Nothing) ([]Label, error) {
	ls, err := project.ListLabels(c)
	return web.Map(ls, label), err
}

func createLabel(c *app.Call, in project.LabelInput) (Label, error) {
	l, err := project.CreateLabel(c, in)
	return label(l), err
}

// Labels is the answer to making many.
type Labels struct {
	Labels []Label `json:"labels"`
}

func createLabels(c *app.Call, in struct {
	LabelData []project.NewLabel `json:"label_data"`
}) (Labels, error) {
	ls, err := project.CreateLabels(c, in.LabelData)
	return Labels{web.Map(ls, label)}, err
}

type labelPath struct {
	PK string `path:"pk"`
}

func getLabel(c *app.Call, in labelPath) (Label, error) {
	l, err := project.GetLabel(c, in.PK)
	return label(l), err
}

func changeLabel(c *app.Call, in struct {
	PK string `path:"pk"`
	project.LabelInput
}) (Label, error) {
	l, err := project.ChangeLabel(c, in.PK, in.LabelInput)
	return label(l), err
}

// replaceLabel has no words of its own for a name that is taken, as in the reference.
func replaceLabel(c *app.Call, in struct {
	PK string `path:"pk"`
	project.LabelInput
}) (Label, error) {
	l, err := project.ChangeLabel(c, in.PK, in.LabelInput)
	if errors.Is(err, project.ErrLabelName) {
		err = app.ErrPayload
	}
	return label(l), err
}

func deleteLabel(c *app.Call, in labelPath) (web.Nothing, error) {
	return web.Nothing{}, project.DeleteLabel(c, in.PK)
}
