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
	Hooks      []store.WorkflowHook // before it, then after it, in their order
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
	if err != nil {
		return nil, err
	}
	hooks, err := hooksOf(t, store.In("transition_id", ids))
	list := make([]Transition, len(rows))
	for i, w := range rows {
		list[i].WorkflowTransition, list[i].Members, list[i].Hooks = w, who[w.ID], hooks[w.ID]
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
		dbx.And(dbx.HashExp{"id": id, "workflow_id": workflow}, home(c)))
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
	if err := in.outside(c); err != nil {
		return nil, err
	}
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
		if err := in.setRules(c, t, w, row.ID); err != nil {
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
	if err := in.outside(c); err != nil {
		return nil, err
	}
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
		if err := in.setRules(c, t, w, id); err != nil {
			return err
		}
		if now, err = oneTransition(c, t, workflow, id); err != nil {
			return err
		}
		return noteTransition(t, w, had, now)
	})
	return now, err
}

// check refuses states that the project does not have, and people who don't change its work items.
func (in *TransitionInput) check(c *app.Call, t *store.Tx, from app.Opt[string]) error {
	faults := app.Fields{}
	for field, id := range map[string]app.Opt[string]{"state_id": from, "transition_state_id": in.To,
		"rejection_state_id": in.Rejection} {
		if id.Ptr() == nil {
			continue
		}
		is, err := known(c, t, id.V)
		if err != nil {
			return err
		}
		switch {
		case !is:
			faults.Add(field, app.NoObject(id.V))
		case field != "state_id" && id.V == from.V:
			faults.Add(field, fromItself)
		}
	}
	fault, err := in.checkMembers(c, t)
	if err != nil {
		return err
	}
	if fault != nil {
		faults["member_ids"] = fault
	}
	return faults.Err()
}

func (in *TransitionInput) checkMembers(c *app.Call, t *store.Tx) (any, error) {
	if len(in.Members.V) > mostMembers {
		return []string{"A transition names no more than 100 people."}, nil
	}
	if len(in.Members.V) == 0 {
		return nil, nil
	}
	people, err := able(c, t, in.Members.V)
	faults := app.Fields{}
	for i, id := range in.Members.V {
		if !people[id] {
			faults.Add(strconv.Itoa(i), app.NoObject(id))
		}
	}
	if len(faults) == 0 {
		return nil, err
	}
	return faults, err
}

// able says of people whether they change work items of the call's project; where it is in none, whether they are in
// the workspace.
func able(c *app.Call, t *store.Tx, ids []string) (map[string]bool, error) {
	if c.ProjectID == "" {
		return store.WorkspacePeople(t, c.Workspace.ID, ids)
	}
	people, err := store.FindAssignees(t, c.ProjectID, ids)
	fit := map[string]bool{}
	for id, p := range people {
		fit[id] = p.Fits
	}
	return fit, err
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
	if err := putPlaces(t, w, row, s); err != nil {
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
	return cols, nil
}

// putPlaces puts the states that a transition leads to into the workflow.
func putPlaces(t *store.Tx, w *store.Workflow, row *store.WorkflowTransition, from *store.WorkflowState) error {
	for _, to := range []struct {
		field string
		id    *string
	}{{"transition_state_id", &row.TransitionStateID}, {"rejection_state_id", row.RejectionStateID}} {
		if to.id == nil {
			continue
		}
		at, err := attach(t, w, *to.id)
		if err != nil {
			return err
		}
		if at.ID == from.ID { // another project's state of the same name
			return app.Field(to.field, fromItself)
		}
		*to.id = at.StateID
	}
	return nil
}

const fromItself = "This is the state that the transition is from."

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
		if err := dropWays(t, w.ProjectID, dbx.HashExp{"id": id}); err != nil {
			return err
		}
		return note(t, w, "deleted", "transition", new(had.From+" "+had.TransitionStateID), nil)
	})
}
