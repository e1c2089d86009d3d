package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// An estimate comes with its points or not at all: a refusal leaves none behind, and none is changed by halves.
func TestEstimatesAreWrittenWhole(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		point := func(key int, value string) any { return map[string]any{"key": key, "value": value} }
		with := func(points ...any) any {
			return map[string]any{"estimate": map[string]any{"name": "E", "type": "points"},
				"estimate_points": append([]any{}, points...)}
		}
		long := "123456789012345678901"
		play(t, g.at, []step{
			{g.cid, "POST estimates/", map[string]any{"estimate": map[string]any{"name": "E"}}, 400, "No data provided"},
			{g.cid, "POST estimates/", with(point(1, "1"), point(2, long)), 400, "Value can't be more than 20 characters"},
			{g.cid, "POST estimates/", with(point(1, "1"), map[string]any{"key": 2}), 400, `[{},{"value":`},
			{g.cid, "POST estimates/", with(point(-1, "1")), 400, "greater than or equal to 0"},
			{g.dan, "POST estimates/", with(point(1, "1")), 403, ""},
		}...)
		if left := g.ann.Must("GET", g.at+"estimates/", nil).JSON().([]any); len(left) != 0 {
			t.Errorf("what was refused has left %v", left)
		}
		made := g.cid.Must("POST", g.at+"estimates/", with(point(1, "1"), point(2, "2")))
		points := made.At("points").([]any)
		if len(points) != 2 {
			t.Fatalf("the estimate has the points %v", points)
		}
		first, second := points[0].(map[string]any)["id"].(string), points[1].(map[string]any)["id"].(string)
		one := "estimates/" + made.ID() + "/"
		g.ann.Must("PATCH", g.at, map[string]any{"estimate": made.ID()})
		item := g.item(map[string]any{"estimate_point": second})
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		play(t, g.at, []step{
			{g.ann, "POST " + other + "issues/", map[string]any{"name": "i", "estimate_point": first}, 400,
				"Estimate point is not valid"},
			{g.ann, "GET " + other + one, nil, 404, ""},
			{g.ann, "DELETE " + other + one, nil, 404, ""},
			{g.cid, "PATCH " + one, map[string]any{"estimate_points": []any{}}, 400, "Estimate points are required"},
			{g.cid, "PATCH " + one, map[string]any{"estimate": map[string]any{"name": "F"}, "estimate_points": []any{
				map[string]any{"id": first, "value": "one"}, map[string]any{"id": unknownID, "value": "x"}}}, 200, `"name":"F"`},
			{g.dan, "GET " + one, nil, 200, `"value":"one"`},
			{g.dan, "DELETE " + one, nil, 403, ""},
			{g.cid, "DELETE " + one, nil, 204, ""},
			{g.cid, "GET " + one, nil, 404, ""},
			{g.ann, "GET issues/" + item + "/", nil, 200, `"estimate_point":null`},
		}...)
		if got := g.ann.Must("GET", g.at, nil).At("estimate"); got != nil {
			t.Errorf("the project still counts by %v", got)
		}
	})
}
