package workflow

import (
	"errors"
	"slices"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// StateInput is what a request may say of a state of a workflow.
type StateInput struct {
	Type               app.Opt[string] `json:"type" check:"choice=transition|approval"`
	AllowIssueCreation app.Opt[bool]   `json:"allow_issue_creation"`
	IsDefault          app.Opt[bool]   `json:"is_default"`
}

// States returns the states of a workflow of the call's project, in the order in which they came to it.
func States(c *app.Call, workflow string) ([]store.WorkflowState, error) {
	t := c.Read()
	if _, err := Find(c, t, workflow); err != nil {
		return nil, err
	}
	return store.WorkflowStates.List(t, dbx.HashExp{"workflow_id": workflow}, "created_at", "id")
}

// StateOf returns a state of a workflow by the id of the state, or store.ErrNotFound.
func StateOf(t *store.Tx, workflow, state string) (*store.WorkflowState, error) {
	return store.WorkflowStates.Get(t, dbx.HashExp{"workflow_id": workflow, "state_id": state})
}

// attach returns the place of a state in a workflow, which is made if there is none: new work items may be in it. In a
// workflow of a workspace that is the place of its name, whichever project's state it is.
func attach(t *store.Tx, w *store.Workflow, state string) (*store.WorkflowState, error) {
	s, err := StateOf(t, w.ID, state)
	if !errors.Is(err, store.ErrNotFound) {
		return s, err
	}
	var name *string
	if w.ProjectID == nil {
		of, err := store.FindState(t, state)
		if err != nil {
			return nil, err
		}
		if s, err := store.StateCalled(t, w.ID, of.Name); !errors.Is(err, store.ErrNotFound) {
			return s, err
		}
		name = &of.Name
	}
	s = &store.WorkflowState{Type: store.StateTransition, AllowIssueCreation: true, WorkflowID: w.ID, StateID: state,
		Name: name, ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
	return s, errors.Join(store.WorkflowStates.Insert(t, s), note(t, w, "created", "state", nil, &state))
}

// known says whether a state is one of the call's project, and not the intake's; where it is in none, of any project
// that the caller is in.
func known(c *app.Call, t *store.Tx, state string) (bool, error) {
	s, err := store.FindState(t, state)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	_, in := c.Access.Projects[s.ProjectID]
	return err == nil && !s.Triage() && (s.ProjectID == c.ProjectID || c.ProjectID == "" && in), err
}

// statesOf returns the ids of a project's states in their order, without the intake's.
func statesOf(t *store.Tx, project string) ([]string, error) {
	rows, err := store.States.List(t, dbx.And(dbx.HashExp{"project_id": project, "is_triage": false},
		dbx.Not(dbx.HashExp{"group": "triage"})), "sequence", "created_at")
	ids := make([]string, len(rows))
	for i, s := range rows {
		ids[i] = s.ID
	}
	return ids, err
}

// AttachStates puts states of the project into a workflow, all or none; those that it has stay as they are. It returns
// the ids of their places, in the order of the request.
func AttachStates(c *app.Call, workflow string, states []string) ([]string, error) {
	at := map[string]string{}
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		order, err := inTurn(c, t, states)
		if err != nil {
			return err
		}
		for _, id := range order {
			s, err := attach(t, w, id)
			if err != nil {
				return err
			}
			at[id] = s.ID
		}
		return nil
	})
	places := make([]string, len(states))
	for i, id := range states {
		places[i] = at[id]
	}
	return places, err
}

// mostStates is how many states one request puts into a workflow.
const mostStates = 250

// inTurn refuses states that there are not, and returns the others in the project's order; in that of the request where
// the call is in no project.
func inTurn(c *app.Call, t *store.Tx, states []string) ([]string, error) {
	if len(states) > mostStates {
		return nil, app.Field("state_ids", "No more than 250 at once.")
	}
	there, err := states, error(nil)
	if c.ProjectID != "" {
		there, err = statesOf(t, c.ProjectID)
	}
	faults := app.Fields{}
	for i, id := range states {
		is := slices.Contains(there, id)
		if err == nil && c.ProjectID == "" {
			is, err = known(c, t, id)
		}
		if !is {
			faults.Add(strconv.Itoa(i), app.NoObject(id))
		}
	}
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, app.Fields{"state_ids": faults}.Err()
	}
	return slices.DeleteFunc(slices.Clone(there), func(id string) bool { return !slices.Contains(states, id) }), nil
}

// ChangeState writes what a request says of a state of a workflow. Another type ends the transitions from it. The
// default one takes new work items.
func ChangeState(c *app.Call, workflow, state string, in StateInput) (*store.WorkflowState, error) {
	var s *store.WorkflowState
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		if s, err = StateOf(t, workflow, state); err != nil {
			return err
		}
		return setState(t, w, s, in)
	})
	return s, err
}

