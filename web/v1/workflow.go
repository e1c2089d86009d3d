package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allWorkflows = inProject + "workflows/"
	oneWorkflow  = allWorkflows + "{workflow_id:uuid}/"
)

const (
	workflowExample = `{"id":"` + otherID + `","name":"Default workflow","description":"","is_active":true,"is_default":true,` +
		`"work_item_type_ids":[],` + exampleIn + `}`
	approvalExample = `{"state_id":"` + exampleID + `"}`
)

// workflows are held while the project has them switched on, and can be made before.
var workflows = []web.Op{
	do("GET", allWorkflows, readers, 200, "List the workflows of a project", listWorkflows).
		Explained("The oldest first. Work items go by the active workflow of their type, or else by the default one if that"+
			" is active. They are held while the project has workflows switched on: PATCH features/ with"+
			" {\"workflows\":true}, which makes a default workflow with all states if there is none.").
		Like("", `[`+workflowExample+`]`),
	do("POST", allWorkflows, leads, 201, "Create a workflow", createWorkflow).
		Explained("It has no states yet, and holds nothing until it has, is active and is the default one or that of some"+
			" types. A type has one workflow of its own at most; is_default takes the mark from the other one.").
		Like(`{"name":"Bugs","is_active":true,"work_item_type_ids":["`+exampleID+`"]}`, workflowExample),
	do("GET", oneWorkflow, readers, 200, "Read a workflow", getWorkflow).
		Explained("Its states and transitions are lists of their own.").Like("", workflowExample),
	do("PATCH", oneWorkflow, leads, 200, "Change a workflow", changeWorkflow).
		Explained("Only the keys that are sent change. One that is not active keeps what it has and holds nothing.").
		Like(`{"is_active":false}`, workflowExample),
	do("DELETE", oneWorkflow, leads, 204, "Delete a workflow", deleteWorkflow).
		Explained("Work items of its types go by the default workflow then, which itself can't be deleted."),
	do("GET", oneWorkflow+"activities/", readers, 200, "List the changes of a workflow", listWorkflowActivities).
		Explained("Newest first, of the last 1000; created_at__gt narrows it to those since then. field is empty for the"+
			" workflow itself; values of states and transitions begin with their id.").
		Like("", examplePage(`{"id":"`+otherID+`","verb":"updated","field":"is_active","old_value":"false","new_value":"true",`+
			`"actor":"`+exampleID+`","created_at":"2026-05-04T09:30:00Z","workflow":"`+exampleID+`"}`)),
	do("POST", oneItem+"workflow-approval/", writers, 200, "Approve or reject a work item", approveIssue).
		Explained("It has to be in a state of the type approval, and the caller among the transition's members, if it names"+
			" any. state_id is where it is then: it moves on with the last approval that is wanted, and back with the first"+
			" rejection. transition_id says of which one, where several lead on; without it is the caller's first.").
		Like(`{"type":"approve"}`, approvalExample),
}

// Workflow is how work items of a project may move.
type Workflow struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	IsActive    bool     `json:"is_active"`
	IsDefault   bool     `json:"is_default"`
	Types       []string `json:"work_item_type_ids"`
	Made
	Project   string `json:"project"`
	Workspace string `json:"workspace"`
}

func workflowOf(c *app.Call, w *workflow.Workflow) Workflow {
	return Workflow{ID: w.ID, Name: w.Name, Description: w.Description, IsActive: w.IsActive, IsDefault: w.IsDefault,
		Types: web.Map(w.TypeIDs, func(id string) string { return id }), Made: made(c, &w.AuditFields), Project: c.ProjectID,
		Workspace: w.WorkspaceID}
}

type ofWorkflow struct {
	Workflow string `path:"workflow_id"`
}

func listWorkflows(c *app.Call, _ web.Nothing) ([]Workflow, error) {
	all, err := workflow.List(c)
	return web.Map(all, func(w workflow.Workflow) Workflow { return workflowOf(c, &w) }), err
}

func createWorkflow(c *app.Call, in workflow.Input) (Workflow, error) {
	w, err := workflow.Create(c, in)
	return plain(c, w, err, workflowOf)
}

func getWorkflow(c *app.Call, in ofWorkflow) (Workflow, error) {
	w, err := workflow.Get(c, in.Workflow)
	return plain(c, w, err, workflowOf)
}

func changeWorkflow(c *app.Call, in struct {
	ofWorkflow
	workflow.Input
}) (Workflow, error) {
	w, err := workflow.Change(c, in.Workflow, in.Input)
	return plain(c, w, err, workflowOf)
}

func deleteWorkflow(c *app.Call, in ofWorkflow) (web.Nothing, error) {
	return web.Nothing{}, workflow.Delete(c, in.Workflow)
}

// WorkflowActivity is a change of a workflow.
type WorkflowActivity struct {
	ID        string  `json:"id"`
	Verb      string  `json:"verb"`
	Field     *string `json:"field"`
	OldValue  *string `json:"old_value"`
	NewValue  *string `json:"new_value"`
	Actor     *string `json:"actor"`
	CreatedAt string  `json:"created_at"`
	Workflow  string  `json:"workflow"`
}

func workflowActivity(c *app.Call, a *store.WorkflowActivity) WorkflowActivity {
	return WorkflowActivity{ID: a.ID, Verb: a.Verb, Field: a.Field, OldValue: a.OldValue, NewValue: a.NewValue,
		Actor: a.ActorID, CreatedAt: c.Time(a.CreatedAt), Workflow: a.WorkflowID}
}

func listWorkflowActivities(c *app.Call, in struct {
	ofWorkflow
	listing
	Since string `query:"created_at__gt" type:"date-time"`
}) (Page[WorkflowActivity], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.WorkflowActivity, int, error) {
		return workflow.Activities(c, in.Workflow, s, in.Since)
	}, workflowActivity)
}

// WorkflowDecision is where a work item is after somebody has decided about it.
type WorkflowDecision struct {
	StateID string `json:"state_id"`
}

func approveIssue(c *app.Call, in struct {
	ofIssue
	issue.ApprovalInput
}) (WorkflowDecision, error) {
	state, err := issue.Approve(c, in.Issue, in.ApprovalInput)
	return WorkflowDecision{state}, err
}
