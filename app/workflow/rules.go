// Package workflow holds how work items of a project may move: its workflows, and the rule that every change of a work
// item's state passes. It knows nothing of work items but their type and their state.
package workflow

import (
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Rules are what holds of the workflows of a project: those that are active, while the project has them switched on.
// They are shared: do not change them.
type Rules struct {
	usual  *Flow // of work items whose type has no workflow of its own; nil: those move freely
	byType map[string]*Flow
}

// Flow is a workflow by which work items move.
type Flow struct {
	ID, Name string
	Start    string // the state of new work items that name none; empty: the project's default
	states   map[string]*place
}

// place is a state of a workflow.
type place struct {
	approval bool // work items leave it when that is approved
	fresh    bool // new work items may be in it
	narrow   bool // work items leave it by ways alone; else to every state of the workflow, or, with approval, to none
	ways     []Way
}

// Way is a transition.
type Way struct {
	ID, To     string
	Reject     string // where what is rejected goes; empty: it stays
	Restricted bool   // to people; else everybody may who changes work items
	People     []string
	Needed     int // approvals; 0: of all people, or of one without any

	WorkflowID    string
	Before, After []store.WorkflowHook // what happens on it, in its order; those alone that are switched on
}

// May says whether somebody may make the transition, or approve it; nobody (an empty id) is who acts by the clock.
func (w *Way) May(user string) bool { return !w.Restricted || slices.Contains(w.People, user) }

// Of returns the rules of a project, from the cache if they are there. A project that holds no workflow costs nothing
// but that.
func Of(t *store.Tx, project string) (*Rules, error) {
	return store.Cached(t.DB(), store.WorkflowsKey(project), func() (*Rules, error) { return read(t, project) })
}

func read(t *store.Tx, project string) (*Rules, error) {
	r := &Rules{byType: map[string]*Flow{}}
	on, err := store.ProjectFeaturesRows.Exists(t, dbx.HashExp{"project_id": project, "workflows": true})
	if err != nil || !on {
		return r, err
	}
	types, err := store.WorkflowTypes.List(t, dbx.HashExp{"project_id": project})
	if err != nil {
		return nil, err
	}
	given := make([]string, len(types))
	for i, w := range types {
		given[i] = w.WorkflowID
	}
	active, err := store.Workflows.List(t, dbx.And(dbx.HashExp{"is_active": true},
		dbx.Or(dbx.HashExp{"project_id": project}, store.In("id", given))), "created_at")
	if err != nil || len(active) == 0 {
		return r, err
	}
	f := &filling{project: project, flows: map[string]*Flow{}, rows: map[string]*store.Workflow{}}
	for i, w := range active {
		f.flows[w.ID], f.rows[w.ID] = &Flow{ID: w.ID, Name: w.Name, states: map[string]*place{}}, &active[i]
		if w.IsDefault {
			r.usual = f.flows[w.ID]
		}
	}
	for _, w := range types {
		if flow := f.flows[w.WorkflowID]; flow != nil {
			r.byType[w.TypeID] = flow
		}
	}
	return r, f.fill(t)
}

// For returns the workflow of work items of a type (nil: of none); nil when they move freely. A workflow without states
// holds nothing.
func (r *Rules) For(kind *string) *Flow {
	f := r.usual
	if kind != nil && r.byType[*kind] != nil {
		f = r.byType[*kind]
	}
	if f == nil || len(f.states) == 0 {
		return nil
	}
	return f
}

// Has says whether the workflow has the state.
func (f *Flow) Has(state string) bool { return f.states[state] != nil }

// Waits says whether work items in the state wait for approval.
func (f *Flow) Waits(state string) bool { p := f.states[state]; return p != nil && p.approval }

// Ways are the transitions from a state.
func (f *Flow) Ways(state string) []Way {
	if p := f.states[state]; p != nil {
		return p.ways
	}
	return nil
}

// Enter refuses a state in which the workflow takes no new work items.
func (f *Flow) Enter(t *store.Tx, state string) error {
	if p := f.states[state]; p != nil && p.fresh {
		return nil
	}
	var open []string
	for id, p := range f.states {
		if p.fresh {
			open = append(open, id)
		}
	}
	return f.refuse(t, state, open, func(to, may string) string {
		return "New work items are not made in " + to + " by the workflow " + quoted(f.Name) + ": " + may + "."
	})
}

// Stay refuses a state that the workflow does not have, to work items that come under it.
func (f *Flow) Stay(t *store.Tx, state string) error {
	if f.Has(state) {
		return nil
	}
	return f.refuse(t, state, f.all(), func(at, may string) string {
		return "The workflow " + quoted(f.Name) + " of this type has no state " + at + ". Say with the type in which it is: " +
			may + "."
	})
}

// Way is the transition by which somebody moves a work item from one state to another; nil: by none, as they may
// without.
func (f *Flow) Way(from, to, user string) *Way {
	p := f.states[from]
	if p == nil {
		return nil
	}
	for i := range p.ways {
		if p.ways[i].To == to && p.ways[i].May(user) {
			return &p.ways[i]
		}
	}
	return nil
}

// Lets says whether somebody may move a work item from one state to another. From a state that the workflow does not
// have, or has no way from, it goes to every state of the workflow; from one that waits for approval only by that.
func (f *Flow) Lets(from, to, user string) bool {
	p := f.states[from]
	switch {
	case p != nil && p.approval:
		return false
	case p == nil || !p.narrow:
		return f.Has(to)
	}
	return slices.ContainsFunc(p.ways, func(w Way) bool { return w.To == to && w.May(user) })
}

// Move refuses, in words, what the workflow does not let somebody do.
func (f *Flow) Move(t *store.Tx, from, to, user string) error {
	if f.Lets(from, to, user) {
		return nil
	}
	p := f.states[from]
	switch {
	case p != nil && p.approval:
		return f.refuse(t, from, nil, func(at, _ string) string {
			return "Work items in " + at + " wait for approval: they leave it when they are approved or rejected, by the workflow " +
				quoted(f.Name) + "."
		})
	case p == nil || !p.narrow:
		return f.refuse(t, to, f.all(), func(to, may string) string {
			return "The workflow " + quoted(f.Name) + " has no state " + to + ". It has " + may + "."
		})
	}
	var may []string
	for _, way := range p.ways {
		if way.May(user) {
			may = append(may, way.To)
		}
	}
	known := slices.ContainsFunc(p.ways, func(w Way) bool { return w.To == to })
	return f.refuse(t, to, may, func(to, may string) string {
		why := "By the workflow " + quoted(f.Name) + " work items do not go from here to " + to
		if known {
			why = "By the workflow " + quoted(f.Name) + " only some people move work items from here to " + to
		}
		return why + ". You may move it to " + may + "."
	})
}

func (f *Flow) all() []string {
	var ids []string
	for id := range f.states {
		ids = append(ids, id)
	}
	return ids
}

// mostNamed is how many states a refusal names.
const mostNamed = 10

// refuse is a refusal in words of the states' names: of that which is not to be, and of those that may be.
func (f *Flow) refuse(t *store.Tx, state string, may []string, words func(state, may string) string) error {
	names, err := store.StateNames(t, append(slices.Clone(may), state))
	if err != nil {
		return err
	}
	var list []string
	for _, id := range may {
		if names[id] != "" {
			list = append(list, quoted(names[id]))
		}
	}
	slices.Sort(list)
	text := "no other state"
	if len(list) > mostNamed {
		list = append(list[:mostNamed], "others")
	}
	if len(list) > 0 {
		text = strings.Join(list, ", ")
	}
	return &app.Error{Kind: app.Invalid, Code: Refused, Text: words(quoted(names[state]), text)}
}

func quoted(name string) string { return `"` + name + `"` }

// Refused is the name of refusals by a workflow.
const Refused = "WORKFLOW_REFUSED"
