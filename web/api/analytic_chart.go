package api

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// ChartQuery says which chart is drawn.
type ChartQuery struct {
	AnalyticsQuery
	Type    *string `query:"type" type:"projects|work-items|custom-work-items"`
	X       *Axis   `query:"x_axis"`
	Segment Axis    `query:"group_by"`
}

// Axis is what a chart sorts by.
type Axis string

// Choices are the axes that there are.
func (Axis) Choices() []string { return store.ChartSeries() }

// ChartBar is a column of the chart of what a workspace holds.
type ChartBar struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Chart is a drawn chart: columns, or the points of a course, and what the keys of their parts mean.
type Chart struct {
	Data   web.AnyOf[[]ChartPoint, []ChartColumn] `json:"data"`
	Schema map[string]string                      `json:"schema"`
}

// ChartColumn is a column: key, name and count, and the counts of its parts by their keys.
type ChartColumn map[string]web.AnyOf[string, int]

func columns(list []ChartColumn) web.AnyOf[[]ChartPoint, []ChartColumn] {
	return web.AnyOf[[]ChartPoint, []ChartColumn]{B: &list}
}

func points(list []ChartPoint) web.AnyOf[[]ChartPoint, []ChartColumn] {
	return web.AnyOf[[]ChartPoint, []ChartColumn]{A: &list}
}

func readChart(c *app.Call, in ChartQuery) (web.AnyOf[[]ChartBar, Chart], error) {
	var out web.AnyOf[[]ChartBar, Chart]
	s, err := in.scope()
	if err != nil {
		return out, err
	}
	s.Cycle, s.Module = "", ""
	if in.Type != nil && *in.Type != "projects" {
		chart, err := drawWork(c, s, in)
		out.B = &chart
		return out, err
	}
	bars, err := analytic.ReadBars(c, s)
	out.A = new(web.Map(bars, func(b analytic.Bar) ChartBar {
		words := strings.Split(b.Key, "_")
		for i, w := range words {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
		return ChartBar{b.Key, strings.Join(words, " "), b.Count}
	}))
	return out, err
}

func readProjectChart(c *app.Call, in ChartQuery) (Chart, error) {
	s, err := in.scope()
	if err != nil {
		return Chart{}, err
	}
	return drawWork(c, s, in)
}

func drawWork(c *app.Call, s analytic.Scope, in ChartQuery) (Chart, error) {
	switch {
	case in.Type != nil && *in.Type == "custom-work-items":
		return drawColumns(c, s, in)
	case in.Type != nil && *in.Type == "work-items":
		return drawCourse(c, s)
	}
	return Chart{}, notOffered("type")
}

func drawColumns(c *app.Call, s analytic.Scope, in ChartQuery) (Chart, error) {
	x, segment := "PRIORITY", string(in.Segment)
	if in.X != nil {
		x = string(*in.X)
	}
	for _, axis := range [][2]string{{"x_axis", x}, {"group_by", segment}} {
		if axis[1] != "" && !store.IsChartSeries(axis[1]) || x == "" {
			return Chart{}, &web.Refusal{Status: http.StatusBadRequest,
				Body: []string{"Invalid " + axis[0] + " field: " + axis[1]}}
		}
	}
	counts, err := analytic.ReadColumns(c, s, x, segment)
	if err != nil {
		return Chart{}, err
	}
	if segment != "" {
		return segmented(counts), nil
	}
	slices.SortFunc(counts, func(a, b store.SeriesCount) int {
		if (a.Key == nil) != (b.Key == nil) {
			return cmp.Compare(boolInt(a.Key == nil), boolInt(b.Key == nil))
		}
		return cmp.Compare(orNone(a.Key, ""), orNone(b.Key, ""))
	})
	return Chart{columns(web.Map(counts, func(n store.SeriesCount) ChartColumn {
		column := newColumn(orNone(n.Key, "None"), n.Name)
		column.add("count", n.Count)
		if number, err := strconv.Atoi(orNone(n.Key, "")); err == nil && x == "ESTIMATE_POINTS" {
			column["key"] = web.AnyOf[string, int]{B: &number}
		}
		return column
	})), map[string]string{}}, nil
}

func newColumn(key string, name *string) ChartColumn {
	label := orNone(name, "None")
	return ChartColumn{"key": {A: &key}, "name": {A: &label}}
}

// add adds to a number of the column.
func (col ChartColumn) add(key string, n int) {
	if before := col[key].B; before != nil {
		n += *before
	}
	col[key] = web.AnyOf[string, int]{B: &n}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func orNone(s *string, none string) string {
	if s == nil || *s == "" {
		return none
	}
	return *s
}

// segmented makes columns of their parts, in the order in which the parts come.
func segmented(counts []store.SeriesCount) Chart {
	list, at, schema := []ChartColumn{}, map[string]ChartColumn{}, map[string]string{}
	for _, n := range counts {
		key := orNone(n.Key, "none")
		column := at[key]
		if column == nil {
			column = newColumn(key, n.Name)
			column.add("count", 0)
			at[key] = column
			list = append(list, column)
		}
		part := orNone(n.Segment, "none")
		schema[part] = orNone(n.SegmentName, "None")
		column.add(part, n.Count)
		column.add("count", n.Count)
	}
	return Chart{columns(list), schema}
}

// ChartPoint is a month, or a day, of a course.
type ChartPoint struct {
	Key       store.Date `json:"key"`
	Name      store.Date `json:"name"`
	Count     int        `json:"count"`
	Completed int        `json:"completed_issues"`
	Created   int        `json:"created_issues"`
}

func drawCourse(c *app.Call, s analytic.Scope) (Chart, error) {
	course, err := analytic.ReadTimeline(c, s)
	if err != nil {
		return Chart{}, err
	}
	if course.Points == nil {
		return Chart{points([]ChartPoint{}), map[string]string{}}, nil
	}
	return Chart{points(web.Map(course.Points, func(n store.TimeCount) ChartPoint {
		p := ChartPoint{Key: n.At, Name: n.At, Count: n.Made, Completed: n.Completed, Created: n.Made}
		if course.Daily { // the reference adds the two up here
			p.Count += n.Completed
		}
		return p
	})), map[string]string{"completed_issues": "completed_issues", "created_issues": "created_issues"}}, nil
}
