package api

import (
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var projectStats = []web.Op{
	web.Do("GET", inWorkspace+"project-stats/", web.Workspace(), 200, "Count what is in each project", readProjectStats),
}

// readProjectStats counts the fields that are asked for, all when none of them is known.
func readProjectStats(c *app.Call, in struct {
	Fields   string `query:"fields" type:"words"`
	Projects string `query:"project_ids" type:"ids"`
}) ([]map[string]web.AnyOf[string, int], error) {
	var ids []string
	if in.Projects != "" {
		ids = strings.Split(in.Projects, ",")
	}
	if err := checkIDs(ids); err != nil {
		return nil, err
	}
	asked := strings.Split(in.Fields, ",")
	names := slices.DeleteFunc(slices.Clone(store.ProjectTotals),
		func(name string) bool { return !slices.Contains(asked, name) })
	if len(names) == 0 {
		names = store.ProjectTotals
	}
	all, err := analytic.ProjectTotals(c, ids, names)
	return web.Map(all, func(p store.CountedTotals) map[string]web.AnyOf[string, int] {
		out := map[string]web.AnyOf[string, int]{"id": {A: &p.ID}}
		for name, n := range p.Totals {
			out[name] = web.AnyOf[string, int]{B: &n}
		}
		return out
	}), err
}
