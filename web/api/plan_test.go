package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

func TestACycleKeepsHowFarItWas(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		dates := map[string]any{"name": "Old", "start_date": "2020-01-01", "end_date": "2020-01-03"}
		item := ann.Must("POST", at+"issues/", map[string]any{"name": "open"}).ID()
		old := at + "cycles/" + ann.Must("POST", at+"cycles/", map[string]any{"name": "Old"}).ID() + "/"
		ann.Must("POST", old+"cycle-issues/", map[string]any{"issues": []string{item}})
		ann.Must("PATCH", old, dates)
		next := ann.Must("POST", at+"cycles/", map[string]any{"name": "Next"}).ID()
		ann.Must("POST", old+"transfer-issues/", map[string]any{"new_cycle_id": next})

		if got := ann.Must("GET", old+"progress/", nil).At("total_issues"); got != 1.0 {
			t.Errorf("the old cycle had %v work items", got)
		}
		want := map[string]any{"2020-01-01": 1.0, "2020-01-02": 1.0, "2020-01-03": 1.0}
		if diff := cmp.Diff(want, ann.Must("GET", old+"analytics/", nil).At("completion_chart")); diff != "" {
			t.Errorf("the old cycle's chart (-want +got):\n%s", diff)
		}
		if got := ann.Must("GET", at+"cycles/"+next+"/progress/", nil).At("total_issues"); got != 1.0 {
			t.Errorf("the next cycle has %v work items", got)
		}
		if a := ann.Do("POST", old+"transfer-issues/", map[string]any{"new_cycle_id": "x"}); a.Status != 400 {
			t.Errorf("to no cycle: %d %s", a.Status, a.Raw)
		}
		for _, path := range []string{old + "progress/", old + "analytics/", at + "archived-cycles/"} {
			if a := bob.Do("GET", path, nil); a.Status != 403 {
				t.Errorf("%s from outside the project: %d %s", path, a.Status, a.Raw)
			}
		}
		if list := bob.Must("GET", "/api/workspaces/ws/cycles/", nil).JSON().([]any); len(list) != 0 {
			t.Errorf("from outside the project one sees %v", list)
		}
	})
}

func TestModuleLinksAndWhoSeesThem(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		one := at + "modules/" + ann.Must("POST", at+"modules/", map[string]any{"name": "M"}).ID() + "/"
		ann.Must("POST", one+"module-links/", map[string]any{"url": "example.org/a"})
		if links := ann.Must("GET", one, nil).At("link_module").([]any); len(links) != 1 {
			t.Errorf("links: %v", links)
		}
		for _, url := range []string{"http://example.org/a", "javascript:alert(1)", ""} {
			if a := ann.Do("POST", one+"module-links/", map[string]any{"url": url}); a.Status != 400 {
				t.Errorf("%q: %d %s", url, a.Status, a.Raw)
			}
		}
		for _, path := range []string{one, one + "module-links/", at + "archived-modules/"} {
			if a := bob.Do("GET", path, nil); a.Status != 403 {
				t.Errorf("%s from outside the project: %d %s", path, a.Status, a.Raw)
			}
		}
		if list := bob.Must("GET", "/api/workspaces/ws/modules/", nil).JSON().([]any); len(list) != 0 {
			t.Errorf("from outside the project one sees %v", list)
		}
	})
}

func TestTheIntakeIsFilteredAndOrdered(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		ann.Must("PATCH", at, map[string]any{"inbox_view": true})
		for name, priority := range map[string]string{"b": "high", "a": "high", "c": "low"} {
			ann.Must("POST", at+"intake-issues/", map[string]any{"issue": map[string]any{"name": name, "priority": priority}})
		}
		var names []any
		for _, r := range ann.Must("GET", at+"intake-issues/?priority=high&order_by=issue__name", nil).At("results").([]any) {
			names = append(names, r.(map[string]any)["issue"].(map[string]any)["name"])
		}
		if diff := cmp.Diff([]any{"a", "b"}, names); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
		if a := ann.Do("GET", at+"intake-issues/?order_by=issue__password", nil); a.Status != 400 {
			t.Errorf("an order that there is not: %d %s", a.Status, a.Raw)
		}
		if a := bob.Do("GET", at+"intake-issues/", nil); a.Status != 403 {
			t.Errorf("from outside the project: %d %s", a.Status, a.Raw)
		}
	})
}