func setState(t *store.Tx, w *store.Workflow, s *store.WorkflowState, in StateInput) error {
	before := *s
	var cols []string
	app.Change(&cols, "type", in.Type, &s.Type)
	app.Change(&cols, "allow_issue_creation", in.AllowIssueCreation, &s.AllowIssueCreation)
	app.Change(&cols, "is_default", in.IsDefault, &s.IsDefault)
	if s.IsDefault && !s.AllowIssueCreation {
		if in.AllowIssueCreation.Set {
			return app.Field("allow_issue_creation", "The default state takes new work items.")
		}
		s.AllowIssueCreation, cols = true, append(cols, "allow_issue_creation")
	}
	if s.Type != before.Type {
		if err := dropWays(t, w.ProjectID, dbx.HashExp{"workflow_state_id": s.ID}); err != nil {
			return err
		}
	}
	if s.IsDefault && !before.IsDefault {
		if err := unmark(t, w); err != nil {
			return err
		}
	}
	if err := store.WorkflowStates.Update(t, s, cols...); err != nil {
		return err
	}
	return noteState(t, w, &before, s)
}

// unmark leaves a workflow without a default state.
func unmark(t *store.Tx, w *store.Workflow) error {
	s, err := store.WorkflowStates.Get(t, dbx.HashExp{"workflow_id": w.ID, "is_default": true})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	before := *s
	s.IsDefault = false
	return errors.Join(store.WorkflowStates.Update(t, s, "is_default"), noteState(t, w, &before, s))
}

// DetachState takes a state out of a workflow, with all transitions from it and to it. Work items that are in it may
// move to every state that the workflow has.
func DetachState(c *app.Call, workflow, state string) error {
	return edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		return Remove(t, w, state, "")
	})
}

// Remove takes a state out of a workflow, after another one (empty: none) has become its default.
func Remove(t *store.Tx, w *store.Workflow, state, next string) error {
	if next != "" {
		other, err := StateOf(t, w.ID, next)
		if errors.Is(err, store.ErrNotFound) || next == state {
			return app.Field("new_default_state_id", "This is another state of the workflow.")
		}
		if err != nil {
			return err
		}
		if err := setState(t, w, other, StateInput{IsDefault: app.Some(true)}); err != nil {
			return err
		}
	}
	s, err := StateOf(t, w.ID, state)
	if err != nil {
		return err
	}
	if s.IsDefault {
		return app.Refuse(app.Invalid, "The default state of a workflow stays: make another one the default first.")
	}
	return detach(t, w, s)
}

func detach(t *store.Tx, w *store.Workflow, s *store.WorkflowState) error {
	ways := dbx.And(dbx.HashExp{"workflow_id": w.ID},
		dbx.Or(dbx.HashExp{"workflow_state_id": s.ID}, dbx.HashExp{"transition_state_id": s.StateID}))
	if err := dropWays(t, w.ProjectID, ways); err != nil {
		return err
	}
	err := store.WorkflowTransitions.SetWhere(t, dbx.Params{"rejection_state_id": nil},
		dbx.HashExp{"workflow_id": w.ID, "rejection_state_id": s.StateID})
	return errors.Join(err, store.WorkflowStates.Delete(t, s), note(t, w, "deleted", "state", &s.StateID, nil))
}

// dropWays deletes transitions with who may make them, what happens on them and what was approved of them.
func dropWays(t *store.Tx, project *string, where dbx.Expression) error {
	ways, err := store.WorkflowTransitions.List(t, where)
	if err != nil || len(ways) == 0 {
		return err
	}
	ids := make([]string, len(ways))
	for i, w := range ways {
		ids[i] = w.ID
	}
	of := store.In("transition_id", ids)
	if _, err := store.WorkflowApprovals.DeleteWhere(t, of); err != nil {
		return err
	}
	return errors.Join(store.DeleteWorkflowParts(t, store.WorkflowHooks, project, of),
		store.DeleteWorkflowParts(t, store.WorkflowTransitionMembers, project, of),
		store.DeleteWorkflowParts(t, store.WorkflowTransitions, project, store.In("id", ids)))
}

// AddState puts a new state of a project into its default workflow, which has all of them to begin with.
func AddState(t *store.Tx, s *store.State) error {
	if s.IsTriage || s.Group == "triage" {
		return nil
	}
	w, err := store.Workflows.Get(t, dbx.HashExp{"project_id": s.ProjectID, "is_default": true})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = attach(t, w, s.ID)
	return err
}

// DropState takes a state that is deleted out of the workflows of its project, and of those of the workspace when it
// was the last one of its name. A workflow of which it was the default state has none then.
func DropState(t *store.Tx, state string) error {
	rows, err := store.WorkflowStates.List(t, dbx.HashExp{"state_id": state})
	if err != nil {
		return err
	}
	for i := range rows {
		w, err := store.Workflows.Find(t, rows[i].WorkflowID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if w.ProjectID == nil {
			next, err := store.StateNamed(t, w.WorkspaceID, *rows[i].Name, state)
			if err == nil {
				err = store.ReplaceState(t, &rows[i], next)
			}
			if !errors.Is(err, store.ErrNotFound) {
				if err != nil {
					return err
				}
				continue
			}
		}
		if err := detach(t, w, &rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// Leave takes a state out of a workflow when nothing is left in it; the other one is its successor as the default.
func Leave(t *store.Tx, w *store.Workflow, s, next *store.WorkflowState) error {
	if s.IsDefault {
		before := *next
		s.IsDefault = false
		if err := store.WorkflowStates.Update(t, s, "is_default"); err != nil {
			return err
		}
		next.IsDefault, next.AllowIssueCreation = true, true
		if err := errors.Join(store.WorkflowStates.Update(t, next, "is_default", "allow_issue_creation"),
			noteState(t, w, &before, next)); err != nil {
			return err
		}
	}
	return detach(t, w, s)
}
