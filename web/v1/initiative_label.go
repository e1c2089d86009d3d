package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/initiative"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allInitiativeLabels = allInitiatives + "labels/"
	oneInitiativeLabel  = allInitiativeLabels + "{pk:uuid}/"
	labelsOfInitiative  = partsInitiative + "labels/"
)

const initiativeLabelExample = `{"id":"` + exampleID + `","name":"Security","description":"","color":"#ff0000",` +
	`"sort_order":65535,"workspace":"` + exampleID + `",` + exampleMade + `}`

// initiativeLabels are a workspace's own, for all its initiatives.
var initiativeLabels = []web.Op{
	do("GET", allInitiativeLabels, team, 200, "List the labels of a workspace's initiatives", listInitiativeLabels).
		Explained("In their own order.").Like("", examplePage(initiativeLabelExample)),
	do("POST", allInitiativeLabels, team, 201, "Make a label for initiatives", createInitiativeLabel).
		Explained("A workspace has at most 200, each with a name of its own.").
		Like(`{"name":"Security","color":"#ff0000"}`, initiativeLabelExample),
	do("GET", oneInitiativeLabel, team, 200, "Read a label of initiatives", getInitiativeLabel).
		Like("", initiativeLabelExample),
	do("PATCH", oneInitiativeLabel, team, 200, "Change a label of initiatives", changeInitiativeLabel).
		Explained("Only the keys that are sent change.").Like(`{"color":"#00ff00"}`, initiativeLabelExample),
	do("DELETE", oneInitiativeLabel, changesOfTeam("initiative_labels"), 204, "Delete a label of initiatives",
		deleteInitiativeLabel).
		Explained("One's own, or as an administrator of the workspace. No initiative has it then."),
	do("GET", labelsOfInitiative, team, 200, "List the labels of an initiative", listLabelsOfInitiative).
		Explained("In their own order.").Like("", examplePage(initiativeLabelExample)),
	do("POST", labelsOfInitiative, team, 200, "Give labels to an initiative", addInitiativeLabels).
		Explained("All or none; the answer has all that are named.").
		Like(`{"label_ids":["`+exampleID+`"]}`, `[`+initiativeLabelExample+`]`),
	do("DELETE", labelsOfInitiative, team, 204, "Take labels from an initiative", removeInitiativeLabels).
		Explained("Those that it has not are passed over.").Like(`{"label_ids":["`+exampleID+`"]}`, ""),
}

// InitiativeLabel is a label of initiatives.
type InitiativeLabel struct {
	ID string `json:"id"`
	Made
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Color       string  `json:"color"`
	SortOrder   float64 `json:"sort_order"`
	Workspace   Ref     `json:"workspace"`
}

func initiativeLabel(c *app.Call, l *store.InitiativeLabel) InitiativeLabel {
	return InitiativeLabel{ID: l.ID, Made: made(c, &l.AuditFields), Name: l.Name, Description: l.Description,
		Color: l.Color, SortOrder: l.SortOrder, Workspace: ref(l.WorkspaceID)}
}

func pageInitiativeLabels(c *app.Call, of string, in ordered) (Page[InitiativeLabel], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.InitiativeLabel, int, error) {
		return initiative.ListLabels(c, of, s, in.OrderBy)
	}, initiativeLabel)
}

func listInitiativeLabels(c *app.Call, in ordered) (Page[InitiativeLabel], error) {
	return pageInitiativeLabels(c, "", in)
}

func createInitiativeLabel(c *app.Call, in initiative.LabelInput) (InitiativeLabel, error) {
	l, err := initiative.CreateLabel(c, in)
	return plain(c, l, err, initiativeLabel)
}

func getInitiativeLabel(c *app.Call, in struct {
	byID
	View
}) (Shown[InitiativeLabel], error) {
	l, err := initiative.GetLabel(c, in.PK)
	return one(c, in.View, l, err, initiativeLabel)
}

func changeInitiativeLabel(c *app.Call, in struct {
	byID
	initiative.LabelInput
}) (InitiativeLabel, error) {
	l, err := initiative.ChangeLabel(c, in.PK, in.LabelInput)
	return plain(c, l, err, initiativeLabel)
}

func deleteInitiativeLabel(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, initiative.DeleteLabel(c, in.PK)
}

func listLabelsOfInitiative(c *app.Call, in struct {
	ofInitiative
	ordered
}) (Page[InitiativeLabel], error) {
	return pageInitiativeLabels(c, in.Initiative, in.ordered)
}

type labelsInInitiative struct {
	ofInitiative
	IDs []string `json:"label_ids" check:"required,pk"`
}

func addInitiativeLabels(c *app.Call, in labelsInInitiative) ([]InitiativeLabel, error) {
	all, err := initiative.AddLabels(c, in.Initiative, in.IDs)
	return web.Map(all, func(l store.InitiativeLabel) InitiativeLabel { return initiativeLabel(c, &l) }), err
}

func removeInitiativeLabels(c *app.Call, in labelsInInitiative) (web.Nothing, error) {
	return web.Nothing{}, initiative.RemoveLabels(c, in.Initiative, in.IDs)
}
