package workflow

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Wanted is which workflows of a workspace are asked for.
type Wanted struct {
	Search   string // part of the name
	IsActive *bool
	OrderBy  string // name, created_at or updated_at, with - for the other way round
}

// Shared is a workflow as a workspace sees it.
type Shared struct {
	store.Workflow
	States, Projects, Types int
}

var sharedOrders = map[string]string{"name": "name", "created_at": "created_at", "updated_at": "updated_at"}

// ListShared returns a part of the workflows of the call's workspace: its own, and those of all projects that the
// caller is in.
func ListShared(c *app.Call, in Wanted, s store.ListPart) ([]Shared, int, error) {
	order, err := app.OrderBy(in.OrderBy, "created_at", sharedOrders)
	if err != nil {
		return nil, 0, err
	}
	where := dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, seen(c))
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
	list, err := withSizes(c, t, rows)
	return list, total, err
}

// seen are the workflows of a workspace that the caller may see.
func seen(c *app.Call) dbx.Expression {
	return dbx.Or(dbx.HashExp{"project_id": nil}, ofOwnProjects(c))
}

func ofOwnProjects(c *app.Call) dbx.Expression {
	return store.In("project_id", slices.Sorted(maps.Keys(c.Access.Projects)))
}

// withSizes counts the states, the projects and the types of workflows.
func withSizes(c *app.Call, t *store.Tx, rows []store.Workflow) ([]Shared, error) {
	ids := make([]string, len(rows))
	for i, w := range rows {
		ids[i] = w.ID
	}
	of := store.In("workflow_id", ids)
	states, err := store.WorkflowStates.List(t, of)
	if err != nil {
		return nil, err
	}
	types, err := store.WorkflowTypes.List(t, dbx.And(of, ofOwnProjects(c)))
	list := make([]Shared, len(rows))
	at, among := map[string]*Shared{}, map[string]map[string]bool{}
	for i, w := range rows {
		list[i].Workflow = w
		at[w.ID], among[w.ID] = &list[i], map[string]bool{}
		if w.ProjectID != nil {
			among[w.ID][*w.ProjectID] = true
		}
	}
	for _, s := range states {
		at[s.WorkflowID].States++
	}
	kinds := map[string]bool{}
	for _, y := range types {
		among[y.WorkflowID][y.ProjectID] = true
		if key := y.WorkflowID + y.TypeID; !kinds[key] {
			kinds[key] = true
			at[y.WorkflowID].Types++
		}
	}
	for id, projects := range among {
		at[id].Projects = len(projects)
	}
	return list, err
}

// Within is the call in the project that a workflow of its workspace belongs to, and in none for the workspace's own;
// store.ErrNotFound where the caller is not in it.
func Within(c *app.Call, id string) (*app.Call, error) {
	w, err := store.Workflows.Get(c.Read(), dbx.And(dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID}, seen(c)))
	if err != nil {
		return nil, err
	}
	there := *c
	there.ProjectID = ""
	if w.ProjectID != nil {
		there.ProjectID = *w.ProjectID
	}
	return &there, nil
}

// Leading is Within for those who change the workflow: administrators of its project, or of the workspace.
func Leading(c *app.Call, id string) (*app.Call, error) {
	there, err := Within(c, id)
	if err != nil {
		return nil, err
	}
	if !leads(there) {
		return nil, app.ErrForbidden
	}
	return there, nil
}

func leads(c *app.Call) bool {
	if c.ProjectID == "" {
		return c.Access.InWorkspace(app.Admin)
	}
	return c.Access.InProject(c.ProjectID, app.Admin)
}

// Usage is which work items go by a workflow now.
type Usage struct {
	Projects []ProjectUse
	Own      []string // the types that it was given
}

// ProjectUse is a project with the types whose work items go by a workflow; nil among them: those of no type.
type ProjectUse struct {
	Project store.Project
	Types   []*string
}

// UsageOf returns which work items go by a workflow of the call's project; of one of the workspace, in which projects
// of the caller.
func UsageOf(c *app.Call, id string) (*Usage, error) {
	w, err := Get(c, id)
	if err != nil {
		return nil, err
	}
	if c.ProjectID == "" {
		return usedIn(c, w)
	}
	t := c.Read()
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return nil, err
	}
	use := ProjectUse{Project: *p}
	all, err := Picks(c)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Effective == id {
			use.Types = append(use.Types, &p.TypeID)
		}
	}
	rules, err := Of(t, c.ProjectID)
	if err != nil {
		return nil, err
	}
	if f := rules.For(nil); f != nil && f.ID == id {
		use.Types = append(use.Types, nil)
	}
	u := &Usage{Own: w.TypeIDs}
	if len(use.Types) > 0 {
		u.Projects = append(u.Projects, use)
	}
	return u, nil
}

// usedIn is where a workflow of the workspace holds: in projects that gave it to types, and have workflows switched on.
func usedIn(c *app.Call, w *Workflow) (*Usage, error) {
	t, u := c.Read(), &Usage{Own: w.TypeIDs}
	given, err := store.WorkflowTypes.List(t, dbx.And(dbx.HashExp{"workflow_id": w.ID}, ofOwnProjects(c)), "created_at",
		"id")
	if err != nil || !w.IsActive {
		return u, err
	}
	types, ids := map[string][]*string{}, []string{}
	for i, g := range given {
		if types[g.ProjectID] == nil {
			ids = append(ids, g.ProjectID)
		}
		types[g.ProjectID] = append(types[g.ProjectID], &given[i].TypeID)
	}
	on, err := store.ProjectFeaturesRows.List(t, dbx.And(store.In("project_id", ids), dbx.HashExp{"workflows": true}))
	if err != nil {
		return nil, err
	}
	holds := make([]string, len(on))
	for i, f := range on {
		holds[i] = f.ProjectID
	}
	projects, err := store.Projects.List(t, store.In("id", holds), "created_at", "id")
	for _, p := range projects {
		u.Projects = append(u.Projects, ProjectUse{p, types[p.ID]})
	}
	return u, err
}

// WholeWorkflow is a workflow with all that it has.
type WholeWorkflow struct {
	Shared
	ProjectIDs, TypeIDs []string
	Chain               []store.WorkflowState // its states
	Ways                []Transition
}

// Whole returns a workflow of the call's project, or of the workspace, with all that it has.
func Whole(c *app.Call, id string) (*WholeWorkflow, error) {
	t := c.Read()
	row, err := Find(c, t, id)
	if err != nil {
		return nil, err
	}
	sizes, err := withSizes(c, t, []store.Workflow{*row})
	if err != nil {
		return nil, err
	}
	w := &WholeWorkflow{Shared: sizes[0], ProjectIDs: []string{}, TypeIDs: []string{}}
	given, err := store.WorkflowTypes.List(t, dbx.And(dbx.HashExp{"workflow_id": id}, ofOwnProjects(c)), "created_at",
		"id")
	if err != nil {
		return nil, err
	}
	if row.ProjectID != nil {
		w.ProjectIDs = append(w.ProjectIDs, *row.ProjectID)
	}
	for _, g := range given {
		if !slices.Contains(w.ProjectIDs, g.ProjectID) {
			w.ProjectIDs = append(w.ProjectIDs, g.ProjectID)
		}
		if !slices.Contains(w.TypeIDs, g.TypeID) {
			w.TypeIDs = append(w.TypeIDs, g.TypeID)
		}
	}
	if w.Chain, err = States(c, id); err != nil {
		return nil, err
	}
	w.Ways, err = Transitions(c, id)
	return w, err
}
