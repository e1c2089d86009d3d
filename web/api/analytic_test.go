package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// parts are how many work items a figure has in each column.
func parts(a webtest.Answer, measure string) map[string]any {
	out := map[string]any{}
	columns, _ := a.At("distribution").(map[string]any)
	for key, column := range columns {
		for _, p := range column.([]any) {
			part := p.(map[string]any)
			name := key
			if s, ok := part["segment"]; ok {
				text, _ := s.(string)
				name += "/" + text
			}
			out[name] = part[measure]
		}
	}
	return out
}

func TestFigures(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "network": 2}).ID() +
			"/"
		secret := wsProjects + ann.Must("POST", wsProjects,
			map[string]any{"name": "S", "identifier": "S", "network": 0}).ID() + "/"
		estimate := ann.Must("POST", at+"estimates/",
			map[string]any{"estimate": map[string]any{"name": "E", "type": "points"},
				"estimate_points": []map[string]any{{"key": 1, "value": "1.5"}, {"key": 2, "value": "large"}}})
		points := map[string]any{}
		for _, p := range estimate.At("points").([]any) {
			points[p.(map[string]any)["value"].(string)] = p.(map[string]any)["id"]
		}
		bug := ann.Must("POST", at+"issue-labels/", map[string]any{"name": "Bug"}).ID()
		big := ann.Must("POST", at+"issue-labels/", map[string]any{"name": "Big"}).ID()
		for _, body := range []map[string]any{
			{"name": "A", "priority": "high", "label_ids": []string{bug, big}, "estimate_point": points["1.5"],
				"target_date": "2019-10-31"},
			{"name": "B", "priority": "high", "label_ids": []string{bug}, "estimate_point": points["1.5"],
				"target_date": "2019-02-01"},
			{"name": "C", "priority": "low", "estimate_point": points["large"]},
		} {
			ann.Must("POST", at+"issues/", body)
		}
		gone := ann.Must("POST", at+"issues/", map[string]any{"name": "D", "priority": "urgent"}).ID()
		ann.Must("DELETE", at+"issues/"+gone+"/", nil)
		ann.Must("POST", secret+"issues/", map[string]any{"name": "Hush", "priority": "medium"})

		here := "/api/workspaces/ws/analytics/"
		for _, c := range []struct {
			who   *webtest.Client
			query string
			want  map[string]any
		}{
			{ann, "?x_axis=priority&y_axis=issue_count", map[string]any{"low": 1.0, "medium": 1.0, "high": 2.0}},
			{bob, "?x_axis=priority&y_axis=issue_count", map[string]any{"low": 1.0, "high": 2.0}},
			{bob, "?x_axis=target_date&y_axis=issue_count", map[string]any{"-": 1.0, "2019-2": 1.0, "2019-10": 1.0}},
			{bob, "?x_axis=labels__id&y_axis=issue_count", map[string]any{bug: 2.0, big: 1.0}},
			{bob, "?x_axis=labels__id&y_axis=issue_count&labels=" + big, map[string]any{big: 1.0}},
			{bob, "?x_axis=labels__id&y_axis=issue_count&segment=priority",
				map[string]any{bug + "/high": 2.0, big + "/high": 1.0}},
			{bob, "?x_axis=priority&y_axis=issue_count&segment=labels__id",
				map[string]any{"low/": 1.0, "high/" + bug: 2.0, "high/" + big: 1.0}},
			{bob, "?x_axis=priority&y_axis=estimate", map[string]any{"low": nil, "high": 3.0}},
			{bob, "?x_axis=priority&y_axis=issue_count&target_date=2019-01-01;after,2019-03-01;before",
				map[string]any{"high": 1.0}},
			{bob, "?x_axis=priority&y_axis=issue_count&labels=" + bug + "," + big, map[string]any{"high": 2.0}},
			{bob, "?x_axis=issue_cycle__cycle_id&y_axis=issue_count", map[string]any{}},
		} {
			measure := "count"
			if c.query == "?x_axis=priority&y_axis=estimate" {
				measure = "estimate"
			}
			if diff := cmp.Diff(c.want, parts(c.who.Must("GET", here+c.query, nil), measure)); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", c.query, c.who.User.DisplayName, diff)
			}
		}
		for _, query := range []string{"", "?x_axis=priority", "?x_axis=i.id&y_axis=issue_count",
			"?x_axis=priority&y_axis=count", "?x_axis=priority&y_axis=issue_count&segment=priority",
			"?x_axis=priority&y_axis=issue_count&segment=x", "?x_axis=priority&y_axis=issue_count&estimate_point=x"} {
			if a := ann.Do("GET", here+query, nil); a.Status != 400 {
				t.Errorf("%s: %d %s", query, a.Status, a.Raw)
			}
		}
		for who, want := range map[*webtest.Client]float64{ann: 4, bob: 3} {
			if got := who.Must("GET", "/api/workspaces/ws/default-analytics/", nil).At("total_issues"); got != want {
				t.Errorf("%s sums %v work items up, want %v", who.User.DisplayName, got, want)
			}
		}
	})
}

