package webhook

import (
	"slices"

	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
)

// snapshot is everything around the events of one transaction, read with a fixed number of statements.
type snapshot struct {
	issues map[string]*store.Issue
	ties   map[string]store.EventContext
	values map[string]map[string]any // of properties, by work item and property
	people map[string]*store.User
	labels map[string]*store.Label
	states map[string]*store.State
	slugs  map[string]string // of the workspaces
}

func loadSnapshot(t *store.Tx, events []store.Event) (*snapshot, error) {
	var issues, people []string
	for i := range events {
		people = append(people, events[i].ActorID)
		if events[i].Event == store.EventIssue {
			issues = append(issues, events[i].ID)
		}
	}
	s := &snapshot{slugs: map[string]string{}}
	var workspaces []string
	for i := range events {
		workspaces = append(workspaces, events[i].WorkspaceID)
	}
	in, err := found(t, store.Workspaces, workspaces)
	if err != nil {
		return nil, err
	}
	for id, w := range in {
		s.slugs[id] = w.Slug
	}
	var labels, states []string
	if issues = distinct(issues); len(issues) > 0 {
		if s.issues, err = store.Issues.ByID(t, issues); err != nil {
			return nil, err
		}
		if s.ties, err = store.EventContextOf(t, issues); err != nil {
			return nil, err
		}
		if err := s.readValues(t, issues); err != nil {
			return nil, err
		}
		for id, i := range s.issues {
			people, labels = append(people, s.ties[id].Assignees...), append(labels, s.ties[id].Labels...)
			if i.StateID != nil {
				states = append(states, *i.StateID)
			}
		}
	}
	if s.people, err = found(t, store.Users, people); err != nil {
		return nil, err
	}
	if s.labels, err = found(t, store.Labels, labels); err != nil {
		return nil, err
	}
	s.states, err = found(t, store.States, states)
	return s, err
}

// readValues reads what work items have of properties.
func (s *snapshot) readValues(t *store.Tx, issues []string) error {
	s.values = map[string]map[string]any{}
	return store.ValuesOf(t, issues, func(v *store.ShownValue) {
		by := s.values[v.IssueID]
		if by == nil {
			by = map[string]any{}
			s.values[v.IssueID] = by
		}
		property.Add(by, v)
	})
}

func found[T any](t *store.Tx, table store.Table[T], ids []string) (map[string]*T, error) {
	if ids = distinct(ids); len(ids) == 0 {
		return nil, nil
	}
	return table.ByID(t, ids)
}

// distinct are the ids once each, without the empty one.
func distinct(ids []string) []string {
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// actor is who did something; nil when nobody did, or somebody who is gone.
func (s *snapshot) actor(id string) fields {
	if u := s.people[id]; u != nil {
		return person(u)
	}
	return nil
}

func (s *snapshot) issue(id string) (fields, error) {
	i := s.issues[id]
	if i == nil {
		return nil, store.ErrNotFound
	}
	people, labels := []fields{}, []fields{}
	for _, id := range s.ties[id].Assignees {
		if u := s.people[id]; u != nil {
			people = append(people, person(u))
		}
	}
	for _, id := range s.ties[id].Labels {
		if l := s.labels[id]; l != nil {
			labels = append(labels, fields{"id": l.ID, "name": l.Name, "color": l.Color})
		}
	}
	var state fields
	if i.StateID != nil {
		if st := s.states[*i.StateID]; st != nil {
			state = fields{"id": st.ID, "name": st.Name, "color": st.Color, "group": st.Group}
		}
	}
	all := issueFields(i, people, labels, state)
	if values := s.values[id]; values != nil {
		all["properties"] = values
	}
	return all, nil
}
