package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
)

// Workflow is a row of workflows: how work items of a project may move, by their states. Without a project it is the
// workspace's own, which projects give to their types.
type Workflow struct {
	AuditFields
	Name        string  `db:"name"`
	Description string  `db:"description"`
	IsActive    bool    `db:"is_active"`
	IsDefault   bool    `db:"is_default"` // for work items of all types that no other workflow is for
	ProjectID   *string `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// WorkflowType is a row of workflow_types: a type of work items that a workflow is for.
type WorkflowType struct {
	AuditFields
	WorkflowID  string `db:"workflow_id"`
	TypeID      string `db:"type_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// The types of a WorkflowState.
const (
	StateTransition = "transition" // work items leave it by a change of their state
	StateApproval   = "approval"   // they leave it when that is approved, or rejected
)

// WorkflowState is a row of workflow_states: a state of the project that a workflow has.
type WorkflowState struct {
	AuditFields
	Type               string  `db:"type"`
	AllowIssueCreation bool    `db:"allow_issue_creation"` // new work items may be in it
	IsDefault          bool    `db:"is_default"`           // of new work items that name no state
	WorkflowID         string  `db:"workflow_id"`
	StateID            string  `db:"state_id"` // in a workflow of the workspace: one of those with the name
	Name               *string `db:"name"`     // in a workflow of the workspace, where it stands for all states called so
	ProjectID          *string `db:"project_id"`
	WorkspaceID        string  `db:"workspace_id"`
}

// WorkflowTransition is a row of workflow_transitions: a way from a state of a workflow to another state.
type WorkflowTransition struct {
	AuditFields
	RequiredApprovals *int    `db:"required_approvals"` // nil: of all its members, or of one without any
	Restricted        bool    `db:"restricted"`         // to its members; else everybody may who changes work items
	WorkflowID        string  `db:"workflow_id"`
	WorkflowStateID   string  `db:"workflow_state_id"`
	TransitionStateID string  `db:"transition_state_id"`
	RejectionStateID  *string `db:"rejection_state_id"`
	ProjectID         *string `db:"project_id"`
	WorkspaceID       string  `db:"workspace_id"`
}

// WorkflowTransitionMember is a row of workflow_transition_members: who may make a transition, or approve it.
type WorkflowTransitionMember struct {
	AuditFields
	TransitionID string  `db:"transition_id"`
	MemberID     string  `db:"member_id"`
	ProjectID    *string `db:"project_id"`
	WorkspaceID  string  `db:"workspace_id"`
}

// WorkflowApproval is a row of workflow_approvals: somebody's yes to a transition of a work item that waits for it.
type WorkflowApproval struct {
	AuditFields
	IssueID      string `db:"issue_id"`
	TransitionID string `db:"transition_id"`
	ActorID      string `db:"actor_id"`
	ProjectID    string `db:"project_id"`
	WorkspaceID  string `db:"workspace_id"`
}

// WorkflowActivity is a row of workflow_activities: a change of a workflow.
type WorkflowActivity struct {
	AuditFields
	Verb        string  `db:"verb"`
	Field       *string `db:"field"`
	OldValue    *string `db:"old_value"`
	NewValue    *string `db:"new_value"`
	WorkflowID  string  `db:"workflow_id"`
	ActorID     *string `db:"actor_id"`
	ProjectID   *string `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// WorkflowsKey is where the cache keeps what holds of the workflows of a project.
func WorkflowsKey(project string) string { return "workflows:" + project }

// workflowKeys are of no use where a workflow is the workspace's: who changes that has the cache forget all.
func workflowKeys(project *string) []string {
	if project == nil {
		return nil
	}
	return []string{WorkflowsKey(*project)}
}

// The tables of workflows. What decides about moves is kept in the cache, by project.
var (
	Workflows     = NewTable("workflows", func(w *Workflow) []string { return workflowKeys(w.ProjectID) })
	WorkflowTypes = NewTable("workflow_types", func(w *WorkflowType) []string { return workflowKeys(&w.ProjectID) })

	WorkflowStates = NewTable("workflow_states",
		func(w *WorkflowState) []string { return workflowKeys(w.ProjectID) })
	WorkflowTransitions = NewTable("workflow_transitions",
		func(w *WorkflowTransition) []string { return workflowKeys(w.ProjectID) })
	WorkflowTransitionMembers = NewTable("workflow_transition_members",
		func(w *WorkflowTransitionMember) []string { return workflowKeys(w.ProjectID) })

	WorkflowApprovals  = NewTable[WorkflowApproval]("workflow_approvals")
	WorkflowActivities = NewTable[WorkflowActivity]("workflow_activities")
)

// DeleteWorkflowParts deletes rows of a table of workflows; it is Table.DeleteWhere that tells the cache.
func DeleteWorkflowParts[T any](t *Tx, table Table[T], project *string, where dbx.Expression) error {
	t.Forget(workflowKeys(project)...)
	_, err := table.DeleteWhere(t, where)
	return err
}

// StateNames returns the names of states, by id.
func StateNames(t *Tx, ids []string) (map[string]string, error) {
	rows, err := States.ByID(t, ids)
	names := make(map[string]string, len(rows))
	for id, s := range rows {
		names[id] = s.Name
	}
	return names, err
}

// KeepLatestWorkflowActivities deletes for good all but so many of the latest changes of a workflow.
func KeepLatestWorkflowActivities(t *Tx, workflow string, most int) error {
	_, err := t.Exec(`DELETE FROM workflow_activities WHERE workflow_id = ? AND id IN (SELECT id FROM workflow_activities
		WHERE workflow_id = ? ORDER BY created_at DESC, id DESC LIMIT 1000000 OFFSET ?)`, workflow, workflow, most)
	return err
}

// ActiveMembers counts how many of those people are active members of a project who may change its work items.
func ActiveMembers(t *Tx, project string, people []string, role int) (int, error) {
	list, arg := t.In("member_id", people)
	n := 0
	err := t.One("SELECT COUNT(DISTINCT member_id) FROM project_members WHERE project_id = ? AND is_active AND role >= ?"+
		" AND deleted_at IS NULL AND "+list, []any{project, role, arg}, &n)
	return n, err
}

// IssuesUnder lists the work items of a project in a state that go by a workflow: those of its types, and of the
// default one those of all types that no other has. No more than so many.
func IssuesUnder(t *Tx, w *Workflow, state string, most int) ([]string, error) {
	kind, args := "EXISTS (SELECT 1 FROM workflow_types k WHERE k.type_id = i.type_id AND k.workflow_id = ? AND k.deleted_at IS NULL)",
		[]any{w.ProjectID, state, w.ID}
	if w.IsDefault {
		kind = `NOT EXISTS (SELECT 1 FROM workflow_types k JOIN workflows o ON o.id = k.workflow_id AND o.deleted_at IS NULL
			AND o.is_active WHERE k.type_id = i.type_id AND k.project_id = i.project_id AND k.workflow_id <> ? AND k.deleted_at IS NULL)`
	}
	var ids []string
	err := t.Each("SELECT i.id FROM issues i WHERE i.project_id = ? AND i.state_id = ? AND i.deleted_at IS NULL AND "+kind+
		" LIMIT ?", append(args, most), scanID(&ids))
	if err != nil {
		return nil, fmt.Errorf("list work items of a workflow: %w", err)
	}
	return ids, nil
}

// StateCount is how many work items are in a state.
type StateCount struct {
	StateID string `json:"state_id"`
	Name    string `json:"name"`
	Count   int    `json:"count"`
}

// StatesOfType counts the work items of a type (nil: those of none) of a project by their states, without what waits in
// the intake.
func StatesOfType(t *Tx, project string, kind *string) (list []StateCount, err error) {
	which, args := "i.type_id IS NULL", []any{project}
	if kind != nil {
		which, args = "i.type_id = ?", append(args, *kind)
	}
	list = []StateCount{}
	err = t.Each(`SELECT s.id, s.name, COUNT(*) FROM issues i JOIN states s ON s.id = i.state_id
		WHERE i.project_id = ? AND `+which+` AND i.deleted_at IS NULL AND NOT s.is_triage AND s."group" <> 'triage'
		GROUP BY s.id, s.name, s.sequence ORDER BY s.sequence, s.id`, args, func(rows *sql.Rows) error {
		var n StateCount
		err := rows.Scan(&n.StateID, &n.Name, &n.Count)
		list = append(list, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count work items of a type: %w", err)
	}
	return list, nil
}

// IssuesOfType lists work items of a type and in a state of a project, no more than so many.
func IssuesOfType(t *Tx, project, kind, state string, most int) ([]string, error) {
	var ids []string
	err := t.Each("SELECT id FROM issues WHERE project_id = ? AND state_id = ? AND type_id = ? AND deleted_at IS NULL LIMIT ?",
		[]any{project, state, kind, most}, scanID(&ids))
	if err != nil {
		return nil, fmt.Errorf("list work items of a type: %w", err)
	}
	return ids, nil
}

// OfTransitionsOf is the condition for what belongs to the transitions of a workflow.
func OfTransitionsOf(workflow string) dbx.Expression {
	return dbx.NewExp("[[transition_id]] IN (SELECT id FROM workflow_transitions WHERE workflow_id = {:workflow})",
		dbx.Params{"workflow": workflow})
}

// StateCalled returns the place of a name in a workflow of a workspace, in letters of either case, or ErrNotFound.
func StateCalled(t *Tx, workflow, name string) (*WorkflowState, error) {
	rows, err := WorkflowStates.List(t, dbx.HashExp{"workflow_id": workflow})
	for i := range rows {
		if err == nil && rows[i].Name != nil && strings.EqualFold(*rows[i].Name, name) {
			return &rows[i], nil
		}
	}
	if err == nil {
		err = ErrNotFound
	}
	return nil, err
}

// StateNamed returns another state of that name in any project of a workspace, or ErrNotFound.
func StateNamed(t *Tx, workspace, name, but string) (id string, err error) {
	err = t.One(`SELECT s.id FROM states s JOIN projects p ON p.id = s.project_id AND p.deleted_at IS NULL
		WHERE s.workspace_id = ? AND LOWER(s.name) = LOWER(?) AND s.id <> ? AND s.deleted_at IS NULL AND NOT s.is_triage
		AND s."group" <> 'triage' ORDER BY s.created_at, s.id LIMIT 1`, []any{workspace, name, but}, &id)
	return id, err
}

// ReplaceState names a place in a workflow of a workspace by another state of its name.
func ReplaceState(t *Tx, at *WorkflowState, state string) error {
	t.ForgetAll()
	in := dbx.HashExp{"workflow_id": at.WorkflowID}
	for _, column := range []string{"transition_state_id", "rejection_state_id"} {
		err := WorkflowTransitions.SetWhere(t, dbx.Params{column: state}, dbx.And(in, dbx.HashExp{column: at.StateID}))
		if err != nil {
			return err
		}
	}
	at.StateID = state
	return WorkflowStates.Update(t, at, "state_id")
}

// replaceStatesOf names places in workflows of a workspace that a project's states name by those of other projects, as
// the project is about to go. What no other project has goes with it.
func replaceStatesOf(t *Tx, p *Project) error {
	rows, err := WorkflowStates.List(t, dbx.And(dbx.HashExp{"workspace_id": p.WorkspaceID, "project_id": nil},
		dbx.NewExp("[[state_id]] IN (SELECT id FROM states WHERE project_id = {:project})", dbx.Params{"project": p.ID})))
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Name == nil {
			continue
		}
		next, err := StateNamed(t, p.WorkspaceID, *rows[i].Name, rows[i].StateID)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err == nil {
			err = ReplaceState(t, &rows[i], next)
		}
		if err != nil {
			return fmt.Errorf("workflows of a workspace: %w", err)
		}
	}
	return nil
}
