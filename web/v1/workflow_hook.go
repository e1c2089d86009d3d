package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	hookExample = `{"id":"` + otherID + `","phase":"pre","handler_name":"require_fields","rule_type":"validation",` +
		`"execution_order":1,"is_enabled":true,"config":{"fields":["assignees","due_date"]},"workflow_id":"` + exampleID +
		`","transition_id":"` + exampleID + `",` + exampleMade + `}`
	newHookExample = `{"phase":"post","handler_name":"send_webhook","config":{"url":"https://hooks.example.org/moved"}}`
	madeHook       = `{"id":"` + otherID + `","phase":"post","handler_name":"send_webhook","rule_type":"action",` +
		`"execution_order":1,"is_enabled":true,"config":{"url":"https://hooks.example.org/moved","headers":{},"secret":"***"},` +
		`"workflow_id":"` + exampleID + `","transition_id":"` + exampleID + `",` + exampleMade +
		`,"secret_plaintext":"plane_wh_0123456789abcdef"}`
	hookRunExample = `[{"id":"` + otherID + `","hook_id":"` + exampleID + `","phase":"post","handler_name":"send_webhook",` +
		`"status":"success","work_item_id":"` + exampleID + `","project_id":"` + exampleID + `","actor_id":"` + otherID +
		`","input":{"event":"workflow_transition"},"output":{"status":200,"body":"ok"},"error":"","attempts":1,` +
		`"duration_ms":120,"started_at":"2026-05-04T09:30:00Z","completed_at":"2026-05-04T09:30:01Z"}]`

	hooksExplained = "Those of phase pre come before the move, in their order: the first that fails refuses it, by whatever" +
		" API, with 400. Those of phase post come after it, once, one after the other, and change nothing of the move when" +
		" they fail; what they do is done in the name of who moved the work item."
	handlersExplained = " pre: require_fields (config: fields, of assignees, description, due_date, estimate_point, labels," +
		" parent, start_date, cycle, module, comment, link, attachment and sub_items_closed; properties, by their ids;" +
		" message), match_pql (pql, which the work item has to fit as it would be after the request; message)" +
		" and send_webhook. post: change_properties (priority, state_id, assignee_ids, of which \"actor\" is who moved it," +
		" label_ids, start_date and target_date: a day, \"today\", or empty; where that moves the work item, whatever the" +
		" transitions say, no hooks run), add_comment (comment_html) and send_webhook."
	postsExplained = " send_webhook (url, headers) posts the move, signed as webhooks are: before the move anything but 2xx" +
		" within 10 seconds refuses it, with the message, error or detail of the answer; after it what nobody takes is tried" +
		" again. secret_plaintext is told once; the values of headers are told never."
)

// placing is where the workflow of a request is.
type placing = func(c *app.Call, workflow string) (*app.Call, error)

func asItIs(c *app.Call, _ string) (*app.Call, error) { return c, nil }

// hooksAt are the operations of hooks of the transitions of workflows of a project, or of any of a workspace.
func hooksAt(ways string, reads, leads web.Rule, read, lead placing) []web.Op {
	all := ways + "{transition_id:uuid}/hooks/"
	one := all + "{hook_id:uuid}/"
	which := ""
	if lead != nil && ways == sharedWays {
		which = " of any project"
	}
	return []web.Op{
		do("GET", all, reads, 200, "List the hooks of a transition"+which, listHooks(read)).
			Explained("Before it, then after it, in their order. "+hooksExplained).Like("", `[`+hookExample+`]`),
		do("POST", all, leads, 201, "Make a hook of a transition"+which, createHook(lead)).
			Explained("As the last in its phase; a transition has no more than 10 in each."+handlersExplained+postsExplained).
			Like(newHookExample, madeHook),
		do("GET", one, reads, 200, "Read a hook of a transition"+which, getHook(read)).
			Explained("Where it sends a webhook is told to those who may change it.").Like("", hookExample),
		do("PATCH", one, leads, 200, "Change a hook of a transition"+which, changeHook(lead)).
			Explained("Its phase and its handler stay. config takes the place of what there is; of send_webhook only what is"+
				" sent changes, and a header that is sent as \"***\" stays.").Like(`{"is_enabled":false}`, hookExample),
		do("DELETE", one, leads, 204, "Delete a hook of a transition"+which, deleteHook(lead)).
			Explained("What became of it is told on."),
	}
}

var workflowHooks = slices.Concat(hooksAt(allTransitions, readers, leads, asItIs, asItIs),
	hooksAt(sharedWays, everybody, everybody, workflow.Within, workflow.Leading), []web.Op{
		do("GET", sharedWays+"{transition_id:uuid}/hooks/{hook_id:uuid}/executions/", everybody, 200,
			"List what became of a hook", listHookRuns).
			Explained("The last 200, newest first, of a hook that was deleted, too. status is waiting, success or failed; input"+
				" is what it was told, output what another server answered. For those who may change the workflow.").Like("", hookRunExample),
		do("POST", sharedWays+"{transition_id:uuid}/hooks/{hook_id:uuid}/regenerate-webhook-secret/", everybody, 200,
			"Give a hook another secret", renewHookSecret).
			Explained("The new one is told once. What waits to be sent is signed with it.").Like("", madeHook),
	})

