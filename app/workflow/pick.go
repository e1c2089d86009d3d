package workflow

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Pick is by which workflow the work items of a type go in a project.
type Pick struct {
	TypeID    string
	Own       string           // the workflow that the project gives the type; empty: none
	Effective string           // that by which they go now; empty: they move freely
	Options   []store.Workflow // those that the project may give it, the oldest first
}

// Picks returns for every active type of the call's project by which workflow its work items go.
func Picks(c *app.Call) ([]Pick, error) {
	t := c.Read()
	types, err := store.IssueTypes.List(t, dbx.And(dbx.HashExp{"issue_types.workspace_id": c.Workspace.ID,
		"issue_types.is_active": true}, store.TypesIn(c.ProjectID)), "level", "created_at", "id")
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(types))
	for i, y := range types {
		ids[i] = y.ID
	}
	return picks(c, t, ids)
}

// PickOf returns by which workflow the work items of a type of the call's project go; store.ErrNotFound: it has no such
// type.
func PickOf(c *app.Call, kind string) (*Pick, error) {
	t := c.Read()
	if _, err := store.FindIssueType(t, c.ProjectID, kind); err != nil {
		return nil, err
	}
	list, err := picks(c, t, []string{kind})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func picks(c *app.Call, t *store.Tx, types []string) ([]Pick, error) {
	active, err := store.Workflows.List(t, dbx.And(forProject(c), dbx.HashExp{"is_active": true}), "created_at", "id")
	if err != nil {
		return nil, err
	}
	rows, err := store.WorkflowTypes.List(t, home(c))
	if err != nil {
		return nil, err
	}
	own := map[string]string{}
	for _, r := range rows {
		own[r.TypeID] = r.WorkflowID
	}
	rules, err := Of(t, c.ProjectID)
	list := make([]Pick, len(types))
	for i, kind := range types {
		list[i] = Pick{TypeID: kind, Own: own[kind], Options: active}
		if rules == nil {
			continue
		}
		if f := rules.For(&kind); f != nil {
			list[i].Effective = f.ID
		}
	}
	return list, err
}

// Give makes the work items of a type of the call's project go by a workflow; by the default one they go where the type
// has none of its own. It wants the workflows of the project locked.
func Give(c *app.Call, t *store.Tx, w *store.Workflow, kind string) error {
	row, err := store.WorkflowTypes.Get(t, dbx.HashExp{"project_id": c.ProjectID, "type_id": kind})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil {
		if row.WorkflowID == w.ID {
			return nil
		}
		from, err := store.Workflows.Find(t, row.WorkflowID)
		if err != nil {
			return err
		}
		err = errors.Join(store.WorkflowTypes.Delete(t, row), note(t, from, "deleted", "type", &kind, nil))
		if err != nil {
			return err
		}
	}
	if w.IsDefault {
		return nil
	}
	return errors.Join(store.WorkflowTypes.Insert(t, &store.WorkflowType{WorkflowID: w.ID, TypeID: kind,
		ProjectID: c.ProjectID, WorkspaceID: w.WorkspaceID}), note(t, w, "created", "type", nil, &kind))
}

// Stranded is what would be left where a workflow does not have it.
type Stranded struct {
	Total  int                // work items in states that the workflow does not have
	Typed  int                // work items of the type
	States []store.StateCount // those that the workflow does not have
}

// Error says what has to be done about it, with the whole.
func (s *Stranded) Error() error {
	return &app.Error{Kind: app.Invalid, Code: "workflow_orphans",
		Text: "Work items are in states that this workflow does not have: say in state_mapping where they go.",
		Details: []app.Detail{{Key: "total", Value: s.Total}, {Key: "type_total", Value: s.Typed},
			{Key: "per_state", Value: s.States}}}
}

// Under counts the work items of a type (nil: those of none) of a project that would be stranded by a workflow's
// states. A workflow without states holds nothing.
func Under(t *store.Tx, project string, kind *string, has func(state string) bool) (*Stranded, error) {
	counts, err := store.StatesOfType(t, project, kind)
	s := &Stranded{States: []store.StateCount{}}
	for _, n := range counts {
		s.Typed += n.Count
		if !has(n.StateID) {
			s.Total += n.Count
			s.States = append(s.States, n)
		}
	}
	return s, err
}

// HasOf says of states of a project whether a workflow has them; every state where it has none at all, as it holds
// nothing then.
func HasOf(t *store.Tx, w *store.Workflow, project string) (func(state string) bool, error) {
	rows, err := store.WorkflowStates.List(t, dbx.HashExp{"workflow_id": w.ID})
	if err != nil {
		return nil, err
	}
	in, err := mapper(t, w, project)
	has := map[string]bool{}
	for i := range rows {
		has[in.state(&rows[i])] = true
	}
	delete(has, "")
	return func(state string) bool { return len(has) == 0 || has[state] }, err
}

// PreviewInput is what a request asks of a change before it makes it: what if work items of a type (none: of no type)
// got another type, or their type another workflow.
type PreviewInput struct {
	Type     app.Opt[string] `json:"type_id" check:"pk,null"`
	NewType  app.Opt[string] `json:"new_type_id" check:"pk,null"`
	Workflow app.Opt[string] `json:"workflow_id" check:"pk,null"`
}

// Preview counts the work items that a change would strand. It writes nothing.
func Preview(c *app.Call, in PreviewInput) (*Stranded, error) {
	t := c.Read()
	for field, kind := range map[string]app.Opt[string]{"type_id": in.Type, "new_type_id": in.NewType} {
		if kind.Ptr() == nil {
			continue
		}
		if _, err := store.FindIssueType(t, c.ProjectID, kind.V); errors.Is(err, store.ErrNotFound) {
			return nil, app.Field(field, app.NoObject(kind.V))
		} else if err != nil {
			return nil, err
		}
	}
	has, err := in.states(c, t)
	if err != nil {
		return nil, err
	}
	return Under(t, c.ProjectID, in.Type.Ptr(), has)
}

// states says of states whether there is place in them after the change.
func (in *PreviewInput) states(c *app.Call, t *store.Tx) (func(string) bool, error) {
	if in.Workflow.Ptr() != nil {
		w, err := FindFor(c, t, in.Workflow.V)
		if errors.Is(err, store.ErrNotFound) {
			return nil, app.Field("workflow_id", app.NoObject(in.Workflow.V))
		}
		if err != nil {
			return nil, err
		}
		return HasOf(t, w, c.ProjectID)
	}
	if !in.NewType.Set {
		return nil, app.Field("non_field_errors", "Say workflow_id or new_type_id.")
	}
	rules, err := Of(t, c.ProjectID)
	if err != nil {
		return nil, err
	}
	f := rules.For(in.NewType.Ptr())
	return func(state string) bool { return f == nil || f.Has(state) }, nil
}
