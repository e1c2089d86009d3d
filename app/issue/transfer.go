package issue

import (
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// mostTransferred is how many work items one request moves off a state.
const mostTransferred = 1000

// TransferState moves the work items of a workflow from one of its states to another one, whatever the transitions say,
// and takes the first out of the workflow.
func TransferState(c *app.Call, id, from, to string) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("workflows of " + c.ProjectID); err != nil {
			return err
		}
		w, err := workflow.Find(c, t, id)
		if err != nil {
			return err
		}
		s, err := workflow.StateOf(t, id, from)
		if err != nil {
			return err
		}
		next, err := workflow.StateOf(t, id, to)
		if from == to || err != nil {
			return app.Field("new_state_id", "This is another state of the workflow.")
		}
		if err := moveAll(c, t, w, from, to); err != nil {
			return err
		}
		return workflow.Leave(t, w, s, next)
	})
}

func moveAll(c *app.Call, t *store.Tx, w *store.Workflow, from, to string) error {
	ids, err := store.IssuesUnder(t, w, from, mostTransferred+1)
	if err != nil || len(ids) == 0 {
		return err
	}
	if len(ids) > mostTransferred {
		return app.Refuse(app.Invalid, "There are more than "+strconv.Itoa(mostTransferred)+
			" work items in this state: move some of them first.")
	}
	issues, err := store.LockIssues(t, w.WorkspaceID, w.ProjectID, ids)
	if err != nil {
		return err
	}
	state, err := store.States.Find(t, to)
	if err != nil {
		return err
	}
	var records []store.IssueRecord
	ids = ids[:0]
	for id, h := range issues {
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
