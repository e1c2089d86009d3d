package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	flowStates     = oneWorkflow + "states/"
	flowState      = flowStates + "{state_id:uuid}/"
	allTransitions = oneWorkflow + "state-transitions/"
	oneTransition  = allTransitions + "{transition_id:uuid}/"
)

const (
	flowStateExample = `{"id":"` + otherID + `","state_id":"` + exampleID + `","workflow_id":"` + exampleID +
		`","type":"transition","allow_issue_creation":true,"is_default":false,"created_at":"2026-05-04T09:30:00Z",` +
		`"updated_at":"2026-05-04T09:30:00Z"}`
	transitionExample = `{"id":"` + otherID + `","workflow_id":"` + exampleID + `","workflow_state_id":"` + exampleID +
		`","state_id":"` + exampleID + `","transition_state_id":"` + otherID + `","rejection_state_id":null,"type":"transition",` +
		`"required_approvals":null,"member_ids":["` + exampleID + `"],"pre_rules":[],"post_rules":[],` + exampleMade + `}`
)

// workflowParts are the states of a workflow, and the transitions between them.
var workflowParts = []web.Op{
	do("GET", flowStates, readers, 200, "List the states of a workflow", listFlowStates).
		Explained("In the order in which they came to it.").Like("", `[`+flowStateExample+`]`),
	do("POST", flowStates, leads, 204, "Put states into a workflow", attachFlowStates).
		Explained("All or none; those that it has stay as they are. Work items go by the workflow to these states alone.").
		Like(`{"state_ids":["`+exampleID+`"]}`, ""),
	do("PATCH", flowState, leads, 200, "Change a state of a workflow", changeFlowState).
		Explained("allow_issue_creation says whether new work items may be in it; the default one is that of those that name"+
			" none. Work items leave a state of the type approval by workflow-approval/ alone. Another type ends the"+
			" transitions from the state.").
		Like(`{"type":"approval","allow_issue_creation":false}`, flowStateExample),
	do("DELETE", flowState, leads, 204, "Take a state out of a workflow", detachFlowState).
		Explained("With the transitions from it and to it. Work items that are in it may go to every state that the workflow" +
			" has; transfer/ moves them at once."),
	do("POST", flowState+"transfer/", leads, 204, "Move all work items off a state and take it out of a workflow",
		transferFlowState).
		Explained("No more than 1000, whatever the transitions say; the other state is one of the workflow's.").
		Like(`{"new_state_id":"`+otherID+`"}`, ""),
	do("GET", allTransitions, readers, 200, "List the transitions of a workflow", listTransitions).
		Explained("The oldest first. From a state without any, work items go to every state of the workflow, unless it is of"+
			" the type approval: then to none.").
		Like("", `[`+transitionExample+`]`),
	do("POST", allTransitions, leads, 201, "Create a transition", createTransition).
		Explained("From state_id to transition_state_id, for member_ids alone if there are any. States that the workflow does"+
			" not have are put into it. From a state of the type approval it is a move that waits for required_approvals of"+
			" the members (null: of all, or of one without members), and what is rejected goes to rejection_state_id, or"+
			" stays. type says the type of the state, as long as nothing leads from there. pre_rules and post_rules are the"+
			" hooks of the transition, in lists of objects with handler_name and config, as hooks/ has them.").
		Like(`{"state_id":"`+exampleID+`","transition_state_id":"`+otherID+`","member_ids":["`+exampleID+`"]}`,
			transitionExample),
	do("GET", oneTransition, readers, 200, "Read a transition", getTransition).
		Explained("See the list of transitions.").Like("", transitionExample),
	do("PATCH", oneTransition, leads, 200, "Change a transition", changeTransition).
		Explained("Only the keys that are sent change. An empty list of members lets everybody who changes work items. With"+
			" another transition_state_id what was approved of it so far is forgotten. pre_rules and post_rules replace the"+
			" hooks of their phase: those that are sent with their id stay.").
		Like(`{"member_ids":["`+exampleID+`"]}`, transitionExample),
	do("DELETE", oneTransition, leads, 204, "Delete a transition", deleteTransition).
		Explained("With what was approved of it so far."),
}

// WorkflowState is a state of a workflow.
type WorkflowState struct {
	ID                 string `json:"id"`
	StateID            string `json:"state_id"`
	WorkflowID         string `json:"workflow_id"`
	Type               string `json:"type"`
	AllowIssueCreation bool   `json:"allow_issue_creation"`
	IsDefault          bool   `json:"is_default"`
	CreatedAt          string `json:"created_at"`
	UpdatedAt          string `json:"updated_at"`
}

