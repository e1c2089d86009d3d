package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneState = inProject + "states/{pk:uuid}/"

var states = []web.Op{
	do("GET", inProject+"states/", readers, 200, "List states", listStates),
	do("POST", inProject+"states/", writers, 200, "Create a state", createState),
	do("GET", oneState, readers, 200, "Read a state", getState),
	do("PATCH", oneState, writers, 200, "Change a state", changeState),
	do("DELETE", oneState, changes("states"), 204, "Delete a state", deleteState),
}

// State is a state as this API shows it.
type State struct {
	ID string `json:"id"`
	Made
	Name           string  `json:"name"`
	Description    string  `json:"description"`
	Color          string  `json:"color"`
	Slug           string  `json:"slug"`
	Sequence       float64 `json:"sequence"`
	Group          string  `json:"group"`
	IsTriage       bool    `json:"is_triage"`
	Default        bool    `json:"default"`
	ExternalSource *string `json:"external_source"`
	ExternalID     *string `json:"external_id"`
	Project        Ref     `json:"project"`
	Workspace      Ref     `json:"workspace"`
}

func state(c *app.Call, s *store.State) State {
	return State{
		ID: s.ID, Made: made(c, &s.AuditFields), Name: s.Name, Description: s.Description, Color: s.Color, Slug: s.Slug,
		Sequence: s.Sequence, Group: s.Group, IsTriage: s.IsTriage, Default: s.Default, ExternalSource: s.ExternalSource,
		ExternalID: s.ExternalID, Project: ref(s.ProjectID), Workspace: ref(s.WorkspaceID),
	}
}

// stateInput has names longer than the frontend's API takes.
type stateInput struct {
	project.StateInput
	Name     app.Opt[string] `json:"name" check:"required,max=255"`
	IsTriage app.Opt[bool]   `json:"is_triage"`
	app.ExternalRef
}

func (in *stateInput) rule() project.StateInput {
	in.StateInput.Name = in.Name
	return in.StateInput
}

func listStates(c *app.Call, in ordered) (Page[State], error) {
	return list(c, in.listing,
		func(s store.ListPart) ([]store.State, int, error) { return project.ListStatesV1(c, s, in.OrderBy) }, state)
}

func createState(c *app.Call, in stateInput) (State, error) {
	s, err := project.CreateStateV1(c, in.rule(), in.ExternalRef, in.IsTriage)
	return plain(c, s, err, state)
}

func getState(c *app.Call, in struct {
	byID
	View
}) (Shown[State], error) {
	s, err := project.GetStateV1(c, in.PK)
	return one(c, in.View, s, err, state)
}

func changeState(c *app.Call, in struct {
	byID
	stateInput
}) (State, error) {
	s, err := project.ChangeStateV1(c, in.PK, in.rule(), in.ExternalRef, in.IsTriage)
	return plain(c, s, err, state)
}

func deleteState(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, project.DeleteState(c, in.PK)
}
