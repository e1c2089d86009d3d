package issuelist

import (
	"maps"
	"slices"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

// None is the key of what has no value of the field.
const None = "None"

// GroupField is what a list can be grouped by: how a statement does it, and how a list over outlines does; what
// outlines don't know has no second form.
type GroupField struct {
	Name     string
	expr     string   // the value, as text the group's key; NULL is None
	relation Relation // if the work item can have several values: expr is its column
	values   form

	key    func(states States, value string) string // of the group, where it is not the value
	shown  shown                                    // the groups that are shown even when they are empty
	listed bool                                     // no group is shown but those
}

// form says how a list over outlines finds the groups of a work item at one level.
type form func(l *level, r *indexed, g GroupField) values

// shown reads the keys of groups that are known without the work items.
type shown func(q Query, t *store.Tx) ([]string, error)

var groupFields = map[string]GroupField{
	"state_id": {expr: "i.state_id", shown: livingStates, listed: true,
		values: byRef(func(i *outline.Issue) outline.Ref { return i.State })},
	"state__group": {expr: "i.state_id", shown: fixed(stateGroups), listed: true, key: States.Group,
		values: byRef(func(i *outline.Issue) outline.Ref { return i.State })},
	"priority": {expr: "i.priority", shown: fixed(priorities), listed: true, values: byPriority},
	"labels__id": {expr: "label_id", relation: Labels, listed: true, values: byLink(outline.Labels, false),
		shown: orNone(there("id FROM labels x WHERE deleted_at IS NULL", "x.project_id"))},
	"assignees__id": {expr: "assignee_id", relation: Assignees, listed: true, values: byLink(outline.Assignees, false),
		shown: there("member_id FROM project_members x WHERE deleted_at IS NULL AND is_active", "x.project_id")},
	"issue_module__module_id": {expr: "module_id", relation: Modules, listed: true, values: byLink(outline.Modules, false),
		shown: orNone(there("id FROM modules x WHERE deleted_at IS NULL", "x.project_id"))},
	"cycle_id": {expr: "(SELECT x.cycle_id FROM cycle_issues x WHERE x.issue_id = i.id AND x.deleted_at IS NULL LIMIT 1)",
		listed: true, values: byLink(outline.Cycles, true),
		shown: orNone(there("id FROM cycles x WHERE deleted_at IS NULL", "x.project_id"))},
	"milestone_id": {listed: true, shown: orNone(there("id FROM milestones x WHERE deleted_at IS NULL", "x.project_id")),
		expr: "(SELECT x.milestone_id FROM milestone_issues x WHERE x.issue_id = i.id AND x.deleted_at IS NULL LIMIT 1)"},
	"project_id": {expr: "i.project_id", listed: true, values: byProject,
		shown: there("id AS project_id FROM projects x WHERE deleted_at IS NULL", "x.id")},
	"target_date": {expr: "i.target_date", values: byDay(func(i *outline.Issue) int32 { return i.Target })},
	"start_date":  {expr: "i.start_date", values: byDay(func(i *outline.Issue) int32 { return i.Start })},
	"created_by": {expr: "i.created_by_id",
		values: byRef(func(i *outline.Issue) outline.Ref { return i.CreatedBy })},

	// The reference can group by these but knows no groups of them: it counts and shows nothing.
	"name":           {expr: "i.name", listed: true},
	"parent_id":      {expr: "i.parent_id", listed: true},
	"sequence_id":    {expr: "i.sequence_id", listed: true},
	"updated_by":     {expr: "i.updated_by_id", listed: true},
	"estimate_point": {expr: "i.estimate_point_id", listed: true},
	"is_draft":       {expr: "i.is_draft", listed: true},
	"sort_order":     {expr: "i.sort_order", listed: true},
}

// GroupNames are the wire names of the fields that lists can be grouped by.
func GroupNames() []string { return slices.Sorted(maps.Keys(groupFields)) }

// ParseGroup finds a field by its wire name; false when lists can't be grouped by it.
func ParseGroup(name string) (GroupField, bool) {
	g, ok := groupFields[name]
	g.Name = name
	return g, ok
}

// Many says whether a work item can be in several groups of the field.
func (g GroupField) Many() bool { return g.relation.table != "" }

// keyOf is the key of the group of a value.
func (g GroupField) keyOf(states States, value string) string {
	switch {
	case value == "":
		return None
	case g.key != nil:
		return g.key(states, value)
	}
	return value
}

// shownGroups are the groups that are shown even when they are empty.
func (q Query) shownGroups(t *store.Tx, by GroupField) ([]string, error) {
	if by.shown == nil {
		return nil, nil
	}
	return by.shown(q, t)
}

func fixed(keys []string) shown {
	return func(Query, *store.Tx) ([]string, error) { return keys, nil }
}

func livingStates(q Query, _ *store.Tx) (keys []string, err error) {
	for _, s := range q.States {
		if !s.Deleted && !s.Triage && s.Group != triage {
			keys = append(keys, s.ID)
		}
	}
	return keys, nil
}

// there reads the ids of what the list's projects have.
func there(from, project string) shown {
	return func(q Query, t *store.Tx) ([]string, error) {
		b := q.builder(t)
		b.text("SELECT DISTINCT " + from + " AND ")
		b.in(project, slices.Concat(q.Scope.Projects, q.Scope.Own))
		return column1(t, b)
	}
}

func orNone(keys shown) shown {
	return func(q Query, t *store.Tx) ([]string, error) {
		list, err := keys(q, t)
		return append(list, None), err
	}
}

// numbered remembers the numbers of the groups of refs.
func (l *level) numbered(r *indexed, g GroupField) func(ref outline.Ref) int32 {
	known := make([]int32, r.names.Len())
	return func(ref outline.Ref) int32 {
		if known[ref] == 0 {
			id := ""
			if ref != 0 {
				id = r.names.ID(ref)
			}
			known[ref] = l.number(g.keyOf(r.q.States, id)) + 1
		}
		return known[ref] - 1
	}
}

func byRef(of func(i *outline.Issue) outline.Ref) form {
	return func(l *level, r *indexed, g GroupField) values {
		number := l.numbered(r, g)
		return func(c *candidate, into []int32) []int32 { return append(into, number(of(c.item))) }
	}
}

func byPriority(l *level, _ *indexed, _ GroupField) values {
	return func(c *candidate, into []int32) []int32 {
		return append(into, l.number(outline.Priorities[min(int(c.item.Priority), len(outline.Priorities)-1)]))
	}
}

func byProject(l *level, _ *indexed, _ GroupField) values {
	return func(c *candidate, into []int32) []int32 { return append(into, l.number(c.outline.Project)) }
}

func byDay(of func(i *outline.Issue) int32) form {
	return func(l *level, _ *indexed, _ GroupField) values {
		known := map[int32]int32{}
		return func(c *candidate, into []int32) []int32 {
			day := of(c.item)
			n, ok := known[day]
			if !ok {
				text := None
				if day != outline.None {
					text = outline.DayText(day)
				}
				n = l.number(text)
				known[day] = n
			}
			return append(into, n)
		}
	}
}

// byLink: without ties a work item is in the group of those without; when all of its ties were taken away it is in
// none. Where it can have one only, it is without once that was taken away.
func byLink(kind outline.Kind, single bool) form {
	return func(l *level, r *indexed, g GroupField) values {
		number := l.numbered(r, g)
		return func(c *candidate, into []int32) []int32 {
			before, any := len(into), false
			for _, t := range c.ties {
				if t.Kind() != kind {
					continue
				}
				any = true
				if !t.Removed() {
					into = append(into, number(t.Ref()))
					if single {
						return into
					}
				}
			}
			if len(into) == before && (!any || single) {
				into = append(into, number(0))
			}
			return into
		}
	}
}
