package issuelist

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// None is the key of what has no value of the field.
const None = "None"

// GroupField is what a list can be grouped by.
type GroupField struct {
	Name     string
	expr     string
	relation Relation // if the work item can have several values
	known    bool     // its groups are known without the work items
}

var groupFields = map[string]GroupField{
	"state_id":                {expr: "i.state_id", known: true},
	"state__group":            {expr: "i.state_id", known: true},
	"priority":                {expr: "i.priority", known: true},
	"labels__id":              {expr: "label_id", relation: Labels, known: true},
	"assignees__id":           {expr: "assignee_id", relation: Assignees, known: true},
	"issue_module__module_id": {expr: "module_id", relation: Modules, known: true},
	"cycle_id":                {expr: "(SELECT x.cycle_id FROM cycle_issues x WHERE x.issue_id = i.id AND x.deleted_at IS NULL LIMIT 1)", known: true},
	"project_id":              {expr: "i.project_id", known: true},
	"target_date":             {expr: "i.target_date"},
	"start_date":              {expr: "i.start_date"},
	"created_by":              {expr: "i.created_by_id"},
}

// nameless are the fields that the reference can group by but knows no groups of: it counts and shows nothing.
var nameless = map[string]string{"name": "i.name", "parent_id": "i.parent_id", "sequence_id": "i.sequence_id",
	"updated_by": "i.updated_by_id", "estimate_point": "i.estimate_point_id", "is_draft": "i.is_draft",
	"sort_order": "i.sort_order"}

// GroupNames are the wire names of the fields that lists can be grouped by.
func GroupNames() []string {
	names := slices.Collect(maps.Keys(groupFields))
	return slices.Sorted(slices.Values(slices.AppendSeq(names, maps.Keys(nameless))))
}

// ParseGroup finds a field by its wire name; false when lists can't be grouped by it.
func ParseGroup(name string) (GroupField, bool) {
	g, ok := groupFields[name]
	if !ok {
		g.expr, ok = nameless[name]
		g.known = ok
	}
	g.Name = name
	return g, ok
}

// Many says whether a work item can be in several groups of the field.
func (g GroupField) Many() bool { return g.relation.table != "" }

// Group is the part of a list with one value.
type Group struct {
	Key   string
	Total int    // of the whole group, not of this page
	Rows  []*Row // of this page
	Sub   []Group
}

// Board is a page of a grouped list: of every group the work items from one position to another.
type Board struct {
	Groups  []Group
	Total   int  // pairs of a work item and its position in a group, as the reference counts
	Count   int  // those of this page
	Largest int  // how big the biggest group is
	More    bool // some group goes on after this page
}

// Window is the part of every group that a page shows: positions First to Last, counted from 1. It may be empty.
type Window struct{ First, Last int }

func (w Window) has(position int) bool { return position >= w.First && position <= w.Last }

// Board reads a page of the list grouped by one field, or by two.
func (q Query) Board(t *store.Tx, by []GroupField, w Window) (Board, error) {
	s, rows, err := q.grouped(t, by, w)
	if err != nil {
		return Board{}, err
	}
	keys, err := q.groupKeys(t, by[0])
	if err != nil {
		return Board{}, err
	}
	return s.board(keys, rows), nil
}

// grouped puts the list into groups: by its outlines, group by group, or by reading all of it.
func (q Query) grouped(t *store.Tx, by []GroupField, w Window) (*sorting, map[string]*Row, error) {
	s := newSorting(by, w, q)
	found, err := s.fromIndex(t)
	if err != nil {
		return nil, nil, err
	}
	var rows map[string]*Row
	if found {
		rows, err = q.byID(t, s.wanted(), s.ties)
		return s, rows, err
	}
	err = q.OrLoadIndex(t, func() error {
		var done bool
		if rows, done, err = s.slice(t); err == nil && !done {
			rows, err = s.sort(t)
		}
		return err
	})
	return s, rows, err
}

// byID reads rows by their ids. Ties that are known already need not be read; nil if they are not.
func (q Query) byID(t *store.Tx, wanted []string, known map[string]rowLinks) (map[string]*Row, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	b := q.builder(t)
	b.text("SELECT " + columnsBut(b.postgres, q.Description, known != nil) + " FROM issues i WHERE ")
	b.in("i.id", wanted)
	list, err := q.rows(t, b, newScannerBut(q.Description, known != nil), len(wanted))
	if err != nil {
		return nil, err
	}
	hidden, err := q.archivedModules(t, known)
	if err != nil {
		return nil, err
	}
	rows := make(map[string]*Row, len(list))
	for n := range list {
		r := &list[n]
		if known != nil {
			ties := known[r.ID]
			r.CycleID, r.Labels, r.Assignees, r.Modules = ties.cycle, ties.labels, ties.assignees, ties.modules
			r.Modules = slices.DeleteFunc(r.Modules, func(id string) bool { return slices.Contains(hidden, id) })
		}
		rows[r.ID] = r
	}
	return rows, nil
}

// archivedModules are those of the ties that rows don't show.
func (q Query) archivedModules(t *store.Tx, known map[string]rowLinks) ([]string, error) {
	var all []string
	for _, ties := range known {
		all = append(all, ties.modules...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.Sort(all)
	b := q.builder(t)
	b.text("SELECT id FROM modules WHERE archived_at IS NOT NULL AND ")
	b.in("id", slices.Compact(all))
	return column1(t, b)
}

// groupKeys are the groups that are shown even when they are empty.
func (q Query) groupKeys(t *store.Tx, by GroupField) ([]string, error) {
	switch by.Name {
	case "priority":
		return priorities, nil
	case "state__group":
		return stateGroups, nil
	case "state_id":
		var keys []string
		for _, s := range q.States {
			if !s.Deleted && !s.Triage && s.Group != triage {
				keys = append(keys, s.ID)
			}
		}
		return keys, nil
	}
	from, ok := map[string]string{
		"labels__id":              "id FROM labels x WHERE deleted_at IS NULL AND ",
		"issue_module__module_id": "id FROM modules x WHERE deleted_at IS NULL AND ",
		"cycle_id":                "id FROM cycles x WHERE deleted_at IS NULL AND ",
		"assignees__id":           "member_id FROM project_members x WHERE deleted_at IS NULL AND is_active AND ",
		"project_id":              "id AS project_id FROM projects x WHERE deleted_at IS NULL AND ",
	}[by.Name]
	if !ok {
		return nil, nil
	}
	b := q.builder(t)
	b.text("SELECT DISTINCT " + from)
	column := "x.project_id"
	if by.Name == "project_id" {
		column = "x.id"
	}
	b.in(column, slices.Concat(q.Scope.Projects, q.Scope.Own))
	keys, err := column1(t, b)
	if by.Name == "labels__id" || by.Name == "issue_module__module_id" || by.Name == "cycle_id" {
		keys = append(keys, None)
	}
	return keys, err
}

func column1(t *store.Tx, b *builder) ([]string, error) {
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, strings.Clone(key))
	}
	return keys, rows.Err()
}
