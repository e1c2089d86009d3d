package workflow

import (
	"errors"
	"slices"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// All workflows of a project are in memory while they are held.
const (
	mostWorkflows = 50  // in a project
	mostTypes     = 100 // of one workflow
)

// Input is what a request may say of a workflow.
type Input struct {
	Name        app.Opt[string]   `json:"name" check:"required,max=255"`
	Description app.Opt[string]   `json:"description" check:"blank,max=10000"`
	IsActive    app.Opt[bool]     `json:"is_active"`
	IsDefault   app.Opt[bool]     `json:"is_default"`
	TypeIDs     app.Opt[[]string] `json:"work_item_type_ids" check:"pk,nested"`
}

// Workflow is a workflow with the types that it is for.
type Workflow struct {
	store.Workflow
	TypeIDs []string
}

// List returns the workflows of the call's project, the oldest first.
func List(c *app.Call) ([]Workflow, error) {
	t := c.Read()
	rows, err := store.Workflows.List(t, dbx.HashExp{"project_id": c.ProjectID}, "created_at", "id")
	if err != nil {
		return nil, err
	}
	types, err := typesIn(t, c.ProjectID)
	list := make([]Workflow, len(rows))
	for i, w := range rows {
		list[i] = Workflow{w, types[w.ID]}
	}
	return list, err
}

// typesIn returns the types that the workflows of a project are for, by workflow.
func typesIn(t *store.Tx, project string) (map[string][]string, error) {
	rows, err := store.WorkflowTypes.List(t, dbx.HashExp{"project_id": project}, "created_at", "id")
	types := map[string][]string{}
	for _, r := range rows {
		types[r.WorkflowID] = append(types[r.WorkflowID], r.TypeID)
	}
	return types, err
}

// Get returns a workflow of the call's project, or store.ErrNotFound.
func Get(c *app.Call, id string) (*Workflow, error) { return shown(c, c.Read(), id) }

func shown(c *app.Call, t *store.Tx, id string) (*Workflow, error) {
	w, err := Find(c, t, id)
	if err != nil {
		return nil, err
	}
	types, err := typesIn(t, c.ProjectID)
	return &Workflow{*w, types[id]}, err
}

// Find returns the row of a workflow of the call's project, or store.ErrNotFound.
func Find(c *app.Call, t *store.Tx, id string) (*store.Workflow, error) {
	return store.Workflows.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID})
}

// edit runs what changes workflows of the call's project: one after the other.
func edit(c *app.Call, do func(t *store.Tx) error) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("workflows of " + c.ProjectID); err != nil {
			return err
		}
		return do(t)
	})
}

// Create makes a workflow without states. One that is not said to be active is not.
func Create(c *app.Call, in Input) (*Workflow, error) {
	var now *Workflow
	err := edit(c, func(t *store.Tx) error {
		n, err := store.Workflows.Count(t, dbx.HashExp{"project_id": c.ProjectID})
		if err != nil {
			return err
		}
		if n >= mostWorkflows {
			return app.Field("non_field_errors", "A project has no more than 50 workflows.")
		}
		w := &store.Workflow{AuditFields: store.AuditFields{ID: store.NewID()}, ProjectID: c.ProjectID,
			WorkspaceID: c.Workspace.ID}
		if _, err := in.put(c, t, w); err != nil {
			return err
		}
		if err := store.Workflows.Insert(t, w); err != nil {
			return err
		}
		if err := in.setTypes(c, t, w); err != nil {
			return err
		}
		if err := note(t, w, "created", "", nil, &w.Name); err != nil {
			return err
		}
		now, err = shown(c, t, w.ID)
		return err
	})
	return now, err
}

// Change writes what a request says of a workflow.
func Change(c *app.Call, id string, in Input) (*Workflow, error) {
	var now *Workflow
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, id)
		if err != nil {
			return err
		}
		before := *w
		cols, err := in.put(c, t, w)
		if err != nil {
			return err
		}
		if err := store.Workflows.Update(t, w, cols...); err != nil {
			return err
		}
		if err := in.setTypes(c, t, w); err != nil {
			return err
		}
		if err := noteChanges(t, &before, w); err != nil {
			return err
		}
		now, err = shown(c, t, id)
		return err
	})
	return now, err
}