// Hook is what happens on a transition.
type Hook struct {
	ID         string         `json:"id"`
	Phase      string         `json:"phase"`
	Handler    string         `json:"handler_name"`
	RuleType   string         `json:"rule_type"` // validation or action
	Order      int            `json:"execution_order"`
	IsEnabled  bool           `json:"is_enabled"`
	Config     map[string]any `json:"config"`
	WorkflowID string         `json:"workflow_id"`
	Transition string         `json:"transition_id"`
	Made
	Fresh *string `json:"secret_plaintext,omitempty"`
}

func hookOf(c *app.Call, h *workflow.Hook) Hook {
	shown := Hook{ID: h.ID, Phase: h.Phase, Handler: h.Handler, RuleType: "validation", Order: h.Order,
		IsEnabled: h.IsEnabled, WorkflowID: h.WorkflowID, Transition: h.TransitionID, Made: made(c, &h.AuditFields)}
	if h.Phase == store.HookAfter {
		shown.RuleType = "action"
	}
	if h.Fresh != "" {
		shown.Fresh = &h.Fresh
	}
	shown.Config = workflow.ShownConfig(c, &h.WorkflowHook)
	return shown
}

// hooksIn are those of a phase.
func hooksIn(c *app.Call, all []store.WorkflowHook, phase string) []Hook {
	list := []Hook{}
	for _, h := range all {
		if h.Phase == phase {
			list = append(list, hookOf(c, &workflow.Hook{WorkflowHook: h}))
		}
	}
	return list
}

type ofHook struct {
	ofTransition
	Hook string `path:"hook_id"`
}

func listHooks(at placing) func(*app.Call, ofTransition) ([]Hook, error) {
	return func(c *app.Call, in ofTransition) ([]Hook, error) {
		c, err := at(c, in.Workflow)
		if err != nil {
			return nil, err
		}
		all, err := workflow.Hooks(c, in.Workflow, in.Transition)
		return web.Map(all, func(h workflow.Hook) Hook { return hookOf(c, &h) }), err
	}
}

type newHook struct {
	ofTransition
	workflow.HookInput
}

func createHook(at placing) func(*app.Call, newHook) (Hook, error) {
	return func(c *app.Call, in newHook) (Hook, error) {
		c, err := at(c, in.Workflow)
		if err != nil {
			return Hook{}, err
		}
		h, err := workflow.CreateHook(c, in.Workflow, in.Transition, in.HookInput)
		return plain(c, h, err, hookOf)
	}
}

func getHook(at placing) func(*app.Call, ofHook) (Hook, error) {
	return func(c *app.Call, in ofHook) (Hook, error) {
		c, err := at(c, in.Workflow)
		if err != nil {
			return Hook{}, err
		}
		h, err := workflow.GetHook(c, in.Workflow, in.Transition, in.Hook)
		return plain(c, h, err, hookOf)
	}
}

type hookChange struct {
	ofHook
	workflow.HookInput
}

func changeHook(at placing) func(*app.Call, hookChange) (Hook, error) {
	return func(c *app.Call, in hookChange) (Hook, error) {
		c, err := at(c, in.Workflow)
		if err != nil {
			return Hook{}, err
		}
		h, err := workflow.ChangeHook(c, in.Workflow, in.Transition, in.Hook, in.HookInput)
		return plain(c, h, err, hookOf)
	}
}

func deleteHook(at placing) func(*app.Call, ofHook) (web.Nothing, error) {
	return func(c *app.Call, in ofHook) (web.Nothing, error) {
		c, err := at(c, in.Workflow)
		if err != nil {
			return web.Nothing{}, err
		}
		return web.Nothing{}, workflow.DeleteHook(c, in.Workflow, in.Transition, in.Hook)
	}
}

func renewHookSecret(c *app.Call, in ofHook) (Hook, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return Hook{}, err
	}
	h, err := workflow.RenewSecret(c, in.Workflow, in.Transition, in.Hook)
	return plain(c, h, err, hookOf)
}

// HookRun is what became of a hook.
type HookRun struct {
	ID        string     `json:"id"`
	HookID    string     `json:"hook_id"`
	Phase     string     `json:"phase"`
	Handler   string     `json:"handler_name"`
	Status    string     `json:"status"` // waiting, success or failed
	Issue     string     `json:"work_item_id"`
	Project   string     `json:"project_id"`
	Actor     *string    `json:"actor_id"`
	Input     store.JSON `json:"input" type:"object"`
	Output    store.JSON `json:"output" type:"object"`
	Fault     string     `json:"error"`
	Attempts  int        `json:"attempts"`
	Took      int64      `json:"duration_ms"`
	StartedAt string     `json:"started_at"`
	EndedAt   *string    `json:"completed_at"`
}

// listHookRuns is for those who change the workflow: what hooks were told is of work items that others may not see.
func listHookRuns(c *app.Call, in ofHook) ([]HookRun, error) {
	c, err := workflow.Leading(c, in.Workflow)
	if err != nil {
		return nil, err
	}
	all, err := workflow.Runs(c, in.Workflow, in.Transition, in.Hook)
	return web.Map(all, func(r store.HookRun) HookRun {
		return HookRun{ID: r.ID, HookID: r.HookID, Phase: r.Phase, Handler: r.Handler, Status: r.Status, Issue: r.IssueID,
			Project: r.ProjectID, Actor: r.ActorID, Input: r.Input, Output: r.Output, Fault: r.Fault, Attempts: r.Attempts,
			Took: r.DurationMS, StartedAt: c.Time(r.CreatedAt), EndedAt: c.TimePtr(r.EndedAt)}
	}), err
}
