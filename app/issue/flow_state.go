package issue

import (
	"errors"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// RemoveInput is what a request says of a state that it takes out of a workflow: which other one is the default then,
// and where the work items go that are in it.
type RemoveInput struct {
	NextDefault app.Opt[string]            `json:"new_default_state_id" check:"pk,null"`
	Mapping     app.Opt[map[string]string] `json:"state_mapping" check:"null" type:"object"`
}

// RemoveState takes a state out of a workflow of the call's project, or of the workspace. Work items that are in it go
// where the request says, whatever the transitions say, and else stay.
func RemoveState(c *app.Call, id, state string, in RemoveInput) error {
	return workflow.Edit(c, func(t *store.Tx) error {
		w, err := workflow.Find(c, t, id)
		if err != nil {
			return err
		}
		if _, err := workflow.StateOf(t, id, state); err != nil {
			return err
		}
		if in.Mapping.Ptr() != nil {
			to := in.Mapping.V[state]
			_, err := workflow.StateOf(t, id, to)
			if to == state || !store.IsID(to) || errors.Is(err, store.ErrNotFound) {
				return app.Fields{"state_mapping": app.Fields{state: []string{"Say another state of the workflow."}}}.Err()
			}
			if err != nil {
				return err
			}
			if err := moveUnder(c, t, w, state, to); err != nil {
				return err
			}
		}
		return workflow.Remove(t, w, state, in.NextDefault.V)
	})
}

// moveUnder moves the work items that go by a workflow from one of its states to another one; those of a workflow of
// the workspace in each project.
func moveUnder(c *app.Call, t *store.Tx, w *store.Workflow, from, to string) error {
	if w.ProjectID != nil {
		return moveAll(c, t, w, from, to)
	}
	given, err := store.WorkflowTypes.List(t, dbx.HashExp{"workflow_id": w.ID}, "project_id", "id")
	if err != nil {
		return err
	}
	left := mostTransferred
	for _, g := range given {
		here, err := workflow.StateIn(t, w.ID, g.ProjectID, from)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		ids, err := store.IssuesOfType(t, g.ProjectID, g.TypeID, here, left+1)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		if left -= len(ids); left < 0 {
			return app.Refuse(app.Invalid, "There are more than "+strconv.Itoa(mostTransferred)+
				" work items in this state: move some of them first.")
		}
		there, err := workflow.StateIn(t, w.ID, g.ProjectID, to)
		if errors.Is(err, store.ErrNotFound) {
			return app.Fields{"state_mapping": app.Fields{from: []string{
				"A project with work items in the one has no state that is called like the other."}}}.Err()
		}
		if err != nil {
			return err
		}
		at := *c
		at.ProjectID = g.ProjectID
		if err := moveOff(&at, t, ids, here, there); err != nil {
			return err
		}
	}
	return nil
}
