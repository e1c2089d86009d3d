package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	sharedFlowStates = sharedFlow + "states/"
	sharedFlowState  = sharedFlowStates + "{state_id:uuid}/"

	ownExplained = "States belong to projects: in a workflow of the workspace a state stands for all that are called so, in" +
		" whichever project; state_id is one of them. A project gives it to its types as one of its own (PUT" +
		" work-item-types/{type_id}/workflow/), and it holds there while the project has workflows switched on. What a" +
		" project has no state for is left out there."
	eitherExplained = " A workflow of a project changes as it does below the project, by its administrators; one of the" +
		" workspace by those of the workspace."
)

// ownWorkflows change the workflows of a workspace, and those of its projects from there.
var ownWorkflows = []web.Op{
	do("POST", sharedFlows, governs, 201, "Make a workflow of the workspace", createOwnFlow).
		Explained(ownExplained+" It begins without states, and not active.").
		Like(`{"name":"Bugs"}`, `{`+ownExample+`}`),
	do("PATCH", sharedFlow, everybody, 200, "Change a workflow of a workspace or any project", changeSharedFlow).
		Explained("Only the keys that are sent change. One of the workspace has states before it is active."+eitherExplained).
		Like(`{"is_active":true}`, `{`+ownExample+`}`),
	do("DELETE", sharedFlow, everybody, 204, "Delete a workflow of a workspace or any project", deleteSharedFlow).
		Explained("Work items of its types go by the default workflow of their project then." + eitherExplained),
	do("POST", sharedFlowStates, everybody, 201, "Put states into a workflow of a workspace or any project",
		addSharedStates).
		Explained(ownExplained+eitherExplained+" The answer has one for each that was sent.").
		Like(`{"state_ids":["`+exampleID+`"]}`, `[`+sharedState+`]`),
	do("PATCH", sharedFlowState, everybody, 200, "Change a state of a workflow of a workspace or any project",
		changeSharedState).
		Explained("As below projects."+eitherExplained).Like(`{"type":"approval"}`, sharedState),
	do("DELETE", sharedFlowState, everybody, 204, "Take a state out of a workflow of a workspace or any project",
		removeSharedState).
		Explained("With the transitions from it and to it. new_default_state_id is the default state from then on;"+
			" state_mapping says, by the id of this state, where the work items go that are in it, no more than 1000,"+
			" whatever the transitions say. Without it they stay."+eitherExplained).
		Like(`{"new_default_state_id":"`+otherID+`","state_mapping":{"`+exampleID+`":"`+otherID+`"}}`, ""),
	do("POST", sharedFlowState+"mark-default/", everybody, 200,
		"Make a state the default of a workflow of a workspace or any project", markSharedState).
		Explained("New work items that name no state begin in it."+eitherExplained).Like("", sharedState),
	do("POST", sharedWays, everybody, 201, "Make a transition of a workflow of a workspace or any project",
		createSharedWay).
		Explained("As below projects. Those who may make one of the workspace's are its members."+eitherExplained).
		Like(`{"state_id":"`+exampleID+`","transition_state_id":"`+otherID+`"}`, sharedWay),
	do("PATCH", sharedWays+"{transition_id:uuid}/", everybody, 200,
		"Change a transition of a workflow of a workspace or any project", changeSharedWay).
		Explained("As below projects."+eitherExplained).Like(`{"member_ids":[]}`, sharedWay),
	do("DELETE", sharedWays+"{transition_id:uuid}/", everybody, 204,
		"Delete a transition of a workflow of a workspace or any project", deleteSharedWay).
		Explained("With its hooks, and what was approved of it so far." + eitherExplained),
}

const ownExample = `"id":"` + otherID + `","name":"Bugs","description":"","is_active":true,"is_default":false,"workspace_id":"` +
	exampleID + `","project_id":null,"states_count":2,"projects_count":1,"work_item_types_count":1,` + exampleMade +
	`,"project_ids":["` + exampleID + `"],"work_item_type_ids":["` + otherID + `"],"states":[` + sharedState + `]`

// SharedFlowInput is what a request may say of a workflow of a workspace.
type SharedFlowInput struct {
	Name        app.Opt[string] `json:"name" check:"required,max=255"`
	Description app.Opt[string] `json:"description" check:"blank,max=10000"`
	IsActive    app.Opt[bool]   `json:"is_active"`
}

