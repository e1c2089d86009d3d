package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	sharedFlows = inWorkspace + "workflows/"
	sharedFlow  = sharedFlows + "{workflow_id:uuid}/"
	sharedWays  = sharedFlow + "state-transitions/"

	sharedExample = `"id":"` + otherID + `","name":"Bugs","description":"","is_active":true,"is_default":false,"workspace_id":"` +
		exampleID + `","project_id":"` + exampleID + `","states_count":2,"projects_count":1,"work_item_types_count":1,` + exampleMade
	sharedWay = `{"id":"` + otherID + `","workflow_id":"` + exampleID + `","workflow_state_id":"` + exampleID +
		`","state_id":"` + exampleID + `","transition_state_id":"` + otherID + `","rejection_state_id":null,"type":"transition",` +
		`"required_approvals":null,"member_ids":[],"pre_rules":[],"post_rules":[],` + exampleMade +
		`,"pre_hooks":[],"post_hooks":[]}`
	sharedState = `{"id":"` + exampleID + `","state_id":"` + exampleID + `","name":"Todo","type":"transition","allow_issue_creation":true,` +
		`"is_default":false,"sequence":1,"transitions":[` + sharedWay + `]}`
)

// sharedWorkflows are the workflows of a workspace, and those of all its projects.
var sharedWorkflows = []web.Op{
	do("GET", sharedFlows, everybody, 200, "List the workflows of a workspace and its projects", listSharedFlows).
		Explained("Its own, which have no project_id, and those of the projects that the caller is in. search is part of a"+
			" name, sort_by name, created_at or updated_at, sort_order asc or desc.").Like("", examplePage(`{`+sharedExample+`}`)),
	do("GET", sharedFlow, everybody, 200, "Read a workflow of any project of a workspace", getSharedFlow).
		Explained("With its states, and the transitions from each.").
		Like("", `{`+sharedExample+`,"project_ids":["`+exampleID+`"],"work_item_type_ids":["`+otherID+`"],"states":[`+sharedState+`]}`),
	do("GET", sharedFlow+"activities/", everybody, 200, "List the changes of a workflow of any project",
		listSharedFlowActivities).
		Explained("Newest first, of the last 1000; created_at__gt narrows it to those since then.").
		Like("", examplePage(`{"id":"`+otherID+`","verb":"updated","field":"is_active","old_value":"false","new_value":"true",`+
			`"actor":"`+exampleID+`","created_at":"2026-05-04T09:30:00Z","workflow":"`+exampleID+`"}`)),
	do("GET", sharedFlow+"usage/", everybody, 200, "Tell which work items go by a workflow", getFlowUsage).
		Explained("By their types; null are those of no type. No workspace says which workflows its types have to have:"+
			" types_mandating is empty, and types_allowing are those that projects gave it.").
		Like("", `{"projects":[{"project_id":"`+exampleID+`","name":"Web","types":["`+otherID+`",null]}],"types_mandating":[],`+
			`"types_allowing":["`+otherID+`"]}`),
	do("GET", sharedWays, everybody, 200, "List the transitions of a workflow of any project", listSharedWays).
		Explained("The oldest first.").Like("", `[`+sharedWay+`]`),
	do("GET", sharedWays+"{transition_id:uuid}/", everybody, 200, "Read a transition of a workflow of any project",
		getSharedWay).
		Explained("See the list of transitions.").Like("", sharedWay),
}

// SharedWorkflow is a workflow as its workspace lists it.
type SharedWorkflow struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	IsActive    bool    `json:"is_active"`
	IsDefault   bool    `json:"is_default"`
	WorkspaceID string  `json:"workspace_id"`
	ProjectID   *string `json:"project_id"` // null: it is the workspace's own
	States      int     `json:"states_count"`
	Projects    int     `json:"projects_count"` // that it is in, or that gave it to types
	Types       int     `json:"work_item_types_count"`
	Made
}

func sharedFlowOf(c *app.Call, w *workflow.Shared) SharedWorkflow {
	return SharedWorkflow{ID: w.ID, Name: w.Name, Description: w.Description, IsActive: w.IsActive, IsDefault: w.IsDefault,
		WorkspaceID: w.WorkspaceID, ProjectID: w.ProjectID, States: w.States, Projects: w.Projects, Types: w.Types,
		Made: made(c, &w.AuditFields)}
}

func listSharedFlows(c *app.Call, in struct {
	listing
	Search   string  `query:"search"`
	IsActive *string `query:"is_active" type:"boolean"`
	SortBy   string  `query:"sort_by" type:"name|created_at|updated_at"`
	Order    string  `query:"sort_order" type:"asc|desc"`
}) (Page[SharedWorkflow], error) {
	by := in.SortBy
	if by != "" && in.Order == "desc" {
		by = "-" + by
	}
	active, err := switched("is_active", in.IsActive)
	if err != nil {
		return Page[SharedWorkflow]{}, err
	}
	want := workflow.Wanted{Search: in.Search, IsActive: active, OrderBy: by}
	return list(c, in.listing, func(s store.ListPart) ([]workflow.Shared, int, error) {
		return workflow.ListShared(c, want, s)
	}, sharedFlowOf)
}