func TestSavedFigures(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob, eve := s.User("ann"), s.User("bob"), s.User("eve")
		workspace(t, s, ann, bob)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		ann.Must("POST", at+"issues/", map[string]any{"name": "A", "priority": "high"})
		ann.Must("POST", at+"issues/", map[string]any{"name": "B", "priority": "low"})
		here := "/api/workspaces/ws/analytic-view/"
		one := ann.Must("POST", here, map[string]any{"name": "High", "query": map[string]any{"a": 1},
			"query_dict": map[string]any{"x_axis": "priority", "y_axis": "issue_count", "priority": []string{"high"},
				"labels": []string{}}})
		if diff := cmp.Diff(map[string]any{"priority__in": []any{"high"}, "label_issue__deleted_at__isnull": true},
			one.At("query")); diff != "" {
			t.Errorf("what is kept of the filters (-want +got):\n%s", diff)
		}
		draw := "/api/workspaces/ws/saved-analytic-view/" + one.ID() + "/"
		if diff := cmp.Diff(map[string]any{"high": 1.0}, parts(ann.Must("GET", draw, nil), "count")); diff != "" {
			t.Errorf("drawn (-want +got):\n%s", diff)
		}
		if a := bob.Do("PATCH", here+one.ID()+"/", map[string]any{"name": "Taken"}); a.Status != 404 {
			t.Errorf("somebody else changes it: %d %s", a.Status, a.Raw)
		}
		if a := ann.Must("PATCH", here+one.ID()+"/", map[string]any{"name": "All"}); a.At("name") != "All" ||
			len(a.At("query").(map[string]any)) != 0 {
			t.Errorf("changed: %s", a.Raw)
		}
		if diff := cmp.Diff(map[string]any{"high": 1.0, "low": 1.0}, parts(ann.Must("GET", draw, nil), "count")); diff != "" {
			t.Errorf("drawn after a change (-want +got):\n%s", diff)
		}
		for _, path := range []string{here, here + one.ID() + "/", draw} {
			if a := eve.Do("GET", path, nil); a.Status != 403 {
				t.Errorf("%s for somebody from outside: %d", path, a.Status)
			}
		}
		for _, body := range []any{map[string]any{}, map[string]any{"name": ""}, map[string]any{"name": nil}} {
			if a := ann.Do("POST", here, body); a.Status != 400 || a.At("name") == nil {
				t.Errorf("%v: %d %s", body, a.Status, a.Raw)
			}
		}
		bare := ann.Must("POST", here, map[string]any{"name": "Bare", "query_dict": "text"}).ID()
		if a := ann.Do("GET", "/api/workspaces/ws/saved-analytic-view/"+bare+"/", nil); a.Status != 400 {
			t.Errorf("a figure without axes: %d %s", a.Status, a.Raw)
		}
		ann.Must("DELETE", here+one.ID()+"/", nil)
		if a := ann.Do("GET", draw, nil); a.Status != 404 {
			t.Errorf("a deleted figure: %d %s", a.Status, a.Raw)
		}
		if list := ann.Must("GET", here, nil).JSON().([]any); len(list) != 1 {
			t.Errorf("left: %v", list)
		}
	})
}

func TestAFigureIsSentOnlyWhenItCanBeDrawn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, eve := s.User("ann"), s.User("eve")
		workspace(t, s, ann)
		here := "/api/workspaces/ws/export-analytics/"
		axes := func(more map[string]any) map[string]any {
			body := map[string]any{"x_axis": "priority", "y_axis": "issue_count"}
			for k, v := range more {
				body[k] = v
			}
			return body
		}
		if a := ann.Must("POST", here,
			axes(map[string]any{"segment": nil, "labels": []string{"x"}})); a.At("message") == nil {
			t.Errorf("ordered: %s", a.Raw)
		}
		for _, more := range []map[string]any{{"x_axis": 1}, {"x_axis": []string{"priority"}}, {"y_axis": nil},
			{"segment": "priority"}, {"segment": true}, {"intake_status": "x"}} {
			if a := ann.Do("POST", here, axes(more)); a.Status != 400 {
				t.Errorf("%v: %d %s", more, a.Status, a.Raw)
			}
		}
		if a := eve.Do("POST", here, axes(nil)); a.Status != 403 {
			t.Errorf("from outside: %d", a.Status)
		}
	})
}

func TestPeopleOfProjectsInWhichOneHasNoRole(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		secret := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "network": 0}).ID()
		public := ann.Must("POST", wsProjects, map[string]any{"name": "Q", "identifier": "Q", "network": 2}).ID()
		const overview = "/api/workspaces/ws/advance-analytics/?tab=overview"
		for _, tt := range []struct {
			who   *webtest.Client
			query string
			want  float64
		}{
			{ann, "", 2},
			{ann, "&project_ids=" + secret, 1},
			{bob, "&project_ids=" + public, 1},
			{bob, "&project_ids=" + secret, 0}, // which is none of bob's business
			{bob, "&project_ids=" + secret + "," + public, 1},
		} {
			if got := tt.who.Must("GET", overview+tt.query, nil).At("total_users.count"); got != tt.want {
				t.Errorf("%s asks for %q: %v people, want %v", tt.who.User.DisplayName, tt.query, got, tt.want)
			}
		}
	})
}
