package routes_test

import (
	"strings"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// flows are steps that make workflows of the place's project, in place of those that it has: one that is for nothing,
// with two states and a transition, and one for a type, by which a work item waits for approval.
func (p *place) flows(tx *store.Tx, name string) func() error {
	w, id := p.workspace.ID, p.project.ID
	return func() error {
		if err := run(tx, "DELETE FROM workflows WHERE project_id = ?", id); err != nil { // a project has only so many
			return err
		}
		if err := run(tx, "DELETE FROM issue_types WHERE workspace_id = ? AND name LIKE 'flow %'", w); err != nil {
			return err
		}
		plain := &store.Workflow{Name: name, ProjectID: &id, WorkspaceID: w}
		kind := &store.IssueType{Name: "flow " + store.NewID(), WorkspaceID: w, IsActive: true}
		typed := &store.Workflow{Name: name, IsActive: true, ProjectID: &id, WorkspaceID: w}
		var way string
		return errorOf(keep(p, tx, store.Workflows, "workflows", plain, &plain.ID),
			func() (err error) { way, err = p.way(tx, plain, store.StateTransition); return err },
			func() error { p.ids["state-transitions"] = way; return p.hook(tx, plain, way) },
			keep(p, tx, store.IssueTypes, "kind", kind, &kind.ID), keep(p, tx, store.Workflows, "typed-workflow", typed, &typed.ID),
			func() error {
				return errorOf(func() error {
					return store.ProjectIssueTypes.Insert(tx, &store.ProjectIssueType{IssueTypeID: kind.ID, ProjectID: id,
						WorkspaceID: w})
				}, func() error {
					return store.WorkflowTypes.Insert(tx, &store.WorkflowType{WorkflowID: typed.ID, TypeID: kind.ID, ProjectID: id,
						WorkspaceID: w})
				}, func() error { _, err := p.way(tx, typed, store.StateApproval); return err })
			})
	}
}

// way puts the two states of the place into a workflow, and a transition from the open one to the other one, and
// returns its id.
func (p *place) way(tx *store.Tx, w *store.Workflow, kind string) (string, error) {
	open := &store.WorkflowState{Type: kind, AllowIssueCreation: true, WorkflowID: w.ID, StateID: p.ids["states"],
		ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
	done := &store.WorkflowState{Type: store.StateTransition, AllowIssueCreation: true, WorkflowID: w.ID,
		StateID: p.states.ID, ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
	if err := store.WorkflowStates.Insert(tx, open, done); err != nil {
		return "", err
	}
	way := &store.WorkflowTransition{WorkflowID: w.ID, WorkflowStateID: open.ID, TransitionStateID: p.states.ID,
		ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
	err := store.WorkflowTransitions.Insert(tx, way)
	return way.ID, err
}

// hook puts a hook that tells nobody yet on a transition.
func (p *place) hook(tx *store.Tx, w *store.Workflow, way string) error {
	h := &store.WorkflowHook{Phase: store.HookAfter, Handler: "send_webhook", Order: 1, WorkflowID: w.ID,
		TransitionID: way, Config: store.JSON(`{"url":"https://hooks.example.org/"}`), ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
	err := store.WorkflowHooks.Insert(tx, h)
	p.ids["hooks"] = h.ID
	return err
}

// flowBody is what a write of a workflow sends; nil when it is none.
func (p *place) flowBody(op web.Op) map[string]any {
	switch path := op.Path; {
	case strings.HasSuffix(path, "/workflow-approval/"):
		return map[string]any{"type": "approve"}
	case strings.HasSuffix(path, "/workflow/"), strings.HasSuffix(path, "/workflow-fallback-preview/"):
		return map[string]any{"workflow_id": p.ids["typed-workflow"]}
	case !strings.Contains(path, "/workflows/"):
		return nil
	case strings.HasSuffix(path, "/transfer/"):
		return map[string]any{"new_state_id": p.states.ID}
	case strings.HasSuffix(path, "/states/"):
		return map[string]any{"state_ids": []string{p.states.ID}}
	case strings.HasSuffix(path, "/hooks/"):
		return map[string]any{"phase": "pre", "handler_name": "require_fields",
			"config": map[string]any{"fields": []string{"link"}}}
	case strings.Contains(path, "/hooks/"):
		return map[string]any{"is_enabled": false}
	case op.Method == "DELETE" && strings.Contains(path, "/states/"):
		return map[string]any{}
	case strings.HasSuffix(path, "/state-transitions/"):
		return map[string]any{"state_id": p.states.ID, "transition_state_id": p.ids["states"]}
	case strings.Contains(path, "/states/"):
		return map[string]any{"allow_issue_creation": false}
	case strings.Contains(path, "/state-transitions/"):
		return map[string]any{"member_ids": []string{}}
	}
	return map[string]any{"name": "changed"}
}
