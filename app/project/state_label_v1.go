package project

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// The vocabulary of a project as programs read and write it: page by page, with origins, and with refusals of its own.

// listed are the states that programs see.
func listed(c *app.Call, more ...dbx.Expression) dbx.Expression {
	return dbx.And(append(more, dbx.HashExp{"states.project_id": c.ProjectID, "is_triage": false},
		dbx.Not(dbx.HashExp{"group": triage}), store.InOpenProject("states"))...)
}

// What lists of states and labels can be ordered by.
var (
	stateOrders = map[string]string{"name": "name", "group": "group", "sequence": "sequence", "created_at": "created_at",
		"updated_at": "updated_at", "id": "id"}
	labelOrders = map[string]string{"name": "name", "sort_order": "sort_order", "created_at": "created_at",
		"updated_at": "updated_at", "id": "id"}
)

// ListStatesV1 returns a part of the states of the call's project, by name or -name (empty: in their own order), and
// how many there are.
func ListStatesV1(c *app.Call, s store.ListPart, by string) ([]store.State, int, error) {
	order, err := app.Orders(by, stateOrders, "sequence", "created_at")
	if err != nil {
		return nil, 0, err
	}
	return store.States.Page(c.Read(), listed(c), s, order...)
}

// GetStateV1 returns one of those states.
func GetStateV1(c *app.Call, id string) (*store.State, error) {
	return store.States.Get(c.Read(), listed(c, dbx.HashExp{"states.id": id}))
}

// CreateStateV1 is CreateState for programs.
func CreateStateV1(c *app.Call, in StateInput, from app.ExternalRef, triage app.Opt[bool]) (*store.State, error) {
	s := &store.State{Group: "backlog", ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, IsTriage: triage.V}
	err := c.Write(func(t *store.Tx) error {
		if err := from.CheckNew(t, "states", "State", c.ProjectID); err != nil {
			return err
		}
		twin, err := store.States.Get(t, dbx.HashExp{"project_id": c.ProjectID, "name": in.Name.V})
		if err == nil {
			return app.DuplicateOf("State with the same name already exists in the project", twin.ID)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		var cols []string
		from.Put(&cols, &s.ExternalID, &s.ExternalSource)
		return addState(t, s, in)
	})
	return s, err
}

// ChangeStateV1 is ChangeState for programs.
func ChangeStateV1(c *app.Call, id string, in StateInput, from app.ExternalRef, triage app.Opt[bool]) (*store.State,
	error) {
	var s *store.State
	err := c.Write(func(t *store.Tx) (err error) {
		if s, err = visibleState(t, c.ProjectID, id); err != nil {
			return err
		}
		cols, err := in.put(s)
		if err != nil {
			return err
		}
		if err := from.CheckChange(t, "states", "State", c.ProjectID, id, s.ExternalID, s.ExternalSource); err != nil {
			return err
		}
		from.Put(&cols, &s.ExternalID, &s.ExternalSource)
		app.Change(&cols, "is_triage", triage, &s.IsTriage)
		if err := onlyDefault(t, s, in); err != nil {
			return err
		}
		return store.States.Update(t, s, cols...)
	})
	return s, err
}

// ListLabelsV1 returns a part of the labels of the call's project, by name or -name (empty: newest first), and how many
// there are.
func ListLabelsV1(c *app.Call, s store.ListPart, by string) ([]store.Label, int, error) {
	order, err := app.Orders(by, labelOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	where := dbx.And(dbx.HashExp{"labels.project_id": c.ProjectID}, store.InOpenProject("labels"))
	return store.Labels.Page(c.Read(), where, s, order...)
}

// GetLabelV1 returns a label of the call's project, unless that is archived.
func GetLabelV1(c *app.Call, id string) (*store.Label, error) {
	return openLabel(c, c.Read(), id)
}

func openLabel(c *app.Call, t *store.Tx, id string) (*store.Label, error) {
	return store.Labels.Get(t,
		dbx.And(dbx.HashExp{"labels.id": id, "labels.project_id": c.ProjectID}, store.InOpenProject("labels")))
}

// CreateLabelV1 is CreateLabel for programs.
func CreateLabelV1(c *app.Call, in LabelInput, description app.Opt[string], from app.ExternalRef) (*store.Label,
	error) {
	l := &store.Label{WorkspaceID: c.Workspace.ID, ProjectID: &c.ProjectID, SortOrder: 65535}
	err := c.Write(func(t *store.Tx) error {
		if err := in.checkParent(c, t, ""); err != nil {
			return err
		}
		if err := from.CheckNew(t, "labels", "Label", c.ProjectID); err != nil {
			return err
		}
		twin, err := store.Labels.Get(t, dbx.HashExp{"project_id": c.ProjectID, "name": in.Name.V})
		if err == nil {
			return app.DuplicateOf("Label with the same name already exists in the project", twin.ID)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		cols := in.put(l)
		app.Change(&cols, "description", description, &l.Description)
		from.Put(&cols, &l.ExternalID, &l.ExternalSource)
		return addLabel(t, l)
	})
	return l, err
}

// ChangeLabelV1 is ChangeLabel for programs.
func ChangeLabelV1(c *app.Call, id string, in LabelInput, description app.Opt[string],
	from app.ExternalRef) (*store.Label, error) {
	var l *store.Label
	err := c.Write(func(t *store.Tx) (err error) {
		if l, err = openLabel(c, t, id); err != nil {
			return err
		}
		if err := in.checkParent(c, t, id); err != nil {
			return err
		}
		if err := from.CheckChange(t, "labels", "Label", c.ProjectID, id, l.ExternalID, l.ExternalSource); err != nil {
			return err
		}
		cols := in.put(l)
		app.Change(&cols, "description", description, &l.Description)
		from.Put(&cols, &l.ExternalID, &l.ExternalSource)
		return store.Labels.Update(t, l, cols...)
	})
	return l, err
}
