package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var states = []web.Op{
	web.Do("GET", inProject+"states/", web.Project(), 200, "List states", listStates),
	web.Do("POST", inProject+"states/", web.Project(app.Admin), 200, "Create a state", createState),
	web.Do("GET", inProject+"states/{pk:uuid}/", web.Workspace().AndThen(web.Project().Answering(app.NoMatch("State"))), 200, "Read a state", getState),
	web.Do("PATCH", inProject+"states/{pk:uuid}/", web.Project(app.Admin, app.Member), 200, "Change a state", patchState),
	web.Do("DELETE", inProject+"states/{pk:uuid}/", web.Project(app.Admin), 204, "Delete a state", deleteState),
	web.Do("POST", inProject+"states/{pk:uuid}/mark-default/", web.Project(app.Admin), 204, "Make a state the default", markDefaultState),
	web.Do("GET", inProject+"intake-state/", web.Project(), 200, "Read the state of undecided intake", intakeState),
}

// State is a state as this API shows it; the order is in lists only.
type State struct {
	ID          string   `json:"id"`
	ProjectID   string   `json:"project_id"`
	WorkspaceID string   `json:"workspace_id"`
	Name        string   `json:"name"`
	Color       string   `json:"color"`
	Group       string   `json:"group"`
	Default     bool     `json:"default"`
	Description string   `json:"description"`
	Sequence    float64  `json:"sequence"`
	Order       *float64 `json:"order,omitempty"`
}

func state(s store.State) State {
	return State{
		ID: s.ID, ProjectID: s.ProjectID, WorkspaceID: s.WorkspaceID, Name: s.Name, Color: s.Color, Group: s.Group,
		Default: s.Default, Description: s.Description, Sequence: s.Sequence, Order: nil,
	}
}

// orderedStates adds the place of each within its group, as a share of the group.
func orderedStates(rows []store.State) []State {
	size, seen := map[string]int{}, map[string]int{}
	for _, s := range rows {
		size[s.Group]++
	}
	return web.Map(rows, func(row store.State) State {
		seen[row.Group]++
		order := float64(seen[row.Group]) / float64(size[row.Group])
		s := state(row)
		s.Order = &order
		return s
	})
}

func listStates(c *app.Call, in struct {
	Grouped string `query:"grouped" type:"boolean"`
}) (web.AnyOf[[]State, map[string][]State], error) {
	var out web.AnyOf[[]State, map[string][]State]
	rows, err := project.ListStates(c)
	if err != nil {
		return out, err
	}
	states := orderedStates(rows)
	if in.Grouped != "true" {
		out.A = &states
		return out, nil
	}
	groups := map[string][]State{}
	for _, s := range states {
		groups[s.Group] = append(groups[s.Group], s)
	}
	out.B = &groups
	return out, nil
}

func createState(c *app.Call, in project.StateInput) (State, error) {
	s, err := project.CreateState(c, in)
	return state(s), err
}

type statePath struct {
	PK string `path:"pk"`
}

func getState(c *app.Call, in statePath) (State, error) {
	s, err := project.GetState(c, in.PK)
	return state(s), err
}

func patchState(c *app.Call, in struct {
	PK string `path:"pk"`
	project.StateInput
}) (State, error) {
	s, err := project.ChangeState(c, in.PK, in.StateInput)
	return state(s), err
}

func deleteState(c *app.Call, in statePath) (web.Nothing, error) {
	return web.Nothing{}, project.DeleteState(c, in.PK)
}

func markDefaultState(c *app.Call, in statePath) (web.Nothing, error) {
	return web.Nothing{}, project.MarkDefault(c, in.PK)
}

func intakeState(c *app.Call, _ web.Nothing) (State, error) {
	s, err := project.Triage(c)
	return state(s), err
}
