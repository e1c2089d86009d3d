package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allCatalogueStates = inWorkspace + "project-states/"
	oneCatalogueState  = allCatalogueStates + "{state_id:uuid}/"
	allCatalogueLabels = inWorkspace + "project-labels/"
	oneCatalogueLabel  = allCatalogueLabels + "{label_id:uuid}/"
	workspaceStates    = inWorkspace + "states/"
	oneWorkspaceState  = workspaceStates + "{state_id:uuid}/"
)

const (
	catalogueStateExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"In discovery","description":"","color":` +
		`"#f59e0b","group":"planning","sequence":65535,"default":false,"workspace":"` + exampleID + `"}`
	catalogueLabelExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Client work","description":"",` +
		`"color":"#0ea5e9","sort_order":65535,"workspace":"` + exampleID + `"}`
	statesElsewhere = "States belong to projects here, at projects/{project_id}/states/: this is refused, with the code" +
		" workspace_not_managed, by which programs know that they have to name a project."
)

// governs is who may change what the whole workspace has in common.
var governs = web.Workspace(app.Admin).Class()

var catalogue = []web.Op{
	do("GET", allCatalogueStates, everybody, 200, "List the states that projects can be in", listCatalogueStates).
		Explained("All of them, in their own order; they are states of projects, not of work items.").
		Like("", `[`+catalogueStateExample+`]`),
	do("POST", allCatalogueStates, governs, 201, "Make a state for projects", createCatalogueState).
		Explained("A workspace has at most 250. One of them is the default: marking one unmarks the other.").
		Like(`{"name":"In discovery","group":"planning","color":"#f59e0b"}`, catalogueStateExample),
	do("PATCH", oneCatalogueState, governs, 200, "Change a state for projects", changeCatalogueState).
		Like(`{"name":"In discovery"}`, catalogueStateExample),
	do("DELETE", oneCatalogueState, governs, 204, "Delete a state for projects", deleteCatalogueState),

	do("GET", allCatalogueLabels, everybody, 200, "List the labels for projects", listCatalogueLabels).
		Explained("All of them, in their own order; they are for projects, not for work items.").
		Like("", `[`+catalogueLabelExample+`]`),
	do("POST", allCatalogueLabels, governs, 201, "Make a label for projects", createCatalogueLabel).
		Explained("A workspace has at most 250.").
		Like(`{"name":"Client work","color":"#0ea5e9"}`, catalogueLabelExample),
	do("GET", oneCatalogueLabel, everybody, 200, "Read a label for projects", getCatalogueLabel).
		Like("", catalogueLabelExample),
	do("PATCH", oneCatalogueLabel, governs, 200, "Change a label for projects", changeCatalogueLabel).
		Like(`{"name":"Client work"}`, catalogueLabelExample),
	do("DELETE", oneCatalogueLabel, governs, 204, "Delete a label for projects", deleteCatalogueLabel),

	do("GET", workspaceStates, everybody, 204, "List the states of a workspace", noWorkspaceStates).Refuses(400).
		Explained(statesElsewhere),
	do("POST", workspaceStates, governs, 204, "Create a state of a workspace", noWorkspaceStates).Refuses(400).
		Explained(statesElsewhere),
	do("GET", oneWorkspaceState, everybody, 204, "Read a state of a workspace", noWorkspaceStates).Refuses(400).
		Explained(statesElsewhere),
	do("PATCH", oneWorkspaceState, governs, 204, "Change a state of a workspace", noWorkspaceStates).Refuses(400).
		Explained(statesElsewhere),
	do("DELETE", oneWorkspaceState, governs, 204, "Delete a state of a workspace", noWorkspaceStates).Refuses(400).
		Explained(statesElsewhere),
}

func noWorkspaceStates(_ *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, workspace.ErrStatesOfProjects
}

// CatalogueState is a state that projects can be in.
type CatalogueState struct {
	ID string `json:"id"`
	Made
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Color       string  `json:"color"`
	Group       string  `json:"group"`
	Sequence    float64 `json:"sequence"`
	Default     bool    `json:"default"`
	Workspace   string  `json:"workspace"`
}

func catalogueState(c *app.Call, s *store.CatalogueState) CatalogueState {
	return CatalogueState{ID: s.ID, Made: made(c, &s.AuditFields), Name: s.Name, Description: s.Description,
		Color: s.Color, Group: s.Group, Sequence: s.Sequence, Default: s.Default, Workspace: s.WorkspaceID}
}

func listCatalogueStates(c *app.Call, _ web.Nothing) ([]CatalogueState, error) {
	all, err := workspace.CatalogueStates(c)
	return web.Map(all, func(s store.CatalogueState) CatalogueState { return catalogueState(c, &s) }), err
}

func createCatalogueState(c *app.Call, in workspace.CatalogueStateInput) (CatalogueState, error) {
	s, err := workspace.CreateCatalogueState(c, in)
	return plain(c, s, err, catalogueState)
}

type catalogueStatePath struct {
	State string `path:"state_id"`
}

func changeCatalogueState(c *app.Call, in struct {
	catalogueStatePath
	workspace.CatalogueStateInput
}) (CatalogueState, error) {
	s, err := workspace.ChangeCatalogueState(c, in.State, in.CatalogueStateInput)
	return plain(c, s, err, catalogueState)
}

func deleteCatalogueState(c *app.Call, in catalogueStatePath) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteCatalogueState(c, in.State)
}

// CatalogueLabel is a label for projects.
type CatalogueLabel struct {
	ID string `json:"id"`
	Made
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Color       string  `json:"color"`
	SortOrder   float64 `json:"sort_order"`
	Workspace   string  `json:"workspace"`
}

func catalogueLabel(c *app.Call, l *store.CatalogueLabel) CatalogueLabel {
	return CatalogueLabel{ID: l.ID, Made: made(c, &l.AuditFields), Name: l.Name, Description: l.Description,
		Color: l.Color, SortOrder: l.SortOrder, Workspace: l.WorkspaceID}
}

func listCatalogueLabels(c *app.Call, _ web.Nothing) ([]CatalogueLabel, error) {
	all, err := workspace.CatalogueLabels(c)
	return web.Map(all, func(l store.CatalogueLabel) CatalogueLabel { return catalogueLabel(c, &l) }), err
}

func createCatalogueLabel(c *app.Call, in workspace.CatalogueLabelInput) (CatalogueLabel, error) {
	l, err := workspace.CreateCatalogueLabel(c, in)
	return plain(c, l, err, catalogueLabel)
}

type catalogueLabelPath struct {
	Label string `path:"label_id"`
}

func getCatalogueLabel(c *app.Call, in catalogueLabelPath) (CatalogueLabel, error) {
	l, err := workspace.GetCatalogueLabel(c, in.Label)
	return plain(c, l, err, catalogueLabel)
}

func changeCatalogueLabel(c *app.Call, in struct {
	catalogueLabelPath
	workspace.CatalogueLabelInput
}) (CatalogueLabel, error) {
	l, err := workspace.ChangeCatalogueLabel(c, in.Label, in.CatalogueLabelInput)
	return plain(c, l, err, catalogueLabel)
}

func deleteCatalogueLabel(c *app.Call, in catalogueLabelPath) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteCatalogueLabel(c, in.Label)
}
