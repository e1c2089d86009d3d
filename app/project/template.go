package project

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Blueprint is what a new project begins with beside its own fields; empty: what all begin with.
type Blueprint struct {
	States []StateInput
	Labels []LabelInput
}

// The most that a new project begins with.
const (
	mostFirstStates = 100
	mostFirstLabels = 250
)

// check refuses too many, and names that stand twice.
func (b Blueprint) check() error {
	names := map[string]bool{}
	for _, s := range b.States {
		if names["state "+s.Name.V] {
			return app.Field("states", "Two states have the same name: "+s.Name.V+".")
		}
		names["state "+s.Name.V] = true
	}
	for _, l := range b.Labels {
		if names["label "+store.Fold(l.Name.V)] {
			return app.Field("labels", "Two labels have the same name: "+l.Name.V+".")
		}
		names["label "+store.Fold(l.Name.V)] = true
	}
	switch {
	case len(b.States) > mostFirstStates:
		return app.Field("states", "A project begins with no more than 100 states.")
	case len(b.Labels) > mostFirstLabels:
		return app.Field("labels", "A project begins with no more than 250 labels.")
	}
	return nil
}

// states are those of the blueprint, in its order and with one default, and the intake's behind them.
func (b Blueprint) states(p *store.Project) ([]*store.State, error) {
	usual := firstStates(p)
	if len(b.States) == 0 {
		return usual, nil
	}
	all := make([]*store.State, len(b.States))
	def := -1
	for i, in := range b.States {
		s := &store.State{Group: "backlog", Color: "#60646C", ProjectID: p.ID, WorkspaceID: p.WorkspaceID}
		if _, err := in.put(s); err != nil {
			return nil, err
		}
		s.Sequence = float64(i+1) * 15000
		if s.Default && def < 0 {
			def = i
		}
		s.Default = false
		all[i] = s
	}
	all[max(def, 0)].Default = true
	return append(all, usual[len(usual)-1]), nil
}

// labels writes those of the blueprint, in its order.
func (b Blueprint) labels(t *store.Tx, p *store.Project) error {
	all := make([]*store.Label, len(b.Labels))
	for i, in := range b.Labels {
		l := &store.Label{ProjectID: &p.ID, WorkspaceID: p.WorkspaceID}
		in.Parent, in.SortOrder = app.Opt[string]{}, app.Opt[float64]{}
		in.put(l)
		l.SortOrder = float64(i+1) * 65535
		all[i] = l
	}
	return store.Labels.Insert(t, all...)
}