// What a client reads and sends back changes nothing, whatever zones the project and the people are in.
func TestACyclesDatesStayWhenTheyAreSentBack(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		key := ann.WithKey()
		for n, zone := range []string{"America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "UTC"} {
			project := ann.Must("POST", wsProjects,
				map[string]any{"name": zone, "identifier": "P" + string(rune('A'+n)), "timezone": zone, "cycle_view": true}).ID()
			at, v1 := wsProjects+project+"/cycles/", "/api/v1/workspaces/ws/projects/"+project+"/cycles/"
			for _, mine := range []string{"America/New_York", "Europe/Berlin", "UTC"} {
				ann.Must("PATCH", "/api/users/me/", map[string]any{"user_timezone": mine})
				id := ann.Must("POST", at, map[string]any{"name": "S", "start_date": "2127-01-04", "end_date": "2127-01-17"}).ID() +
					"/"
				first := ann.Must("GET", at+id, nil)
				for range 2 {
					for _, side := range []struct {
						who  *webtest.Client
						path string
					}{{ann, at + id}, {key, v1 + id}} {
						shown := side.who.Must("GET", side.path, nil)
						sent := map[string]any{"start_date": shown.At("start_date"), "end_date": shown.At("end_date")}
						side.who.Must("PATCH", side.path, sent)
						other := side.who.Must("POST", side.path[:len(side.path)-len(id)],
							map[string]any{"name": "copy", "project_id": project, "start_date": sent["start_date"],
								"end_date": sent["end_date"]})
						for _, field := range []string{"start_date", "end_date"} {
							if got := ann.Must("GET", at+id, nil).At(field); got != first.At(field) {
								t.Errorf("%s in %s, sent as %v: %v, was %v", field, zone, sent[field], got, first.At(field))
							}
							if got := ann.Must("GET", at+other.ID()+"/", nil).At(field); got != first.At(field) {
								t.Errorf("a copy's %s in %s, sent as %v: %v, was %v", field, zone, sent[field], got, first.At(field))
							}
						}
					}
				}
			}
		}
	})
}

func TestTheDayAfterACycleIsFree(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		cases := []struct{ zone, start, end, shown, after string }{
			// clocks go forward on the 30th
			{"Europe/Berlin", "2127-03-17", "2127-03-30", "2127-03-30T23:59:00+02:00", "2127-03-31"},
			{"Europe/Berlin", "2127-10-13", "2127-10-26", "2127-10-26T23:59:00+01:00", "2127-10-27"}, // and back on the 26th
			// forward at midnight of the 9th
			{"America/Havana", "2127-03-01", "2127-03-08", "2127-03-08T23:59:00-05:00", "2127-03-09"},
		}
		for n, c := range cases {
			at := wsProjects + ann.Must("POST", wsProjects,
				map[string]any{"name": string(rune('A' + n)), "identifier": string(rune('A' + n)), "timezone": c.zone}).ID() +
				"/cycles/"
			if got := ann.Must("POST", at,
				map[string]any{"name": "S", "start_date": c.start, "end_date": c.end}).At("end_date"); got != c.shown {
				t.Errorf("%s: ends at %v, want %s", c.zone, got, c.shown)
			}
			for day, free := range map[string]bool{c.after: true, c.end: false} {
				if got := ann.Must("POST", at+"date-check/",
					map[string]any{"start_date": day, "end_date": "2127-12-31"}).At("status"); got != free {
					t.Errorf("%s: %s free: %v", c.zone, day, got)
				}
			}
		}
	})
}