// WholeWorkflow is a workflow with all that it has.
type WholeWorkflow struct {
	SharedWorkflow
	ProjectIDs []string      `json:"project_ids"`
	TypeIDs    []string      `json:"work_item_type_ids"`
	Chain      []SharedState `json:"states"`
}

// SharedState is a state of a workflow, by the state's own id, with the transitions from it.
type SharedState struct {
	ID                 string      `json:"id"`
	StateID            string      `json:"state_id"`
	Name               *string     `json:"name"` // in a workflow of the workspace: it stands for the states called so
	Type               string      `json:"type"`
	AllowIssueCreation bool        `json:"allow_issue_creation"`
	IsDefault          bool        `json:"is_default"`
	Sequence           int         `json:"sequence"` // 1, 2, …
	Ways               []SharedWay `json:"transitions"`
}

// SharedWay is a transition with its hooks.
type SharedWay struct {
	WorkflowTransition
	PreHooks  []Hook `json:"pre_hooks"`
	PostHooks []Hook `json:"post_hooks"`
}

func sharedWayOf(c *app.Call, w *workflow.Transition) SharedWay {
	way := transitionOf(c, w)
	return SharedWay{way, way.PreRules, way.PostRules}
}

func getSharedFlow(c *app.Call, in ofWorkflow) (whole WholeWorkflow, err error) {
	if c, err = workflow.Within(c, in.Workflow); err != nil {
		return whole, err
	}
	return wholeFlow(c, in.Workflow)
}

func wholeFlow(c *app.Call, id string) (whole WholeWorkflow, err error) {
	w, err := workflow.Whole(c, id)
	if err != nil {
		return whole, err
	}
	whole = WholeWorkflow{SharedWorkflow: sharedFlowOf(c, &w.Shared), ProjectIDs: w.ProjectIDs, TypeIDs: w.TypeIDs,
		Chain: []SharedState{}}
	for i := range w.Chain {
		whole.Chain = append(whole.Chain, sharedStateOf(c, &w.Chain[i], i+1, w.Ways))
	}
	return whole, err
}

func sharedStateOf(c *app.Call, s *store.WorkflowState, number int, ways []workflow.Transition) SharedState {
	from := slices.DeleteFunc(slices.Clone(ways), func(w workflow.Transition) bool { return w.WorkflowStateID != s.ID })
	return SharedState{ID: s.StateID, StateID: s.StateID, Name: s.Name, Type: s.Type,
		AllowIssueCreation: s.AllowIssueCreation, IsDefault: s.IsDefault, Sequence: number,
		Ways: web.Map(from, func(w workflow.Transition) SharedWay { return sharedWayOf(c, &w) })}
}

func listSharedFlowActivities(c *app.Call, in struct {
	ofWorkflow
	listing
	Since string `query:"created_at__gt" type:"date-time"`
}) (Page[WorkflowActivity], error) {
	c, err := workflow.Within(c, in.Workflow)
	if err != nil {
		return Page[WorkflowActivity]{}, err
	}
	return list(c, in.listing, func(s store.ListPart) ([]store.WorkflowActivity, int, error) {
		return workflow.Activities(c, in.Workflow, s, in.Since)
	}, workflowActivity)
}

// WorkflowUsage is which work items go by a workflow.
type WorkflowUsage struct {
	Projects  []WorkflowProject `json:"projects"`
	Mandating []string          `json:"types_mandating"` // none
	Allowing  []string          `json:"types_allowing"`
}

// WorkflowProject is a project with the types whose work items go by a workflow; null: those of no type.
type WorkflowProject struct {
	ID    string    `json:"project_id"`
	Name  string    `json:"name"`
	Types []*string `json:"types"`
}

func getFlowUsage(c *app.Call, in ofWorkflow) (WorkflowUsage, error) {
	c, err := workflow.Within(c, in.Workflow)
	if err != nil {
		return WorkflowUsage{}, err
	}
	u, err := workflow.UsageOf(c, in.Workflow)
	if err != nil {
		return WorkflowUsage{}, err
	}
	return WorkflowUsage{Mandating: []string{}, Allowing: append([]string{}, u.Own...),
		Projects: web.Map(u.Projects, func(p workflow.ProjectUse) WorkflowProject {
			return WorkflowProject{p.Project.ID, p.Project.Name, p.Types}
		})}, nil
}

func listSharedWays(c *app.Call, in ofWorkflow) ([]SharedWay, error) {
	c, err := workflow.Within(c, in.Workflow)
	if err != nil {
		return nil, err
	}
	all, err := workflow.Transitions(c, in.Workflow)
	return web.Map(all, func(w workflow.Transition) SharedWay { return sharedWayOf(c, &w) }), err
}

func getSharedWay(c *app.Call, in ofTransition) (SharedWay, error) {
	c, err := workflow.Within(c, in.Workflow)
	if err != nil {
		return SharedWay{}, err
	}
	w, err := workflow.GetTransition(c, in.Workflow, in.Transition)
	return plain(c, w, err, sharedWayOf)
}
