package workflow

import (
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostActivities is how many changes of a workflow are kept.
const mostActivities = 1000

// Activities returns a part of the changes of a workflow of the call's project, newest first and from a time on if one
// is given, and how many there are.
func Activities(c *app.Call, workflow string, s store.ListPart, since string) ([]store.WorkflowActivity, int, error) {
	t := c.Read()
	if _, err := Find(c, t, workflow); err != nil {
		return nil, 0, err
	}
	where := dbx.Expression(dbx.HashExp{"workflow_id": workflow})
	if since != "" {
		at, err := time.Parse(time.RFC3339, since)
		if err != nil || !store.InCalendar(at) {
			return nil, 0, app.Field("created_at__gt", "Enter a valid date/time: 2026-05-04T09:30:00Z.")
		}
		where = dbx.And(where, store.NotBefore("created_at", at.UTC().Add(time.Microsecond)))
	}
	return store.WorkflowActivities.Page(t, where, s, "created_at DESC", "id DESC")
}

// note writes down a change of a workflow; an empty field is the workflow itself.
func note(t *store.Tx, w *store.Workflow, verb, field string, from, to *string) error {
	row := &store.WorkflowActivity{Verb: verb, OldValue: from, NewValue: to, WorkflowID: w.ID, ProjectID: w.ProjectID,
		WorkspaceID: w.WorkspaceID}
	if field != "" {
		row.Field = &field
	}
	if t.Actor != "" {
		row.ActorID = &t.Actor
	}
	if err := store.WorkflowActivities.Insert(t, row); err != nil {
		return err
	}
	return store.KeepLatestWorkflowActivities(t, w.ID, mostActivities)
}

// difference is a field that may have another value than before.
type difference struct{ field, from, to string }

func noteAll(t *store.Tx, w *store.Workflow, all ...difference) error {
	for _, d := range all {
		if d.from == d.to {
			continue
		}
		if err := note(t, w, "updated", d.field, &d.from, &d.to); err != nil {
			return err
		}
	}
	return nil
}

func noteChanges(t *store.Tx, from, to *store.Workflow) error {
	return noteAll(t, to, difference{"name", from.Name, to.Name},
		difference{"description", from.Description, to.Description},
		difference{"is_active", strconv.FormatBool(from.IsActive), strconv.FormatBool(to.IsActive)},
		difference{"is_default", strconv.FormatBool(from.IsDefault), strconv.FormatBool(to.IsDefault)})
}

// noteState writes down what is new with a state of a workflow: the state's id stands before the value.
func noteState(t *store.Tx, w *store.Workflow, from, to *store.WorkflowState) error {
	is := func(on bool) string { return to.StateID + " " + strconv.FormatBool(on) }
	return noteAll(t, w, difference{"state_type", to.StateID + " " + from.Type, to.StateID + " " + to.Type},
		difference{"state_allow_issue_creation", is(from.AllowIssueCreation), is(to.AllowIssueCreation)},
		difference{"state_is_default", is(from.IsDefault), is(to.IsDefault)})
}

// noteTransition writes down what is new with a transition: its id stands before the value.
func noteTransition(t *store.Tx, w *store.Workflow, from, to *Transition) error {
	with := func(value string) string { return to.ID + " " + value }
	text := func(id *string) string {
		if id == nil {
			return "none"
		}
		return *id
	}
	number := func(n *int) string {
		if n == nil {
			return "all"
		}
		return strconv.Itoa(*n)
	}
	return noteAll(t, w, difference{"transition_state", with(from.TransitionStateID), with(to.TransitionStateID)},
		difference{"transition_rejection_state", with(text(from.RejectionStateID)), with(text(to.RejectionStateID))},
		difference{"transition_required_approvals", with(number(from.RequiredApprovals)), with(number(to.RequiredApprovals))},
		difference{"transition_members", with(strings.Join(from.Members, ",")), with(strings.Join(to.Members, ","))})
}