func flowStateOf(c *app.Call, s *store.WorkflowState) WorkflowState {
	return WorkflowState{ID: s.ID, StateID: s.StateID, WorkflowID: s.WorkflowID, Type: s.Type,
		AllowIssueCreation: s.AllowIssueCreation, IsDefault: s.IsDefault, CreatedAt: c.Time(s.CreatedAt),
		UpdatedAt: c.Time(s.UpdatedAt)}
}

type ofFlowState struct {
	ofWorkflow
	State string `path:"state_id"`
}

func listFlowStates(c *app.Call, in ofWorkflow) ([]WorkflowState, error) {
	all, err := workflow.States(c, in.Workflow)
	return web.Map(all, func(s store.WorkflowState) WorkflowState { return flowStateOf(c, &s) }), err
}

func attachFlowStates(c *app.Call, in struct {
	ofWorkflow
	States app.Opt[[]string] `json:"state_ids" check:"required,pk,nested"`
}) (web.Nothing, error) {
	_, err := workflow.AttachStates(c, in.Workflow, in.States.V)
	return web.Nothing{}, err
}

func changeFlowState(c *app.Call, in struct {
	ofFlowState
	workflow.StateInput
}) (WorkflowState, error) {
	s, err := workflow.ChangeState(c, in.Workflow, in.State, in.StateInput)
	return plain(c, s, err, flowStateOf)
}

func detachFlowState(c *app.Call, in ofFlowState) (web.Nothing, error) {
	return web.Nothing{}, workflow.DetachState(c, in.Workflow, in.State)
}

func transferFlowState(c *app.Call, in struct {
	ofFlowState
	To app.Opt[string] `json:"new_state_id" check:"required,pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, issue.TransferState(c, in.Workflow, in.State, in.To.V)
}

// WorkflowTransition is a way from a state of a workflow to another one, or what is wanted for it.
type WorkflowTransition struct {
	ID         string   `json:"id"`
	WorkflowID string   `json:"workflow_id"`
	PlaceID    string   `json:"workflow_state_id"`
	From       string   `json:"state_id"`
	To         string   `json:"transition_state_id"`
	Rejection  *string  `json:"rejection_state_id"`
	Type       string   `json:"type"` // of the state that it is from
	Required   *int     `json:"required_approvals"`
	Members    []string `json:"member_ids"`
	PreRules   []Hook   `json:"pre_rules"`  // its hooks of the phase pre
	PostRules  []Hook   `json:"post_rules"` // its hooks of the phase post
	Made
}

func transitionOf(c *app.Call, w *workflow.Transition) WorkflowTransition {
	return WorkflowTransition{ID: w.ID, WorkflowID: w.WorkflowID, PlaceID: w.WorkflowStateID, From: w.From,
		To: w.TransitionStateID, Rejection: w.RejectionStateID, Type: w.Type, Required: w.RequiredApprovals,
		Members:  web.Map(w.Members, func(id string) string { return id }),
		PreRules: hooksIn(c, w.Hooks, store.HookBefore), PostRules: hooksIn(c, w.Hooks, store.HookAfter),
		Made: made(c, &w.AuditFields)}
}

type ofTransition struct {
	ofWorkflow
	Transition string `path:"transition_id"`
}

func listTransitions(c *app.Call, in ofWorkflow) ([]WorkflowTransition, error) {
	all, err := workflow.Transitions(c, in.Workflow)
	return web.Map(all, func(w workflow.Transition) WorkflowTransition { return transitionOf(c, &w) }), err
}

func createTransition(c *app.Call, in struct {
	ofWorkflow
	workflow.NewTransition
}) (WorkflowTransition, error) {
	w, err := workflow.CreateTransition(c, in.Workflow, in.NewTransition)
	return plain(c, w, err, transitionOf)
}

func getTransition(c *app.Call, in ofTransition) (WorkflowTransition, error) {
	w, err := workflow.GetTransition(c, in.Workflow, in.Transition)
	return plain(c, w, err, transitionOf)
}

func changeTransition(c *app.Call, in struct {
	ofTransition
	workflow.TransitionInput
}) (WorkflowTransition, error) {
	w, err := workflow.ChangeTransition(c, in.Workflow, in.Transition, in.TransitionInput)
	return plain(c, w, err, transitionOf)
}

func deleteTransition(c *app.Call, in ofTransition) (web.Nothing, error) {
	return web.Nothing{}, workflow.DeleteTransition(c, in.Workflow, in.Transition)
}
