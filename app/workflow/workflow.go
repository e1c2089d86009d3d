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
	mostWorkflows = 50  // in a project, and of a workspace
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

// home is where the workflows of a call are: in its project, or in the workspace alone where it is in none.
func home(c *app.Call) dbx.HashExp {
	if c.ProjectID == "" {
		return dbx.HashExp{"project_id": nil, "workspace_id": c.Workspace.ID}
	}
	return dbx.HashExp{"project_id": c.ProjectID}
}

// projectOf is the call's project; nil: it is in none.
func projectOf(c *app.Call) *string {
	if c.ProjectID == "" {
		return nil
	}
	return &c.ProjectID
}

// List returns the workflows of the call's project, the oldest first.
func List(c *app.Call) ([]Workflow, error) {
	t := c.Read()
	rows, err := store.Workflows.List(t, home(c), "created_at", "id")
	if err != nil {
		return nil, err
	}
	types, err := typesOf(t, dbx.HashExp{"project_id": c.ProjectID})
	list := make([]Workflow, len(rows))
	for i, w := range rows {
		list[i] = Workflow{w, types[w.ID]}
	}
	return list, err
}

// typesOf returns the types that workflows are for, each once, by workflow.
func typesOf(t *store.Tx, where dbx.Expression) (map[string][]string, error) {
	rows, err := store.WorkflowTypes.List(t, where, "created_at", "id")
	types := map[string][]string{}
	for _, r := range rows {
		if !slices.Contains(types[r.WorkflowID], r.TypeID) {
			types[r.WorkflowID] = append(types[r.WorkflowID], r.TypeID)
		}
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
	where := dbx.Expression(dbx.HashExp{"workflow_id": id})
	if c.ProjectID == "" {
		where = dbx.And(where, ofOwnProjects(c))
	}
	types, err := typesOf(t, where)
	return &Workflow{*w, types[id]}, err
}

// Find returns the row of a workflow of the call's project, or store.ErrNotFound; of one that is in no project, of the
// workspace's own.
func Find(c *app.Call, t *store.Tx, id string) (*store.Workflow, error) {
	return store.Workflows.Get(t, dbx.And(dbx.HashExp{"id": id}, home(c)))
}

// FindFor is Find for a workflow that the call's project may give a type: one of its own, or of its workspace.
func FindFor(c *app.Call, t *store.Tx, id string) (*store.Workflow, error) {
	return store.Workflows.Get(t, dbx.And(dbx.HashExp{"id": id}, forProject(c)))
}

func forProject(c *app.Call) dbx.Expression {
	return dbx.Or(dbx.HashExp{"project_id": c.ProjectID},
		dbx.HashExp{"project_id": nil, "workspace_id": c.Workspace.ID})
}

// Edit is edit for those who write more with it.
func Edit(c *app.Call, do func(t *store.Tx) error) error { return edit(c, do) }

// edit runs what changes workflows of the call's project, or of its workspace: one after the other. Those of a
// workspace hold in any project.
func edit(c *app.Call, do func(t *store.Tx) error) error {
	return c.Write(func(t *store.Tx) error {
		of := c.ProjectID
		if of == "" {
			of = c.Workspace.ID
			t.ForgetAll()
		}
		if err := t.Lock("workflows of " + of); err != nil {
			return err
		}
		return do(t)
	})
}

// Create makes a workflow without states. One that is not said to be active is not.
func Create(c *app.Call, in Input) (*Workflow, error) {
	var now *Workflow
	err := edit(c, func(t *store.Tx) error {
		n, err := store.Workflows.Count(t, home(c))
		if err != nil {
			return err
		}
		if n >= mostWorkflows {
			return app.Field("non_field_errors", "There are no more than 50 workflows in a project, and as many of a workspace.")
		}
		w := &store.Workflow{AuditFields: store.AuditFields{ID: store.NewID()}, ProjectID: projectOf(c),
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
	if err := in.begins(t, w); err != nil {
		return nil, err
	}
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

// begins refuses that a workflow of a workspace is active before it has any state: projects could give it to types, and
// it would hold nothing.
func (in *Input) begins(t *store.Tx, w *store.Workflow) error {
	if w.ProjectID != nil || !in.IsActive.V {
		return nil
	}
	there, err := store.WorkflowStates.Exists(t, dbx.HashExp{"workflow_id": w.ID})
	if err == nil && !there {
		err = app.Field("is_active", "A workflow of a workspace has states before it is active.")
	}
	return err
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
		has[id] = &store.WorkflowType{WorkflowID: w.ID, TypeID: id, ProjectID: c.ProjectID, WorkspaceID: w.WorkspaceID}
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
		return errors.Join(store.DeleteWorkflowParts(t, store.WorkflowTypes, w.ProjectID, of),
			store.DeleteWorkflowParts(t, store.WorkflowHooks, w.ProjectID, of),
			store.DeleteWorkflowParts(t, store.WorkflowTransitionMembers, w.ProjectID, within),
			store.DeleteWorkflowParts(t, store.WorkflowTransitions, w.ProjectID, of),
			store.DeleteWorkflowParts(t, store.WorkflowStates, w.ProjectID, of), store.Workflows.Delete(t, w))
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
		IsDefault: true, ProjectID: &p.ID, WorkspaceID: p.WorkspaceID}
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