func (in *Input) put(c *app.Call, t *store.Tx, w *store.Workflow) ([]string, error) {
	var cols []string
	app.Change(&cols, "name", in.Name, &w.Name)
	app.Change(&cols, "description", in.Description, &w.Description)
	app.Change(&cols, "is_active", in.IsActive, &w.IsActive)
	if !in.IsDefault.Set || in.IsDefault.V == w.IsDefault {
		return cols, nil
	}
	if w.IsDefault {
		return nil, app.Field("is_default", "This is the default workflow until another one is made that.")
	}
	other, err := store.Workflows.Get(t, dbx.HashExp{"project_id": c.ProjectID, "is_default": true})
	if err == nil {
		other.IsDefault = false
		err = errors.Join(store.Workflows.Update(t, other, "is_default"),
			note(t, other, "updated", "is_default", new("true"), new("false")))
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	w.IsDefault = true
	return append(cols, "is_default"), nil
}

// setTypes makes the workflow that of those types: each type of a project has one, or else the default one.
func (in *Input) setTypes(c *app.Call, t *store.Tx, w *store.Workflow) error {
	if !in.TypeIDs.Set {
		return nil
	}
	if len(in.TypeIDs.V) > mostTypes {
		return app.Field("work_item_type_ids", "A workflow is for no more than 100 types.")
	}
	rows, err := store.WorkflowTypes.List(t, dbx.HashExp{"project_id": c.ProjectID})
	if err != nil {
		return err
	}
	has := map[string]*store.WorkflowType{}
	for i := range rows {
		has[rows[i].TypeID] = &rows[i]
	}
	faults := app.Fields{}
	for i, id := range in.TypeIDs.V {
		_, err := store.FindIssueType(t, c.ProjectID, id)
		switch other := has[id]; {
		case errors.Is(err, store.ErrNotFound):
			faults.Add(strconv.Itoa(i), app.NoObject(id))
		case err != nil:
			return err
		case other != nil && other.WorkflowID != w.ID:
			faults.Add(strconv.Itoa(i), "This type has a workflow: "+other.WorkflowID+".")
		}
	}
	if len(faults) > 0 {
		return app.Fields{"work_item_type_ids": faults}.Err()
	}
	for _, row := range has {
		if row.WorkflowID != w.ID || slices.Contains(in.TypeIDs.V, row.TypeID) {
			continue
		}
		err := errors.Join(store.WorkflowTypes.Delete(t, row), note(t, w, "deleted", "type", &row.TypeID, nil))
		if err != nil {
			return err
		}
	}
	for _, id := range in.TypeIDs.V {
		if has[id] != nil {
			continue
		}
		has[id] = &store.WorkflowType{WorkflowID: w.ID, TypeID: id, ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
		err := errors.Join(store.WorkflowTypes.Insert(t, has[id]), note(t, w, "created", "type", nil, &id))
		if err != nil {
			return err
		}
	}
	return nil
}

// Delete deletes a workflow that is not the default one. Work items of its types go by that from then on.
func Delete(c *app.Call, id string) error {
	return edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, id)
		if err != nil {
			return err
		}
		if w.IsDefault {
			return app.Refuse(app.Invalid, "The default workflow stays: make another one the default first, or this one inactive.")
		}
		of := dbx.HashExp{"workflow_id": id}
		within := store.OfTransitionsOf(id)
		if _, err := store.WorkflowApprovals.DeleteWhere(t, within); err != nil {
			return err
		}
		return errors.Join(store.DeleteWorkflowParts(t, store.WorkflowTypes, c.ProjectID, of),
			store.DeleteWorkflowParts(t, store.WorkflowTransitionMembers, c.ProjectID, within),
			store.DeleteWorkflowParts(t, store.WorkflowTransitions, c.ProjectID, of),
			store.DeleteWorkflowParts(t, store.WorkflowStates, c.ProjectID, of), store.Workflows.Delete(t, w))
	})
}

// Introduce gives a project that begins to hold workflows its default one, if it has none: with all of its states, and
// every move free until somebody narrows it.
func Introduce(t *store.Tx, p *store.Project) error {
	if err := t.Lock("workflows of " + p.ID); err != nil {
		return err
	}
	there, err := store.Workflows.Exists(t, dbx.HashExp{"project_id": p.ID, "is_default": true})
	if err != nil || there {
		return err
	}
	w := &store.Workflow{AuditFields: store.AuditFields{ID: store.NewID()}, Name: "Default workflow", IsActive: true,
		IsDefault: true, ProjectID: p.ID, WorkspaceID: p.WorkspaceID}
	if err := store.Workflows.Insert(t, w); err != nil {
		return err
	}
	states, err := statesOf(t, p.ID)
	if err != nil {
		return err
	}
	for _, id := range states {
		if _, err := attach(t, w, id); err != nil {
			return err
		}
	}
	return note(t, w, "created", "", nil, &w.Name)
}
