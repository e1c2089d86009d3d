package issue

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// PickInput is what a request says of the workflow of a type: which, and where work items go whose state it does not
// have.
type PickInput struct {
	Workflow app.Opt[string]            `json:"workflow_id" check:"required,pk"`
	Mapping  app.Opt[map[string]string] `json:"state_mapping" check:"null" type:"object"`
}

// PickWorkflow makes the work items of a type of the call's project go by a workflow, moves those that it would strand
// to the states that the request says, and returns the workflow by which they go then.
func PickWorkflow(c *app.Call, kind string, in PickInput) (string, error) {
	err := c.Write(func(t *store.Tx) error {
		if err := t.Lock("workflows of " + c.ProjectID); err != nil {
			return err
		}
		if _, err := store.FindIssueType(t, c.ProjectID, kind); err != nil {
			return err
		}
		w, err := workflow.FindFor(c, t, in.Workflow.V)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return app.Field("workflow_id", app.NoObject(in.Workflow.V))
		case err != nil:
			return err
		case !w.IsActive:
			return app.Field("workflow_id", "This workflow is not active.")
		}
		if err := in.settle(c, t, w, kind); err != nil {
			return err
		}
		return workflow.Give(c, t, w, kind)
	})
	if err != nil {
		return "", err
	}
	p, err := workflow.PickOf(c, kind)
	if err != nil {
		return "", err
	}
	return p.Effective, nil
}

// settle moves the work items of a type that a workflow would strand.
func (in *PickInput) settle(c *app.Call, t *store.Tx, w *store.Workflow, kind string) error {
	has, err := workflow.HasOf(t, w, c.ProjectID)
	if err != nil {
		return err
	}
	lost, err := workflow.Under(t, c.ProjectID, &kind, has)
	if err != nil || lost.Total == 0 {
		return err
	}
	faults := app.Fields{}
	for _, s := range lost.States {
		to, said := in.Mapping.V[s.StateID]
		if !said {
			return lost.Error()
		}
		state, err := store.FindState(t, to)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err != nil || state.ProjectID != c.ProjectID || !has(to) {
			faults.Add(s.StateID, app.NoObject(to))
		}
	}
	if len(faults) > 0 {
		return app.Fields{"state_mapping": faults}.Err()
	}
	if lost.Total > mostTransferred {
		return app.Refuse(app.Invalid, "There are more than "+strconv.Itoa(mostTransferred)+
			" work items in states that this workflow does not have: move some of them first.")
	}
	for _, s := range lost.States {
		ids, err := store.IssuesOfType(t, c.ProjectID, kind, s.StateID, mostTransferred)
		if err != nil {
			return err
		}
		if err := moveOff(c, t, ids, s.StateID, in.Mapping.V[s.StateID]); err != nil {
			return err
		}
	}
	return nil
}

// moveOff moves work items of the call's project that are in a state to another one, with their history and whatever
// the transitions say.
func moveOff(c *app.Call, t *store.Tx, ids []string, from, to string) error {
	issues, err := store.LockIssues(t, c.Workspace.ID, c.ProjectID, ids)
	if err != nil {
		return err
	}
	state, err := store.States.Find(t, to)
	if err != nil {
		return err
	}
	var records []store.IssueRecord
	ids = ids[:0]
	for _, id := range slices.Sorted(maps.Keys(issues)) {
		h := issues[id]
		if h.State.ID != from {
			continue
		}
		ids = append(ids, id)
		var r record
		r.state("state_id", &h.State, &store.StateRef{ID: state.ID, Name: state.Name, Group: state.Group})
		records = append(records, store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "issue.activity.updated",
			IssueID: id, ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID, Fields: r.fields, Origin: c.Base,
			Quiet: c.Quiet()}, Rows: r.rows})
	}
	if _, err := store.WorkflowApprovals.DeleteWhere(t, store.In("issue_id", ids)); err != nil {
		return err
	}
	if err := store.MoveIssues(t, ids, state); err != nil {
		return err
	}
	return store.RecordIssues(t, records)
}
