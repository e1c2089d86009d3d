package issue

import (
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// Every write of a work item's state passes held or enter, by whatever way it was asked for; what waits in the intake
// is in no workflow yet. Work items that move from another installation keep their states: a workflow says how they
// move from now on, and not how they came to be where they are.

// flowOf is the workflow of work items of a type (nil: of none) in a project; nil: they move freely.
func flowOf(t *store.Tx, project string, kind *string) (*workflow.Flow, error) {
	rules, err := workflow.Of(t, project)
	if err != nil {
		return nil, fmt.Errorf("read workflows: %w", err)
	}
	return rules.For(kind), nil
}

// held refuses what the workflow of a work item does not let be: that it moves to the state (nil: it stays where it
// is), or that it gets a type whose workflow does not have its state. It returns the transition by which the work item
// moves, if it is by any.
func (in *Input) held(t *store.Tx, h *store.IssueForUpdate, to *store.StateRef) (*workflow.Way, error) {
	kind, typed := h.TypeID, in.TypeID.Set && value(h.TypeID) != value(in.TypeID.Ptr())
	if in.decided || h.State.Triage() || to == nil && !typed {
		return in.way, nil
	}
	before, err := flowOf(t, h.ProjectID, kind)
	if err != nil {
		return nil, err
	}
	flow := before
	if typed {
		if flow, err = flowOf(t, h.ProjectID, in.TypeID.Ptr()); err != nil {
			return nil, err
		}
	}
	var way *workflow.Way
	switch {
	case flow == nil:
		return nil, nil
	case to == nil:
		return nil, flow.Stay(t, h.State.ID)
	case typed && (before == nil || before.ID != flow.ID):
		err = flow.Enter(t, to.ID)
	default:
		err = flow.Move(t, h.State.ID, to.ID, t.Actor)
		way = flow.Way(h.State.ID, to.ID, t.Actor)
	}
	if err == nil && flow.Waits(to.ID) {
		err = forgetApprovals(t, h.ID)
	}
	return way, err
}

// enter settles the state of a new work item: that which was sent, or the first of its workflow, or the default one of
// the project, if there is any. A state in which the workflow takes no new work items is refused.
func (in *Input) enter(t *store.Tx, i *store.Issue, refs *references) error {
	if in.Triage {
		return nil
	}
	flow, err := flowOf(t, i.ProjectID, i.TypeID)
	if err != nil {
		return err
	}
	switch {
	case refs.state != nil:
	case flow != nil && flow.Start != "":
		refs.state, err = store.FindState(t, flow.Start)
	default:
		refs.state, err = store.DefaultState(t, i.ProjectID)
		if errors.Is(err, store.ErrNotFound) {
			refs.state, err = nil, nil
		}
	}
	if err != nil {
		return fmt.Errorf("default state: %w", err)
	}
	if flow == nil || refs.state == nil {
		return nil
	}
	return flow.Enter(t, refs.state.ID)
}

// forgetApprovals drops what was approved when a work item waited for it before.
func forgetApprovals(t *store.Tx, issue string) error {
	_, err := store.WorkflowApprovals.DeleteWhere(t, dbx.HashExp{"issue_id": issue})
	return err
}
