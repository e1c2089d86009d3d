package routes_test

import (
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// long is what each parameter of a query is given: as much as an address of 60 KiB can hold.
var long = map[string]string{
	"a thousand words":    strings.Repeat("word ", 1000),
	"short words":         strings.Repeat("a ", 8000),
	"one word":            strings.Repeat("w", 55_000),
	"per cents":           strings.Repeat("%", 15_000),
	"commas":              strings.Repeat(",", 15_000),
	"ids":                 strings.Repeat(store.NewID()+",", 1200) + store.NewID(),
	"names":               strings.Repeat("state,", 8000) + "name",
	"days":                strings.Repeat("2026-05-01;after,", 2000) + "2026-05-01",
	"numbers":             strings.Repeat("7 ", 8000),
	"conditions":          `{"and":[` + strings.Repeat(`{"priority":"high"},`, 1500) + `{"priority":"low"}]}`,
	"other conditions":    `{"or":[` + strings.Repeat(`{"name__icontains":"a"},`, 1300) + `{"priority":"low"}]}`,
	"conditions in a row": `{` + strings.Repeat(`"priority":"high",`, 1800) + `"state_group":"backlog"}`,
	"brackets":            strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
}

// everywhere are parameters that lists read without declaring them.
var everywhere = []string{"search", "query", "order_by", "group_by", "sub_group_by", "fields", "expand", "filters",
	"state", "labels", "assignees", "name", "created_at", "target_date", "priority", "project", "cycle", "issues",
	"cursor", "per_page", "type", "x_axis", "query_type", "project_ids", "estimate_point"}

// declaredParameters are those that an operation's input names.
func declaredParameters(in reflect.Type) (names []string) {
	if in.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(in) {
			if name := f.Tag.Get("query"); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// What a parameter holds, and however long it is, is never the server's fault. Every operation gets each parameter with
// one of the values, the next operation with the next value; what searches or filters gets all of them.
func TestLongParametersAreNoFault(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		e := newEdge(t, s)
		kinds := slices.Sorted(maps.Keys(long))
		turn := 0
		for _, op := range e.ops {
			if op.Method != http.MethodGet {
				continue
			}
			path := e.place.path(op.Path)
			declared := declaredParameters(op.In)
			names := slices.Compact(slices.Sorted(slices.Values(slices.Concat(everywhere, declared))))
			for n, name := range names {
				some := kinds[(turn+n)%len(kinds):][:1]
				if (name == "search" || name == "query") && slices.Contains(declared, name) {
					some = kinds
				}
				for _, kind := range some {
					q := url.Values{"query_type": {"issue,cycle,module,page,project,user_mention"}, "workspace_search": {"true"}}
					q.Set(name, long[kind])
					e.send(op.Method, path, q.Encode(), "", nil)
				}
			}
			turn++
		}
		for kind, value := range long { // the engine of all lists
			for _, name := range everywhere {
				for _, path := range []string{projectPath + "issues/", v1Project + "work-items/",
					"/api/public/anchor/{anchor}/issues/"} {
					if e.send(http.MethodGet, e.place.path(path), url.Values{name: {value}}.Encode(), "", nil) >= 500 {
						t.Errorf("%s as %s", kind, name)
					}
				}
			}
		}
	})
}

// A plan over all the years that there are has a chart that fits on a screen, and all of its work items are in it.
func TestChartsDoNotGrowWithTheCalendar(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		owner := s.User("owner")
		p := furnish(t, s, owner)
		project := p.path(projectPath)
		cycle := owner.Must("POST", project+"cycles/", map[string]any{"name": "for ever", "project_id": p.project.ID,
			"start_date": "0001-01-02", "end_date": "9999-12-30"}).ID()
		module := owner.Must("POST", project+"modules/",
			map[string]any{"name": "for ever", "start_date": "0001-01-02", "target_date": "9999-12-30"}).ID()
		item := owner.Must("POST", project+"issues/", map[string]any{"name": "done"}).ID()
		states := owner.Must("GET", project+"states/", nil).JSON().([]any)
		for _, state := range states {
			if st := state.(map[string]any); st["group"] == "completed" {
				owner.Must("PATCH", project+"issues/"+item+"/", map[string]any{"state_id": st["id"]})
			}
		}
		owner.Must("POST", project+"cycles/"+cycle+"/cycle-issues/", map[string]any{"issues": []string{item}})
		owner.Must("POST", project+"modules/"+module+"/issues/", map[string]any{"issues": []string{item}})
		for path, chart := range map[string]string{"cycles/" + cycle + "/analytics/?type=issues": "completion_chart",
			"modules/" + module + "/":                                       "distribution.completion_chart",
			"advance-analytics-charts/?type=work-items&cycle_id=" + cycle:   "",
			"advance-analytics-charts/?type=work-items&module_id=" + module: ""} {
			a := owner.Must("GET", project+path, nil)
			if len(a.Raw) > 300_000 {
				t.Errorf("%s: %d bytes", path, len(a.Raw))
			}
			if chart == "" {
				continue
			}
			points, _ := a.At(chart).(map[string]any)
			if points["0001-01-02"] != 1.0 || len(points) < 100 {
				t.Errorf("%s: %d points, the first is %v", path, len(points), points["0001-01-02"])
			}
			last := 1.0
			for day, left := range points {
				if left != nil && day > "2100" {
					t.Errorf("%s: %v left on %s", path, left, day)
				} else if left != nil {
					last = min(last, left.(float64))
				}
			}
			if last != 1 && last != 0 {
				t.Errorf("%s: %v left", path, last)
			}
		}
	})
}
