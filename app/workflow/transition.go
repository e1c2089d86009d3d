package workflow

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostMembers is how many people a transition may name.
const mostMembers = 100

const already = "This transition already exists."

// TransitionInput is what a request may say of a transition.
type TransitionInput struct {
	To        app.Opt[string]   `json:"transition_state_id" check:"required,pk"`
	Rejection app.Opt[string]   `json:"rejection_state_id" check:"pk,null"`
	Required  app.Opt[int]      `json:"required_approvals" check:"from=1,to=100,null"`
	Members   app.Opt[[]string] `json:"member_ids" check:"pk,nested,null"`

	Pre  app.Opt[[]json.RawMessage] `json:"pre_rules" check:"null"`
	Post app.Opt[[]json.RawMessage] `json:"post_rules" check:"null"`
}

// NewTransition is what a request may say of a new transition.
type NewTransition struct {
	TransitionInput
	From app.Opt[string] `json:"state_id" check:"required,pk"`
	Type app.Opt[string] `json:"type" check:"choice=transition|approval,null"`
}

// Transition is a transition with the state that it is from, that one's type, and who may make it.
type Transition struct {
	store.WorkflowTransition
	From, Type string
	Members    []string
}

// Transitions returns the transitions of a workflow of the call's project, the oldest first.
func Transitions(c *app.Call, workflow string) ([]Transition, error) {
	t := c.Read()
	if _, err := Find(c, t, workflow); err != nil {
		return nil, err
	}
	rows, err := store.WorkflowTransitions.List(t, dbx.HashExp{"workflow_id": workflow}, "created_at", "id")
	if err != nil {
		return nil, err
	}
	return beside(t, rows)
}

// beside adds to transitions what stands in other tables.
func beside(t *store.Tx, rows []store.WorkflowTransition) ([]Transition, error) {
	ids, from := make([]string, len(rows)), make([]string, len(rows))
	for i, w := range rows {
		ids[i], from[i] = w.ID, w.WorkflowStateID
	}
	states, err := store.WorkflowStates.ByID(t, from)
	if err != nil {
		return nil, err
	}
	who, err := membersOf(t, store.In("transition_id", ids))
	list := make([]Transition, len(rows))
	for i, w := range rows {
		list[i].WorkflowTransition, list[i].Members = w, who[w.ID]
		if s := states[w.WorkflowStateID]; s != nil {
			list[i].From, list[i].Type = s.StateID, s.Type
		}
	}
	return list, err
}

// membersOf returns who may make transitions, by transition.
func membersOf(t *store.Tx, where dbx.Expression) (map[string][]string, error) {
	rows, err := store.WorkflowTransitionMembers.List(t, where, "created_at", "id")
	who := map[string][]string{}
	for _, m := range rows {
		who[m.TransitionID] = append(who[m.TransitionID], m.MemberID)
	}
	return who, err
}

// GetTransition returns a transition of a workflow of the call's project, or store.ErrNotFound.
func GetTransition(c *app.Call, workflow, id string) (*Transition, error) {
	return oneTransition(c, c.Read(), workflow, id)
}

func oneTransition(c *app.Call, t *store.Tx, workflow, id string) (*Transition, error) {
	w, err := store.WorkflowTransitions.Get(t,
		dbx.HashExp{"id": id, "workflow_id": workflow, "project_id": c.ProjectID})
	if err != nil {
		return nil, err
	}
	list, err := beside(t, []store.WorkflowTransition{*w})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// CreateTransition makes a transition; the workflow gets the states that it does not have yet. The type is that of the
// state that it is from, which it may say as long as nothing leads from there.
func CreateTransition(c *app.Call, workflow string, in NewTransition) (*Transition, error) {
	var now *Transition
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		if err := in.check(c, t, in.From); err != nil {
			return err
		}
		s, err := in.from(t, w)
		if err != nil {
			return err
		}
		row := &store.WorkflowTransition{AuditFields: store.AuditFields{ID: store.NewID()}, WorkflowID: w.ID,
			WorkflowStateID: s.ID, ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
		if _, err := in.put(t, w, row, s); err != nil {
			return err
		}
		if err := store.WorkflowTransitions.Insert(t, row); err != nil {
			return err
		}
		if err := in.setMembers(t, row); err != nil {
			return err
		}
		if err := note(t, w, "created", "transition", nil, new(s.StateID+" "+row.TransitionStateID)); err != nil {
			return err
		}
		now, err = oneTransition(c, t, workflow, row.ID)
		return err
	})
	return now, err
}

// from is the state that a new transition is from.
func (in *NewTransition) from(t *store.Tx, w *store.Workflow) (*store.WorkflowState, error) {
	s, err := attach(t, w, in.From.V)
	if err != nil || in.Type.Ptr() == nil || in.Type.V == s.Type {
		return s, err
	}
	used, err := store.WorkflowTransitions.Exists(t, dbx.HashExp{"workflow_state_id": s.ID})
	if err != nil {
		return nil, err
	}
	if used {
		return nil, app.Field("type", "All transitions from a state are of one type: those that there are are of the type "+
			s.Type+".")
	}
	before := *s
	s.Type = in.Type.V
	return s, errors.Join(store.WorkflowStates.Update(t, s, "type"), noteState(t, w, &before, s))
}

