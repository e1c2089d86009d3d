package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// IssueSelection is which work items, as i, a figure is of: a condition with ? placeholders (see issuelist.Condition).
type IssueSelection struct {
	Where string
	Args  []any
}

// Count counts the work items.
func (w IssueSelection) Count(t *Tx) (n int, err error) {
	if err = t.One("SELECT COUNT(*) FROM issues i WHERE "+w.Where, w.Args, &n); err != nil {
		return 0, fmt.Errorf("count work items: %w", err)
	}
	return n, nil
}

// dimensionColumn is what a figure can be along: a column, and what it takes to know it.
type dimensionColumn struct {
	key, join string
	month     bool // the first day of one
}

// The dimensionColumns, by their names on the wire. Plane: utils/analytics_plot.py
var dimensionColumns = map[string]dimensionColumn{
	"priority":              {key: "i.priority"},
	"state_id":              {key: "i.state_id"},
	"state__group":          {key: `fs."group"`, join: " LEFT JOIN states fs ON fs.id = i.state_id"},
	"estimate_point__value": {key: "fe.value"},
	"labels__id": {key: "fl.label_id",
		join: " LEFT JOIN issue_labels fl ON fl.issue_id = i.id AND fl.deleted_at IS NULL"},
	"assignees__id": {key: "fa.assignee_id",
		join: " LEFT JOIN issue_assignees fa ON fa.issue_id = i.id AND fa.deleted_at IS NULL"},
	"issue_cycle__cycle_id": {key: "fc.cycle_id",
		join: " LEFT JOIN cycle_issues fc ON fc.issue_id = i.id AND fc.deleted_at IS NULL"},
	"issue_module__module_id": {key: "fm.module_id",
		join: " LEFT JOIN module_issues fm ON fm.issue_id = i.id AND fm.deleted_at IS NULL"},
	"start_date":   {key: "i.start_date", month: true},
	"target_date":  {key: "i.target_date", month: true},
	"created_at":   {key: "i.created_at", month: true},
	"completed_at": {key: "i.completed_at", month: true},
}

// Dimensions are what figures can be along.
func Dimensions() []string { return slices.Sorted(maps.Keys(dimensionColumns)) }

// IsDimension says whether figures can be along that.
func IsDimension(name string) bool { _, ok := dimensionColumns[name]; return ok }

// IsMonths says whether a dimension is of months.
func IsMonths(name string) bool { return dimensionColumns[name].month }

// Dimension is a dimension of a figure; Only, unless it is nil, leaves out what is not among the values.
type Dimension struct {
	Name string
	Only []string
}

func dimensionOf(t *Tx, a Dimension) (key, join, where string, args []any) {
	d := dimensionColumns[a.Name]
	key = d.key
	switch {
	case a.Name == "created_at", a.Name == "completed_at":
		key = t.Month(key)
	case d.month && t.Postgres():
		key = "TO_CHAR(" + key + ", 'YYYY-MM-01')"
	case d.month:
		key = "SUBSTR(" + key + ", 1, 7) || '-01'"
	}
	if a.Only != nil {
		in, ids := t.In(d.key, a.Only)
		where, args = " AND "+in, []any{ids}
	}
	return "CAST(" + key + " AS TEXT)", d.join, where, args
}

// ChartPart counts the work items that have one value along a dimension, and one along the other if there is one.
type ChartPart struct {
	Key, Segment *string
	Count        int
	Estimate     *float64 // the sum of the estimates that are numbers; nil: there are none
}

// Chart counts along one dimension and, unless its name is empty, along another one within.
func (w IssueSelection) Chart(t *Tx, x, segment Dimension) ([]ChartPart, error) {
	if !IsDimension(x.Name) || segment.Name != "" && !IsDimension(segment.Name) {
		return nil, fmt.Errorf("no such dimension: %s, %s", x.Name, segment.Name)
	}
	key, join, where, only := dimensionOf(t, x)
	within := "CAST(NULL AS TEXT)"
	if segment.Name != "" {
		var more, rest string
		var args []any
		within, more, rest, args = dimensionOf(t, segment)
		join, where, only = join+more, where+rest, append(only, args...)
	}
	type counted struct {
		ChartPart
		value *string
	}
	rows, err := scanned(t, "count a figure",
		"SELECT "+key+", "+within+
			", fe.value, COUNT(DISTINCT i.id) FROM issues i LEFT JOIN estimate_points fe ON fe.id = i.estimate_point_id"+
			join+" WHERE "+w.Where+where+" GROUP BY 1, 2, 3 ORDER BY 1, 2 NULLS LAST, 3",
		append(append([]any{}, w.Args...),
			only...), func(c *counted) []any { return []any{dayText{&c.Key}, dayText{&c.Segment}, &c.value, &c.Count} })
	if err != nil {
		return nil, err
	}
	var parts []ChartPart
	for _, r := range rows {
		if n := len(parts); n == 0 || !same(parts[n-1].Key, r.Key) || !same(parts[n-1].Segment, r.Segment) {
			parts = append(parts, ChartPart{Key: r.Key, Segment: r.Segment})
		}
		parts[len(parts)-1].add(r.Count, r.value)
	}
	return parts, nil
}

func (p *ChartPart) add(count int, value *string) {
	p.Count += count
	if value == nil {
		return
	}
	size, err := strconv.ParseFloat(*value, 64)
	if err != nil { // categories have no sum
		return
	}
	if p.Estimate == nil {
		p.Estimate = new(float64)
	}
	*p.Estimate += size * float64(count)
}

func same(a, b *string) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// Values returns what the work items have along a dimension of ids.
func (w IssueSelection) Values(t *Tx, a Dimension) ([]string, error) {
	key, join, where, only := dimensionOf(t, a)
	rows, err := scanned(t, "values of a figure",
		"SELECT DISTINCT "+key+" FROM issues i"+join+" WHERE "+w.Where+where+" AND "+dimensionColumns[a.Name].key+
			" IS NOT NULL ORDER BY 1", append(append([]any{}, w.Args...), only...), func(id *string) []any { return []any{id} })
	return rows, err
}
