package analytic

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// ChartQuery is what a figure is asked for: an axis, what is measured along it, segments within if any, and filters.
type ChartQuery struct {
	X       string        `json:"x"`
	Y       string        `json:"y"`
	Segment string        `json:"segment,omitempty"`
	Filters filter.Params `json:"filters,omitempty"`
}

// ByEstimate is the measure that adds estimates up; ByCount counts work items.
const (
	ByEstimate = "estimate"
	ByCount    = "issue_count"
)

// Check refuses what there is no figure of. Plane: app/views/analytic/base.py
func (a ChartQuery) Check() error {
	if !store.IsDimension(a.X) || a.Y != ByCount && a.Y != ByEstimate {
		return app.Refuse(app.Invalid, "x-axis and y-axis dimensions are required and the values should be valid")
	}
	if a.Segment != "" && (!store.IsDimension(a.Segment) || a.Segment == a.X) {
		return app.Refuse(app.Invalid, "Both segment and x axis cannot be same and segment should be valid")
	}
	return nil
}

// Part is what of a column belongs to one segment; a column without segments has one part.
type Part struct {
	Segment  *string
	Count    int
	Estimate *float64
}

// Column is what has one value of the axis.
type Column struct {
	Key   string
	Parts []Part
}

// Chart is a drawn figure. What stands for ids along its axes is among the details: nil where no axis asks for it.
type Chart struct {
	Total   int
	Columns []Column
	Details
}

// Details are the rows that the ids along a figure's axes stand for, by id.
type Details struct {
	States  []*store.State
	Labels  []*store.Label
	People  []*store.User
	Cycles  []*store.Cycle
	Modules []*store.Module
}

// work is what figures are of: the work items of the call's workspace that fit. The reference counts the whole
// workspace; here projects that are secret count only for those who may see them.
func work(c *app.Call, t *store.Tx, filters filter.Params) (store.IssueSelection, issuelist.All, error) {
	all, err := filter.Read(c, filters)
	if err != nil {
		return store.IssueSelection{}, nil, err
	}
	where := dbx.HashExp{"workspace_id": c.Workspace.ID, "archived_at": nil}
	seen := store.ProjectsVisibleTo(c.UserID(), int(c.Access.Workspace))
	projects, err := store.Projects.List(t, dbx.And(where, seen), "id")
	if err != nil {
		return store.IssueSelection{}, nil, err
	}
	scope := issuelist.Scope{Workspace: c.Workspace.ID, User: c.UserID()}
	for _, p := range projects {
		if c.SeesOwnOnly(p.ID) {
			scope.Own = append(scope.Own, p.ID)
		} else {
			scope.Projects = append(scope.Projects, p.ID)
		}
	}
	states, err := issuelist.ReadStates(t, slices.Concat(scope.Projects, scope.Own))
	if err != nil {
		return store.IssueSelection{}, nil, err
	}
	return issuelist.Condition(t, scope, states, all), all, nil
}

// tied says which dimension shows which ties.
var tied = map[string]issuelist.Relation{
	"labels__id": issuelist.Labels, "assignees__id": issuelist.Assignees,
	"issue_cycle__cycle_id": issuelist.Cycles, "issue_module__module_id": issuelist.Modules,
}

// dimensionOf is a dimension; of ties that are filtered by only those that were asked for show.
func dimensionOf(name string, all issuelist.All) store.Dimension {
	a := store.Dimension{Name: name}
	relation, ok := tied[name]
	for _, f := range all {
		if has, is := f.(issuelist.Has); ok && is && has.Relation == relation {
			a.Only = has.Values
		}
	}
	return a
}

// DrawChart draws a figure; the caller has checked what is asked. Without details it only counts.
func DrawChart(c *app.Call, a ChartQuery, details bool) (*Chart, error) {
	t := c.Read()
	w, all, err := work(c, t, a.Filters)
	if err != nil {
		return nil, err
	}
	f := &Chart{}
	if f.Total, err = w.Count(t); err != nil {
		return nil, err
	}
	parts, err := w.Chart(t, dimensionOf(a.X, all), dimensionOf(a.Segment, all))
	if err != nil {
		return nil, err
	}
	f.columns(a, parts)
	if !details {
		return f, nil
	}
	for _, name := range []string{a.X, a.Segment} {
		if err := f.describe(t, w, dimensionOf(name, all)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// priorities are in the order in which figures show them.
var priorities = []string{"low", "medium", "high", "urgent", "none"}

func (f *Chart) columns(a ChartQuery, parts []store.ChartPart) {
	for _, p := range parts {
		key, segment := month(a.X, p.Key), p.Segment
		if key == nil {
			continue // what has no value has no column
		}
		if a.Segment != "" {
			segment = month(a.Segment, segment)
		}
		if n := len(f.Columns); n == 0 || f.Columns[n-1].Key != *key {
			f.Columns = append(f.Columns, Column{Key: *key})
		}
		column := &f.Columns[len(f.Columns)-1]
		column.Parts = append(column.Parts, Part{segment, p.Count, p.Estimate})
	}
	slices.SortStableFunc(f.Columns, func(x, y Column) int {
		if a.X == "priority" {
			return cmp.Compare(slices.Index(priorities, x.Key), slices.Index(priorities, y.Key))
		}
		if (x.Key == "none") != (y.Key == "none") {
			return cmp.Compare(slices.Index([]string{"none"}, x.Key), slices.Index([]string{"none"}, y.Key))
		}
		return strings.Compare(x.Key, y.Key)
	})
}

// month is what a month is called, 2019-3 or, without a date, -; other values are their own names.
func month(dimension string, key *string) *string {
	if !store.IsMonths(dimension) {
		return key
	}
	name := "-"
	if key != nil && len(*key) >= len("2019-03") {
		name = (*key)[:5] + strings.TrimPrefix((*key)[5:7], "0")
	}
	return &name
}

// describe reads what the ids of a dimension stand for.
func (f *Chart) describe(t *store.Tx, w store.IssueSelection, a store.Dimension) error {
	var err error
	switch a.Name {
	case "state_id":
		f.States, err = rows(t, w, a, store.States)
	case "labels__id":
		f.Labels, err = rows(t, w, a, store.Labels)
	case "assignees__id":
		f.People, err = rows(t, w, a, store.Users)
	case "issue_cycle__cycle_id":
		f.Cycles, err = rows(t, w, a, store.Cycles)
	case "issue_module__module_id":
		f.Modules, err = rows(t, w, a, store.Modules)
	}
	return err
}

func rows[T any](t *store.Tx, w store.IssueSelection, a store.Dimension, table store.Table[T]) ([]*T, error) {
	ids, err := w.Values(t, a)
	if err != nil {
		return nil, err
	}
	byID, err := table.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	list := []*T{}
	for _, id := range ids {
		if row := byID[id]; row != nil {
			list = append(list, row)
		}
	}
	return list, nil
}
