package importer

import (
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/store"
)

// add makes something of a project's vocabulary, unless nothing is written.
func (r *run) add(at *place, kind, key, id, counted string, insert func(t *store.Tx) error) error {
	r.report.Made[counted]++
	if r.rehearse {
		return nil
	}
	return r.write(func(t *store.Tx) error {
		if err := insert(t); err != nil {
			return err
		}
		return r.remember(t, kind, at.project.ID, key, id)
	})
}

// usual are the names under which a project's first states are known elsewhere, by group.
var usual = map[string]string{"backlog": "backlog", "unstarted": "todo", "started": "in progress", "completed": "done",
	"cancelled": "cancelled"}

var stateColors = map[string]string{"backlog": "#60646C", "unstarted": "#60646C", "started": "#F59E0B",
	"completed": "#46A758", "cancelled": "#9AA4BC"}

// state finds the state of a work item in its project, or makes it.
func (r *run) state(at *place, s record.State) (*store.State, error) {
	name := short(s.Name)
	group, mapped := record.Lookup(r.order.Map.Groups, name)
	if to, ok := record.Lookup(r.order.Map.States, name); ok {
		name = short(to)
	}
	if name == "" {
		return at.stateOf(s.Group), nil
	}
	if known := at.states[strings.ToLower(name)]; known != nil {
		return known, nil
	}
	if !mapped {
		group = s.Group
	}
	if !slices.Contains(record.Groups, group) {
		group = record.GroupOf(name)
	}
	fresh := &store.State{AuditFields: store.AuditFields{ID: store.NewID()}, Name: name, Group: group,
		Color: stateColors[group], Sequence: at.order + 15000, ProjectID: at.project.ID, WorkspaceID: at.project.WorkspaceID,
		ExternalID: &name, ExternalSource: &r.order.Source}
	if err := r.add(at, store.ImportedState, name, fresh.ID, "states", func(t *store.Tx) error {
		own := *fresh
		return store.States.Insert(t, &own)
	}); err != nil {
		return nil, err
	}
	at.order = fresh.Sequence
	at.states[strings.ToLower(name)] = fresh
	return fresh, nil
}

// stateOf is the state of a work item of which only the group is known, or nothing: the first of the group, else the
// default.
func (at *place) stateOf(group string) *store.State {
	if known := at.states[usual[group]]; known != nil && known.Group == group {
		return known
	}
	var first *store.State
	for _, s := range at.states {
		fits := s.Group == group || group == "" && s.Default
		if fits && (first == nil || s.Sequence < first.Sequence) {
			first = s
		}
	}
	if first == nil && group != "" {
		return at.stateOf("")
	}
	if first == nil {
		for _, s := range at.states {
			if first == nil || s.Sequence < first.Sequence {
				first = s
			}
		}
	}
	return first
}

// labels finds the labels of a work item, or makes them.
func (r *run) labels(at *place, i *record.Item) (ids []string, err error) {
	for _, l := range i.Labels {
		name := short(l.Name)
		if to, ok := record.Lookup(r.order.Map.Labels, name); ok {
			name = short(to)
		}
		if name == "" || name == "-" {
			continue
		}
		id := at.labels[strings.ToLower(name)]
		if id == "" {
			if id, err = r.label(at, name, l.Color); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func (r *run) label(at *place, name, color string) (string, error) {
	if !isColor(color) {
		color = colorOf(name)
	}
	fresh := &store.Label{AuditFields: store.AuditFields{ID: store.NewID()}, Name: name, Color: color,
		ProjectID: &at.project.ID, WorkspaceID: at.project.WorkspaceID, SortOrder: 65535 + float64(len(at.labels))*10000,
		ExternalID: &name, ExternalSource: &r.order.Source}
	err := r.add(at, store.ImportedLabel, name, fresh.ID, "labels", func(t *store.Tx) error {
		own := *fresh
		return store.Labels.Insert(t, &own)
	})
	at.labels[strings.ToLower(name)] = fresh.ID
	return fresh.ID, err
}

func isColor(s string) bool {
	return len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
}

// cycle finds the cycle of a work item, or makes it; empty for none.
func (r *run) cycle(at *place, c record.Cycle) (string, error) {
	name := short(c.Name)
	if name == "" {
		return "", nil
	}
	if id := at.cycles[strings.ToLower(name)]; id != "" {
		return id, nil
	}
	fresh := &store.Cycle{AuditFields: store.AuditFields{ID: store.NewID()}, Name: name, OwnedByID: r.order.By.ID,
		ProjectID: at.project.ID, WorkspaceID: at.project.WorkspaceID, SortOrder: 65535 - float64(len(at.cycles))*10000,
		Timezone: at.project.Timezone, Version: 1, ExternalID: &name, ExternalSource: &r.order.Source}
	if from, to := at.day(c.Start, false), at.day(c.End, true); from != nil && to != nil && from.Before(*to) {
		fresh.StartDate, fresh.EndDate = from, to
	}
	err := r.add(at, store.ImportedCycle, name, fresh.ID, "cycles", func(t *store.Tx) error {
		own := *fresh
		return store.Cycles.Insert(t, &own)
	})
	at.cycles[strings.ToLower(name)] = fresh.ID
	return fresh.ID, err
}

// modules finds the modules of a work item, or makes them.
func (r *run) modules(at *place, names []string) (ids []string, err error) {
	for _, name := range names {
		name = short(name)
		if name == "" {
			continue
		}
		id := at.modules[strings.ToLower(name)]
		if id == "" {
			fresh := &store.Module{AuditFields: store.AuditFields{ID: store.NewID()}, Name: name, Status: "planned",
				ProjectID: at.project.ID, WorkspaceID: at.project.WorkspaceID,
				SortOrder: 65535 - float64(len(at.modules))*10000, ExternalID: &name, ExternalSource: &r.order.Source}
			err = r.add(at, store.ImportedModule, name, fresh.ID, "modules", func(t *store.Tx) error {
				own := *fresh
				return store.Modules.Insert(t, &own)
			})
			if err != nil {
				return nil, err
			}
			id = fresh.ID
			at.modules[strings.ToLower(name)] = id
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}
