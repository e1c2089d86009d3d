package store

import (
	"fmt"
	"maps"
	"slices"
)

// seriesColumn is what work items are sorted by in a chart: the key of a column, the name that people see, and what it
// takes to know them.
type seriesColumn struct{ key, name, join string }

// The seriesColumns of charts, by their names on the wire. Plane: utils/build_chart.py
var seriesColumns = map[string]seriesColumn{
	"STATES":       {"i.state_id", "s.name", ""},
	"STATE_GROUPS": {`s."group"`, `s."group"`, ""},
	"LABELS": {"xl.label_id", "l.name",
		" LEFT JOIN issue_labels xl ON xl.issue_id = i.id AND xl.deleted_at IS NULL LEFT JOIN labels l ON l.id = xl.label_id"},
	"ASSIGNEES": {"xa.assignee_id", "a.display_name",
		" LEFT JOIN issue_assignees xa ON xa.issue_id = i.id AND xa.deleted_at IS NULL LEFT JOIN users a ON a.id = xa.assignee_id"},
	"ESTIMATE_POINTS": {"e.key", "e.value", " LEFT JOIN estimate_points e ON e.id = i.estimate_point_id"},
	"CYCLES": {"xc.cycle_id", "c.name",
		" LEFT JOIN cycle_issues xc ON xc.issue_id = i.id AND xc.deleted_at IS NULL LEFT JOIN cycles c ON c.id = xc.cycle_id"},
	"MODULES": {"xm.module_id", "m.name",
		" LEFT JOIN module_issues xm ON xm.issue_id = i.id AND xm.deleted_at IS NULL LEFT JOIN modules m ON m.id = xm.module_id"},
	"PRIORITY":     {"i.priority", "i.priority", ""},
	"START_DATE":   {"i.start_date", "i.start_date", ""},
	"TARGET_DATE":  {"i.target_date", "i.target_date", ""},
	"CREATED_AT":   {"created", "created", ""},
	"COMPLETED_AT": {"completed", "completed", ""},
	"CREATED_BY":   {"i.created_by_id", "o.display_name", " LEFT JOIN users o ON o.id = i.created_by_id"},
}

// ChartSeries are what charts can sort by.
func ChartSeries() []string { return slices.Sorted(maps.Keys(seriesColumns)) }

// IsChartSeries says whether charts can sort by that.
func IsChartSeries(name string) bool { _, ok := seriesColumns[name]; return ok }

func axisOf(t *Tx, name string) seriesColumn {
	a := seriesColumns[name]
	switch name {
	case "CREATED_AT":
		a.key = t.Day("i.created_at")
	case "COMPLETED_AT":
		a.key = t.Day("i.completed_at")
	default:
		a.key, a.name = "CAST("+a.key+" AS TEXT)", "CAST("+a.name+" AS TEXT)"
		return a
	}
	a.name = a.key
	return a
}

// SeriesCount counts the work items of one column of a chart, and of one segment of it if there are any; nil: without.
type SeriesCount struct {
	Key, Name            *string
	Segment, SegmentName *string
	Count                int
}

// BySeries counts work items by an axis and, unless it is empty, by another one within; columns with the most first.
func (p AnalyticsScope) BySeries(t *Tx, x, segment string) ([]SeriesCount, error) {
	if !IsChartSeries(x) || segment != "" && !IsChartSeries(segment) {
		return nil, fmt.Errorf("no such axis: %s, %s", x, segment)
	}
	sql, args := p.issues(t)
	of := axisOf(t, x)
	cols, joins := of.key+", "+of.name, of.join
	within := "CAST(NULL AS TEXT), CAST(NULL AS TEXT)"
	group := cols
	if segment != "" {
		by := axisOf(t, segment)
		within = by.key + ", " + by.name
		group += ", " + within
		if segment != x {
			joins += by.join
		}
	}
	return scanned(t, "count by axis",
		"SELECT "+cols+", "+within+", COUNT(DISTINCT i.id) AS n FROM issues i LEFT JOIN states s ON s.id = i.state_id"+joins+
			` WHERE (s."group" IS NULL OR s."group" <> 'triage') AND `+sql+" GROUP BY "+group+" ORDER BY n DESC, 1", args,
		func(c *SeriesCount) []any {
			return []any{dayText{&c.Key}, dayText{&c.Name}, dayText{&c.Segment}, dayText{&c.SegmentName}, &c.Count}
		})
}

// dayText reads a text that may be a day: the SQLite driver makes times of those.
type dayText struct{ to **string }

// Scan reads text, a day or NULL.
func (d dayText) Scan(src any) error {
	*d.to = nil
	if src == nil {
		return nil
	}
	var day Date
	if err := day.Scan(src); err != nil {
		return err
	}
	s := string(day)
	*d.to = &s
	return nil
}
