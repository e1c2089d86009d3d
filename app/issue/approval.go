package issue

import (
	"slices"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// ApprovalInput is what a request says of a work item that waits for approval.
type ApprovalInput struct {
	Type       app.Opt[string] `json:"type" check:"required,choice=approve|reject"`
	Transition app.Opt[string] `json:"transition_id" check:"pk,null"` // where several lead on; else the caller's first
}

var (
	errWaitsForNothing = app.Refuse(app.Invalid, "This work item waits for no approval.")
	errNoApprover      = app.Refuse(app.Forbidden, "You are not among those who decide about this work item.")
)

// Approve decides, or begins to decide, about a work item that waits for approval, and returns the state that it is in
// then. What is approved by as many as the transition wants moves on; one who rejects it is enough to send it back.
func Approve(c *app.Call, id string, in ApprovalInput) (string, error) {
	state, input := "", &Input{}
	err := moving(c, input, func(t *store.Tx) error {
		h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
		if err != nil {
			return err
		}
		if !h.Visible() {
			return store.ErrNotFound
		}
		way, err := wayOf(t, h, in.Transition.V)
		if err != nil {
			return err
		}
		if in.Type.V == "approve" {
			err = approve(c, t, h, way, input)
		} else {
			err = reject(c, t, h, way)
		}
		state = h.State.ID
		return err
	})
	return state, err
}

// wayOf finds the transition that a work item waits for and that the caller decides about: the one with that id, or the
// first.
func wayOf(t *store.Tx, h *store.IssueForUpdate, id string) (*workflow.Way, error) {
	flow, err := flowOf(t, h.ProjectID, h.TypeID)
	if err != nil {
		return nil, err
	}
	if flow == nil || !flow.Waits(h.State.ID) {
		return nil, errWaitsForNothing
	}
	ways := flow.Ways(h.State.ID)
	if id != "" {
		ways = slices.DeleteFunc(slices.Clone(ways), func(w workflow.Way) bool { return w.ID != id })
		if len(ways) == 0 {
			return nil, app.Field("transition_id", app.NoObject(id))
		}
	}
	for i := range ways {
		if ways[i].May(t.Actor) {
			return &ways[i], nil
		}
	}
	return nil, errNoApprover
}

func approve(c *app.Call, t *store.Tx, h *store.IssueForUpdate, way *workflow.Way, in *Input) error {
	vote := dbx.HashExp{"issue_id": h.ID, "transition_id": way.ID}
	votes, err := store.WorkflowApprovals.List(t, vote)
	if err != nil {
		return err
	}
	again := false
	var others []string
	for _, v := range votes {
		switch {
		case v.ActorID == t.Actor:
			again = true
		case way.May(v.ActorID):
			others = append(others, v.ActorID)
		}
	}
	given, err := store.ActiveMembers(t, h.ProjectID, others, int(app.Member)) // of those who left none counts
	if err != nil {
		return err
	}
	given++
	wanted, err := wantedApprovals(t, h, way)
	if err != nil {
		return err
	}
	if given >= wanted {
		move := *in
		move.way = way
		return decideMove(c, t, h, "approved", way.To, &move)
	}
	if again {
		return nil
	}
	err = store.WorkflowApprovals.Insert(t, &store.WorkflowApproval{IssueID: h.ID, TransitionID: way.ID, ActorID: t.Actor,
		ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID})
	if err != nil {
		return err
	}
	return traceApproval(c, t, h, "approved", h.State.Name, strconv.Itoa(given)+" of "+strconv.Itoa(wanted))
}

// wantedApprovals is how many have to approve a transition, of those who still may.
func wantedApprovals(t *store.Tx, h *store.IssueForUpdate, way *workflow.Way) (int, error) {
	if !way.Restricted {
		return max(way.Needed, 1), nil
	}
	able, err := store.ActiveMembers(t, h.ProjectID, way.People, int(app.Member))
	if way.Needed == 0 {
		return max(able, 1), err
	}
	return max(min(way.Needed, able), 1), err
}

// reject sends a work item back; where no state is named for that, it stays and waits anew.
func reject(c *app.Call, t *store.Tx, h *store.IssueForUpdate, way *workflow.Way) error {
	return decideMove(c, t, h, "rejected", way.Reject, &Input{})
}

// decideMove moves a work item on as was decided; an empty state leaves it where it is. What is approved makes the
// transition; what is rejected goes back without.
func decideMove(c *app.Call, t *store.Tx, h *store.IssueForUpdate, verdict, to string, in *Input) error {
	if err := forgetApprovals(t, h.ID); err != nil {
		return err
	}
	from := h.State.Name
	if to == "" {
		return traceApproval(c, t, h, verdict, from, from)
	}
	state, err := store.FindState(t, to)
	if err != nil {
		return err
	}
	in.StateID, in.NoNotifications, in.decided, in.Keys = app.Some(to), c.Quiet(), true, v1Keys
	if err := change(c, t, h, in, &references{state: state}); err != nil {
		return err
	}
	return traceApproval(c, t, h, verdict, from, state.Name) // which touches the work item: it comes last
}

func traceApproval(c *app.Call, t *store.Tx, h *store.IssueForUpdate, verdict, from, to string) error {
	row := changed("approval", verdict+" the work item:", &from, &to)
	row.Verb = verdict
	return trace(c, t, place(&h.Issue), "approval.activity.created", row)
}
