package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneLabel = inProject + "labels/{pk:uuid}/"

var labels = []web.Op{
	do("GET", inProject+"labels/", readers, 200, "List labels", listLabels),
	do("POST", inProject+"labels/", web.Project(app.Member, app.Admin).Denied().NoProject(errNowhere), 201,
		"Create a label", createLabel),
	do("GET", oneLabel, readers, 200, "Read a label", getLabel),
	do("PATCH", oneLabel, changes("labels"), 200, "Change a label", changeLabel),
	do("DELETE", oneLabel, changes("labels"), 204, "Delete a label", deleteLabel),
}

// Label is a label as this API shows it.
type Label struct {
	ID string `json:"id"`
	Made
	Name           string  `json:"name"`
	Description    string  `json:"description"`
	Color          string  `json:"color"`
	SortOrder      float64 `json:"sort_order"`
	ExternalSource *string `json:"external_source"`
	ExternalID     *string `json:"external_id"`
	Workspace      Ref     `json:"workspace"`
	Project        Ref     `json:"project"`
	Parent         Ref     `json:"parent" expand:"parent label"`
}

func label(c *app.Call, l *store.Label) Label {
	return Label{
		ID: l.ID, Made: made(c, &l.AuditFields), Name: l.Name, Description: l.Description, Color: l.Color,
		SortOrder: l.SortOrder, ExternalSource: l.ExternalSource, ExternalID: l.ExternalID,
		Workspace: ref(l.WorkspaceID), Project: Ref{ID: l.ProjectID}, Parent: Ref{ID: l.ParentID},
	}
}

type labelInput struct {
	project.LabelInput
	Description app.Opt[string] `json:"description" check:"blank"`
	app.ExternalRef
}

func listLabels(c *app.Call, in ordered) (Page[Label], error) {
	return list(c, in.listing,
		func(s store.ListPart) ([]store.Label, int, error) { return project.ListLabelsV1(c, s, in.OrderBy) }, label)
}

func createLabel(c *app.Call, in labelInput) (Label, error) {
	l, err := project.CreateLabelV1(c, in.LabelInput, in.Description, in.ExternalRef)
	return plain(c, l, err, label)
}

// getLabel knows neither fields nor expand, unlike its siblings. Plane: api/views/issue.py
func getLabel(c *app.Call, in byID) (Label, error) {
	l, err := project.GetLabelV1(c, in.PK)
	return plain(c, l, err, label)
}

func changeLabel(c *app.Call, in struct {
	byID
	labelInput
}) (Label, error) {
	l, err := project.ChangeLabelV1(c, in.PK, in.LabelInput, in.Description, in.ExternalRef)
	return plain(c, l, err, label)
}

func deleteLabel(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, project.DeleteLabel(c, in.PK)
}
