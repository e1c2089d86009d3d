package workflow

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ErrOfProjects is what those are told who would change workflows of a workspace: programs know the code, and turn to a
// project then.
var ErrOfProjects error = &app.Error{Kind: app.Invalid, Code: "workspace_not_managed",
	Text: "Workflows belong to projects here: change those of a project, at projects/{project_id}/workflows/."}

// Wanted is which workflows of a workspace are asked for.
type Wanted struct {
	Search   string // part of the name
	IsActive *bool
	OrderBy  string // name, created_at or updated_at, with - for the other way round
}

// Shared is a workflow as a workspace sees it.
type Shared struct {
	store.Workflow
	States, Types int
}

var sharedOrders = map[string]string{"name": "name", "created_at": "created_at", "updated_at": "updated_at"}

// ListShared returns a part of the workflows of all projects of the call's workspace that the caller is in.
func ListShared(c *app.Call, in Wanted, s store.ListPart) ([]Shared, int, error) {
	order, err := app.OrderBy(in.OrderBy, "created_at", sharedOrders)
	if err != nil {
		return nil, 0, err
	}
	where := dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, ofOwnProjects(c))
	if in.Search != "" {
		where = dbx.And(where, store.Contains("name", in.Search))
	}
	if in.IsActive != nil {
		where = dbx.And(where, dbx.HashExp{"is_active": *in.IsActive})
	}
	t := c.Read()
	rows, total, err := store.Workflows.Page(t, where, s, order, "id")
	if err != nil {
		return nil, 0, err
	}
	list, err := withSizes(t, rows)
	return list, total, err
}

func ofOwnProjects(c *app.Call) dbx.Expression {
	return store.In("project_id", slices.Sorted(maps.Keys(c.Access.Projects)))
}

// withSizes counts the states and the types of workflows.
func withSizes(t *store.Tx, rows []store.Workflow) ([]Shared, error) {
	ids := make([]string, len(rows))
	for i, w := range rows {
		ids[i] = w.ID
	}
	of := store.In("workflow_id", ids)
	states, err := store.WorkflowStates.List(t, of)
	if err != nil {
		return nil, err
	}
	types, err := store.WorkflowTypes.List(t, of)
	list := make([]Shared, len(rows))
	at := map[string]*Shared{}
	for i, w := range rows {
		list[i].Workflow = w
		at[w.ID] = &list[i]
	}
	for _, s := range states {
		at[s.WorkflowID].States++
	}
	for _, y := range types {
		at[y.WorkflowID].Types++
	}
	return list, err
}

// Within is the call in the project that a workflow of its workspace belongs to; store.ErrNotFound where the caller is
// not in it.
func Within(c *app.Call, id string) (*app.Call, error) {
	w, err := store.Workflows.Get(c.Read(),
		dbx.And(dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID}, ofOwnProjects(c)))
	if err != nil {
		return nil, err
	}
	there := *c
	there.ProjectID = w.ProjectID
	return &there, nil
}

// Usage is which work items of its project go by a workflow now.
type Usage struct {
	Project *store.Project
	Types   []*string // whose work items do; nil among them: those of no type
	Own     []string  // the types that it was given
}

// UsageOf returns which work items go by a workflow of the call's project.
func UsageOf(c *app.Call, id string) (*Usage, error) {
	w, err := Get(c, id)
	if err != nil {
		return nil, err
	}
	t := c.Read()
	u := &Usage{Types: []*string{}, Own: w.TypeIDs}
	if u.Project, err = store.Projects.Find(t, c.ProjectID); err != nil {
		return nil, err
	}
	all, err := Picks(c)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Effective == id {
			u.Types = append(u.Types, &p.TypeID)
		}
	}
	rules, err := Of(t, c.ProjectID)
	if err != nil {
		return nil, err
	}
	if f := rules.For(nil); f != nil && f.ID == id {
		u.Types = append(u.Types, nil)
	}
	return u, nil
}
