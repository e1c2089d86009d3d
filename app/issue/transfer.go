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
	return moveOff(c, t, ids, from, to)
}