// ChangeTransition writes what a request says of a transition. What was approved counts only for where it led then.
func ChangeTransition(c *app.Call, workflow, id string, in TransitionInput) (*Transition, error) {
	var now *Transition
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		had, err := oneTransition(c, t, workflow, id)
		if err != nil {
			return err
		}
		if err := in.check(c, t, app.Some(had.From)); err != nil {
			return err
		}
		s, err := StateOf(t, workflow, had.From)
		if err != nil {
			return err
		}
		row := had.WorkflowTransition
		cols, err := in.put(t, w, &row, s)
		if err != nil {
			return err
		}
		if err := store.WorkflowTransitions.Update(t, &row, cols...); err != nil {
			return err
		}
		if row.TransitionStateID != had.TransitionStateID {
			if _, err := store.WorkflowApprovals.DeleteWhere(t, dbx.HashExp{"transition_id": id}); err != nil {
				return err
			}
		}
		if err := in.setMembers(t, &row); err != nil {
			return err
		}
		if now, err = oneTransition(c, t, workflow, id); err != nil {
			return err
		}
		return noteTransition(t, w, had, now)
	})
	return now, err
}

// check refuses states that the project does not have, people who don't change its work items, and rules: there are
// none of the kind that newer editions had before their hooks.
func (in *TransitionInput) check(c *app.Call, t *store.Tx, from app.Opt[string]) error {
	faults := app.Fields{}
	for field, id := range map[string]app.Opt[string]{"state_id": from, "transition_state_id": in.To,
		"rejection_state_id": in.Rejection} {
		if id.Ptr() == nil {
			continue
		}
		is, err := known(t, c.ProjectID, id.V)
		if err != nil {
			return err
		}
		switch {
		case !is:
			faults.Add(field, app.NoObject(id.V))
		case field != "state_id" && id.V == from.V:
			faults.Add(field, "This is the state that the transition is from.")
		}
	}
	for field, rules := range map[string]app.Opt[[]json.RawMessage]{"pre_rules": in.Pre, "post_rules": in.Post} {
		if len(rules.V) > 0 {
			faults.Add(field, "There are no rules here: a transition has states, and who may make it.")
		}
	}
	fault, err := in.checkMembers(t, c.ProjectID)
	if err != nil {
		return err
	}
	if fault != nil {
		faults["member_ids"] = fault
	}
	return faults.Err()
}

func (in *TransitionInput) checkMembers(t *store.Tx, project string) (any, error) {
	if len(in.Members.V) > mostMembers {
		return []string{"A transition names no more than 100 people."}, nil
	}
	if len(in.Members.V) == 0 {
		return nil, nil
	}
	people, err := store.FindAssignees(t, project, in.Members.V)
	faults := app.Fields{}
	for i, id := range in.Members.V {
		if !people[id].Fits {
			faults.Add(strconv.Itoa(i), app.NoObject(id))
		}
	}
	if len(faults) == 0 {
		return nil, err
	}
	return faults, err
}

// put writes what a request says into the row of a transition from a state of the workflow.
func (in *TransitionInput) put(t *store.Tx, w *store.Workflow, row *store.WorkflowTransition,
	s *store.WorkflowState) ([]string, error) {
	var cols []string
	app.Change(&cols, "transition_state_id", in.To, &row.TransitionStateID)
	app.ChangePtr(&cols, "rejection_state_id", in.Rejection, &row.RejectionStateID)
	app.ChangePtr(&cols, "required_approvals", in.Required, &row.RequiredApprovals)
	if in.Members.Set {
		row.Restricted, cols = len(in.Members.V) > 0, append(cols, "restricted")
	}
	faults := app.Fields{}
	if s.Type != store.StateApproval {
		for field, said := range map[string]bool{"rejection_state_id": in.Rejection.Ptr() != nil,
			"required_approvals": in.Required.Ptr() != nil} {
			if said {
				faults.Add(field, "This is for transitions from a state of the type approval.")
			}
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	twin, err := store.WorkflowTransitions.Get(t, dbx.And(dbx.HashExp{"workflow_state_id": s.ID,
		"transition_state_id": row.TransitionStateID}, dbx.Not(dbx.HashExp{"id": row.ID})))
	if err == nil {
		return nil, &app.Error{Kind: app.Invalid, Text: already, // clients look for these words, in detail
			Details: []app.Detail{{Key: "detail", Value: already}, {Key: "id", Value: twin.ID}}}
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, id := range []*string{&row.TransitionStateID, row.RejectionStateID} {
		if id == nil {
			continue
		}
		if _, err := attach(t, w, *id); err != nil {
			return nil, err
		}
	}
	return cols, nil
}

// setMembers writes who may make the transition.
func (in *TransitionInput) setMembers(t *store.Tx, row *store.WorkflowTransition) error {
	if !in.Members.Set {
		return nil
	}
	had, err := store.WorkflowTransitionMembers.List(t, dbx.HashExp{"transition_id": row.ID})
	if err != nil {
		return err
	}
	stays := map[string]bool{}
	for i := range had {
		if slices.Contains(in.Members.V, had[i].MemberID) {
			stays[had[i].MemberID] = true
		} else if err := store.WorkflowTransitionMembers.Delete(t, &had[i]); err != nil {
			return err
		}
	}
	for _, id := range in.Members.V {
		if stays[id] {
			continue
		}
		stays[id] = true
		if err := store.WorkflowTransitionMembers.Insert(t, &store.WorkflowTransitionMember{TransitionID: row.ID,
			MemberID: id, ProjectID: row.ProjectID, WorkspaceID: row.WorkspaceID}); err != nil {
			return err
		}
	}
	return nil
}

// DeleteTransition deletes a transition. When nothing else leads from its state, work items go from there to every
// state of the workflow again.
func DeleteTransition(c *app.Call, workflow, id string) error {
	return edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		had, err := oneTransition(c, t, workflow, id)
		if err != nil {
			return err
		}
		if err := dropWays(t, c.ProjectID, dbx.HashExp{"id": id}); err != nil {
			return err
		}
		return note(t, w, "deleted", "transition", new(had.From+" "+had.TransitionStateID), nil)
	})
}
