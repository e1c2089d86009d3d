package v1_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A project has one estimate for programs, whatever the app made.
func TestEstimateOfAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "effort")
		all := newCrowd(t, s, p)
		at := p.base + "estimates/"
		body := map[string]any{"name": "Effort", "type": "points", "last_used": true, "external_id": "1",
			"external_source": "j"}
		walk(t, []step{
			{p.key, "GET", at, nil, 404, `{"error":"Estimate not found"}`},
			{p.key, "PATCH", at, map[string]any{"name": "x"}, 404, `{"error":"Estimate not found"}`},
			{p.key, "DELETE", at, nil, 404, `{"error":"Estimate not found"}`},
			{p.key, "POST", at, map[string]any{}, 400, `{"name":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"name": "", "type": "hours"}, 400, `"type":["\"hours\" is not a valid choice."]`},
			{p.key, "POST", at, map[string]any{"name": strings.Repeat("n", 256)}, 400, `{"name":["Ensure`},
			{all.guest, "POST", at, body, 403, ""}, {all.outsider, "POST", at, body, 403, ""},
		})
		made := all.member.Must("POST", at, body)
		for key, want := range map[string]any{"name": "Effort", "description": "", "type": "points", "last_used": true,
			"external_id": "1", "external_source": "j", "project": p.project(), "deleted_at": nil} {
			if got := made.At(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		walk(t, []step{
			{p.key, "POST", at, map[string]any{"name": "B"}, 409,
				`{"error":"An estimate already exists for this project","id":"` + made.ID() + `"}`},
			{all.guest, "GET", at, nil, 200, made.ID()}, {all.outsider, "GET", at, nil, 403, ""},
			{p.key, "PATCH", at, map[string]any{"type": "time", "description": "d"}, 200, `"description":"d","type":"points"`},
			{p.key, "PATCH", at, map[string]any{}, 200, made.ID()},
			{p.key, "PATCH", at, map[string]any{"name": nil}, 400, `{"name":["This field may not be null."]}`},
			{all.guest, "PATCH", at, map[string]any{"name": "x"}, 403, ""}, {all.guest, "DELETE", at, nil, 403, ""},
		})
		used := p.person.Must("POST", appPath(at), map[string]any{"estimate": map[string]any{"name": "Used"},
			"estimate_points": []any{map[string]any{"key": 0, "value": "S"}}})
		p.key.Must("PATCH", p.base, map[string]any{"estimate": used.ID()})
		walk(t, []step{
			{p.key, "GET", at, nil, 200, `"name":"Used"`}, // that in use
			{p.key, "PATCH", at, map[string]any{"name": "Effort"}, 400, `{"name":["Another estimate of this project has this name."]}`},
			{p.key, "DELETE", at, nil, 204, ""},
			{p.key, "GET", p.base, nil, 200, `"estimate":null`},
			{p.key, "GET", at, nil, 200, made.ID()},
			{p.key, "DELETE", at, nil, 204, ""},
			{p.key, "GET", at, nil, 404, ""},
			{p.key, "POST", at, map[string]any{"name": "Effort"}, 201, `"type":"categories"`},
		})
	})
}

// Points are added all or none, and what is wrong with one is told in its place.
func TestPointsOfAnEstimate(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "points"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		id := p.key.Must("POST", p.base+"estimates/", map[string]any{"name": "E"}).ID()
		at := p.base + "estimates/" + id + "/estimate-points/"
		point := func(value string) any { return map[string]any{"value": value} }
		foreign := other.key.Must("POST", other.base+"estimates/", map[string]any{"name": "E"}).ID()
		many := make([]any, 101)
		for i := range many {
			many[i] = point("1")
		}
		walk(t, []step{
			{p.key, "GET", at, nil, 200, "[]"},
			{p.key, "POST", at, []any{}, 400, `{"error":"Estimate points are required"}`},
			{p.key, "POST", at, map[string]any{}, 400, `{"error":"Estimate points are required"}`},
			{p.key, "POST", at, map[string]any{"estimate_points": nil}, 400, `"estimate_points":`},
			{p.key, "POST", at, "{", 400, ""}, {p.key, "POST", at, "7", 400, ""}, {p.key, "POST", at, nil, 400, ""},
			{p.key, "POST", at, []any{point("1"), 7}, 400, `[{},{"non_field_errors":`},
			{p.key, "POST", at, []any{point("1"), point(strings.Repeat("9", 21))}, 400,
				`[{},{"non_field_errors":["Value can't be more than 20 characters"]}]`},
			{p.key, "POST", at, []any{map[string]any{"key": 1}}, 400, `[{"value":["This field is required."]}]`},
			{p.key, "POST", at, many, 400, "no more than 100 elements"},
			{p.key, "GET", at, nil, 200, "[]"},
			{all.guest, "POST", at, []any{point("1")}, 403, ""},
			{p.key, "POST", p.base + "estimates/" + foreign + "/estimate-points/", []any{point("1")}, 404, `{"error":"Estimate not found"}`},
			{p.key, "GET", p.base + "estimates/" + foreign + "/estimate-points/", nil, 404, `{"error":"Estimate not found"}`},
		})
		first := rows(p.key.Must("POST", at, []any{
			map[string]any{"value": "1", "key": 0, "description": "Tiny", "external_id": "a", "external_source": "s"},
			point("2")}))
		second := rows(p.key.Must("POST", at, map[string]any{"estimate_points": []any{point("3")}}))
		var keys []any
		for _, row := range append(first, second...) {
			keys = append(keys, row["key"])
		}
		if d := cmp.Diff([]any{0.0, 1.0, 2.0}, keys); d != "" || first[0]["external_id"] != "a" {
			t.Errorf("keys (-want +got):\n%s of %v", d, first)
		}
		middle := at + first[1]["id"].(string) + "/"
		item := p.item(map[string]any{"name": "i"})
		p.key.Must("PATCH", p.base, map[string]any{"estimate": id})
		p.person.Must("PATCH", appPath(p.base)+"issues/"+item+"/", map[string]any{"estimate_point": first[1]["id"]})
		walk(t, []step{
			{p.key, "PATCH", middle, map[string]any{"value": "two", "description": "d"}, 200, `"key":1,"description":"d","value":"two"`},
			{p.key, "PATCH", middle, map[string]any{}, 200, `"value":"two"`},
			{p.key, "PATCH", middle, map[string]any{"value": strings.Repeat("9", 21)}, 400, "Value can't be more than"},
			{p.key, "PATCH", middle, map[string]any{"key": -1}, 400, `{"key":["Ensure`},
			{p.key, "PATCH", middle, map[string]any{"external_id": "a", "external_source": "s"}, 409, middle[len(at) : len(at)+36]},
			{p.key, "PATCH", at + store.NewID() + "/", map[string]any{"value": "x"}, 404, `{"error":"Estimate point not found"}`},
			{p.key, "DELETE", at + store.NewID() + "/", nil, 404, `{"error":"Estimate point not found"}`},
			{all.guest, "PATCH", middle, map[string]any{"value": "x"}, 403, ""}, {all.guest, "DELETE", middle, nil, 403, ""},
			{all.member, "DELETE", middle, nil, 204, ""},
			{p.key, "GET", p.base + "work-items/" + item + "/", nil, 200, `"estimate_point":null`},
		})
		left := rows(p.key.Must("GET", at, nil))
		if len(left) != 2 || left[0]["key"] != 0.0 || left[1]["key"] != 1.0 || left[1]["value"] != "3" {
			t.Errorf("the points that are left: %v", left)
		}
	})
}

// rows are those of a list without an envelope.
func rows(a webtest.Answer) (all []map[string]any) {
	for _, row := range a.JSON().([]any) {
		all = append(all, row.(map[string]any))
	}
	return all
}
