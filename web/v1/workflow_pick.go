package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const ofType = inProject + "work-item-types/{type_id:uuid}/"

const (
	pickExample = `{"type_id":"` + exampleID + `","governance":"any","workflow_id":"` + otherID +
		`","effective_workflow_id":"` + otherID + `","source":"type","options":[{"workflow_id":"` + otherID +
		`","name":"Bugs"}]}`
	strandedExample = `{"total":2,"type_total":7,"per_state":[{"state_id":"` + exampleID + `","name":"Todo","count":2}]}`
	pickExplained   = "governance is any: no workspace says which workflows its types have. workflow_id is what the project" +
		" gives the type, effective_workflow_id that by which its work items go now, source which of them that is: type," +
		" default, or null where they move freely. options are those that the project may give it."
)

// typeWorkflows is by which workflows the types of a project go.
var typeWorkflows = []web.Op{
	do("GET", inProject+"work-item-types/workflows/", readers, 200, "List by which workflows the types of a project go",
		listPicks).Explained("Of its active types. "+pickExplained).Like("", `[`+pickExample+`]`),
	do("GET", ofType+"workflows/", readers, 200, "Read by which workflow a type may go", getPick).
		Explained(pickExplained).Like("", pickExample),
	do("GET", ofType+"workflow/", readers, 200, "Read by which workflow a type goes", getPick).
		Explained(pickExplained).Like("", pickExample),
	do("PUT", ofType+"workflow/", leads, 200, "Give a type of a project a workflow", putPick).
		Explained("An active one of the project; with the default one the type has none of its own. Work items in states that"+
			" it does not have go where state_mapping says, no more than 1000, whatever the transitions say; where one is"+
			" not said it is 400 with the code workflow_orphans and what workflow-fallback-preview/ tells. The answer is the"+
			" workflow by which they go then: none while the project has workflows switched off.").
		Like(`{"workflow_id":"`+otherID+`","state_mapping":{"`+exampleID+`":"`+otherID+`"}}`, `{"workflow_id":"`+otherID+`"}`),
	do("POST", inProject+"workflow-fallback-preview/", writers, 200, "Tell which work items a change would strand",
		previewFallback).
		Reads().
		Explained("If work items of type_id (none: of no type) got new_type_id, or if their type got workflow_id: how many"+
			" are in states that the workflow does not have then. It changes nothing.").
		Like(`{"type_id":"`+exampleID+`","workflow_id":"`+otherID+`"}`, strandedExample),
}

// TypeWorkflow is by which workflow the work items of a type go.
type TypeWorkflow struct {
	TypeID     string           `json:"type_id"`
	Governance string           `json:"governance"` // any
	Own        *string          `json:"workflow_id"`
	Effective  *string          `json:"effective_workflow_id"`
	Source     *string          `json:"source"`
	Options    []WorkflowOption `json:"options"`
}

// WorkflowOption is a workflow that a project may give a type.
type WorkflowOption struct {
	ID   string `json:"workflow_id"`
	Name string `json:"name"`
}

func pickOf(_ *app.Call, p *workflow.Pick) TypeWorkflow {
	w := TypeWorkflow{TypeID: p.TypeID, Governance: "any",
		Options: web.Map(p.Options, func(w store.Workflow) WorkflowOption { return WorkflowOption{w.ID, w.Name} })}
	if p.Own != "" {
		w.Own = &p.Own
	}
	if p.Effective != "" {
		w.Effective, w.Source = &p.Effective, new("default")
		if p.Effective == p.Own {
			w.Source = new("type")
		}
	}
	return w
}

func listPicks(c *app.Call, _ web.Nothing) ([]TypeWorkflow, error) {
	all, err := workflow.Picks(c)
	return web.Map(all, func(p workflow.Pick) TypeWorkflow { return pickOf(c, &p) }), err
}

type ofItemType struct {
	Type string `path:"type_id"`
}

func getPick(c *app.Call, in ofItemType) (TypeWorkflow, error) {
	p, err := workflow.PickOf(c, in.Type)
	return plain(c, p, err, pickOf)
}

// PickedWorkflow is the workflow by which work items of a type go.
type PickedWorkflow struct {
	ID *string `json:"workflow_id"`
}

func putPick(c *app.Call, in struct {
	ofItemType
	issue.PickInput
}) (PickedWorkflow, error) {
	id, err := issue.PickWorkflow(c, in.Type, in.PickInput)
	if id == "" {
		return PickedWorkflow{}, err
	}
	return PickedWorkflow{&id}, err
}

// StrandedItems are work items in states that a workflow does not have.
type StrandedItems struct {
	Total  int                `json:"total"`
	Typed  int                `json:"type_total"`
	States []store.StateCount `json:"per_state"`
}

func strandedOf(_ *app.Call, s *workflow.Stranded) StrandedItems {
	return StrandedItems{s.Total, s.Typed, s.States}
}

func previewFallback(c *app.Call, in workflow.PreviewInput) (StrandedItems, error) {
	s, err := workflow.Preview(c, in)
	return plain(c, s, err, strandedOf)
}
