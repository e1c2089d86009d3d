package workflow

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// filling reads what the workflows have by which work items of a project go.
type filling struct {
	project string
	flows   map[string]*Flow
	rows    map[string]*store.Workflow
	mapped  map[bool]*places  // by whether a workflow is a project's
	names   map[string]string // the project's states, by workflow and the state that names the place
	at      map[string]*place // by the ids of rows of workflow_states
}

// fill reads the states of workflows and the ways between them. What the project has no state for is left out.
func (f *filling) fill(t *store.Tx) error {
	of := store.In("workflow_id", slices.Sorted(maps.Keys(f.flows)))
	if err := f.readStates(t, of); err != nil {
		return err
	}
	ways, err := store.WorkflowTransitions.List(t, of, "created_at", "id")
	if err != nil || len(ways) == 0 {
		return err
	}
	ids := make([]string, len(ways))
	for i, w := range ways {
		ids[i] = w.ID
	}
	who, err := membersOf(t, store.In("transition_id", ids))
	if err != nil {
		return err
	}
	hooks, err := hooksOf(t, dbx.And(of, dbx.HashExp{"is_enabled": true}))
	if err != nil {
		return err
	}
	for i := range ways {
		p := f.at[ways[i].WorkflowStateID]
		if p == nil {
			continue
		}
		p.narrow = true
		way, ok := f.way(&ways[i])
		if !ok {
			continue
		}
		way.People = who[way.ID]
		for _, h := range hooks[way.ID] {
			if h.Phase == store.HookBefore {
				way.Before = append(way.Before, h)
			} else {
				way.After = append(way.After, h)
			}
		}
		p.ways = append(p.ways, way)
	}
	return nil
}

func (f *filling) readStates(t *store.Tx, of dbx.Expression) error {
	states, err := store.WorkflowStates.List(t, of, "created_at", "id")
	if err != nil {
		return err
	}
	f.mapped, f.names, f.at = map[bool]*places{}, map[string]string{}, map[string]*place{}
	for i := range states {
		s := &states[i]
		own := f.rows[s.WorkflowID].ProjectID != nil
		if f.mapped[own] == nil {
			if f.mapped[own], err = mapper(t, f.rows[s.WorkflowID], f.project); err != nil {
				return err
			}
		}
		id := f.mapped[own].state(s)
		if id == "" {
			continue
		}
		flow := f.flows[s.WorkflowID]
		p := &place{approval: s.Type == store.StateApproval, fresh: s.AllowIssueCreation}
		flow.states[id], f.at[s.ID], f.names[s.WorkflowID+s.StateID] = p, p, id
		if s.IsDefault {
			flow.Start = id
		}
	}
	return nil
}

// way is a transition between states of the project; false: it has none for where it leads.
func (f *filling) way(w *store.WorkflowTransition) (Way, bool) {
	way := Way{ID: w.ID, WorkflowID: w.WorkflowID, To: f.names[w.WorkflowID+w.TransitionStateID], Restricted: w.Restricted}
	if w.RejectionStateID != nil {
		way.Reject = f.names[w.WorkflowID+*w.RejectionStateID]
	}
	if w.RequiredApprovals != nil {
		way.Needed = *w.RequiredApprovals
	}
	return way, way.To != ""
}