func createOwnFlow(c *app.Call, in struct {
	Name        app.Opt[string] `json:"name" check:"required,max=255"`
	Description app.Opt[string] `json:"description" check:"blank,max=10000"`
}) (WholeWorkflow, error) {
	w, err := workflow.Create(c, workflow.Input{Name: in.Name, Description: in.Description})
	if err != nil {
		return WholeWorkflow{}, err
	}
	return wholeFlow(c, w.ID)
}

func changeSharedFlow(c *app.Call, in struct {
	ofWorkflow
	SharedFlowInput
}) (WholeWorkflow, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return WholeWorkflow{}, err
	}
	said := workflow.Input{Name: in.Name, Description: in.Description, IsActive: in.IsActive}
	if _, err := workflow.Change(c, in.Workflow, said); err != nil {
		return WholeWorkflow{}, err
	}
	return wholeFlow(c, in.Workflow)
}

func deleteSharedFlow(c *app.Call, in ofWorkflow) (web.Nothing, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return web.Nothing{}, err
	}
	return web.Nothing{}, workflow.Delete(c, in.Workflow)
}

func addSharedStates(c *app.Call, in struct {
	ofWorkflow
	States app.Opt[[]string] `json:"state_ids" check:"required,pk,nested"`
}) ([]SharedState, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return nil, err
	}
	places, err := workflow.AttachStates(c, in.Workflow, in.States.V)
	if err != nil {
		return nil, err
	}
	whole, err := workflow.Whole(c, in.Workflow)
	if err != nil {
		return nil, err
	}
	return web.Map(places, func(id string) SharedState { return stateIn(c, whole, id) }), nil
}

// stateIn is the state of a workflow with the id of its place; one that is gone meanwhile is empty.
func stateIn(c *app.Call, whole *workflow.WholeWorkflow, place string) SharedState {
	n := slices.IndexFunc(whole.Chain, func(s store.WorkflowState) bool { return s.ID == place })
	if n < 0 {
		return SharedState{Ways: []SharedWay{}}
	}
	return sharedStateOf(c, &whole.Chain[n], n+1, whole.Ways)
}

func changeSharedState(c *app.Call, in struct {
	ofFlowState
	workflow.StateInput
}) (SharedState, error) {
	return putSharedState(c, in.ofFlowState, in.StateInput)
}

func markSharedState(c *app.Call, in ofFlowState) (SharedState, error) {
	return putSharedState(c, in, workflow.StateInput{IsDefault: app.Some(true)})
}

func putSharedState(c *app.Call, at ofFlowState, in workflow.StateInput) (SharedState, error) {
	c, err := workflow.Leading(c, at.Workflow)
	if err != nil {
		return SharedState{}, err
	}
	s, err := workflow.ChangeState(c, at.Workflow, at.State, in)
	if err != nil {
		return SharedState{}, err
	}
	whole, err := workflow.Whole(c, at.Workflow)
	if err != nil {
		return SharedState{}, err
	}
	return stateIn(c, whole, s.ID), nil
}

func removeSharedState(c *app.Call, in struct {
	ofFlowState
	issue.RemoveInput
}) (web.Nothing, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return web.Nothing{}, err
	}
	return web.Nothing{}, issue.RemoveState(c, in.Workflow, in.State, in.RemoveInput)
}

func createSharedWay(c *app.Call, in struct {
	ofWorkflow
	workflow.NewTransition
}) (SharedWay, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return SharedWay{}, err
	}
	w, err := workflow.CreateTransition(c, in.Workflow, in.NewTransition)
	return plain(c, w, err, sharedWayOf)
}

func changeSharedWay(c *app.Call, in struct {
	ofTransition
	workflow.TransitionInput
}) (SharedWay, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return SharedWay{}, err
	}
	w, err := workflow.ChangeTransition(c, in.Workflow, in.Transition, in.TransitionInput)
	return plain(c, w, err, sharedWayOf)
}

func deleteSharedWay(c *app.Call, in ofTransition) (web.Nothing, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return web.Nothing{}, err
	}
	return web.Nothing{}, workflow.DeleteTransition(c, in.Workflow, in.Transition)
}
