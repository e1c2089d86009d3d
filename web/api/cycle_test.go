package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// Days that belong to a cycle of the project are not free, to the first and last of them; those of the cycle that asks
// are, and so are those of other projects' cycles and of cycles without both dates.
func TestDaysThatAreFreeOfCycles(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/cycles/"
		cycle := func(at, start, end string) string {
			return g.ann.Must("POST", at, map[string]any{"name": "C", "start_date": start, "end_date": end}).ID()
		}
		mine := cycle(g.at+"cycles/", "2127-03-10", "2127-03-20")
		cycle(other, "2127-05-01", "2127-05-31")
		g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "draft"})
		for _, tt := range []struct {
			start, end, asks string
			free             bool
		}{
			{"2127-03-01", "2127-03-09", "", true},
			{"2127-03-01", "2127-03-10", "", false},
			{"2127-03-10", "2127-03-10", "", false},
			{"2127-03-12", "2127-03-15", "", false},
			{"2127-03-20", "2127-03-25", "", false},
			{"2127-03-21", "2127-03-25", "", true},
			{"2127-03-01", "2127-03-31", "", false},
			{"2127-03-12", "2127-03-15", mine, true},
			{"2127-03-12", "2127-03-15", unknownID, false},
			{"2127-05-01", "2127-05-31", "", true},
		} {
			body := map[string]any{"start_date": tt.start, "end_date": tt.end}
			if tt.asks != "" {
				body["cycle_id"] = tt.asks
			}
			if got := g.cid.Must("POST", g.at+"cycles/date-check/", body).At("status"); got != tt.free {
				t.Errorf("%s to %s, asked by %q: free is %v, not %v", tt.start, tt.end, tt.asks, got, tt.free)
			}
		}
	})
}

// A cycle that is over is not changed but for its place, and takes nothing in; only such a one is archived.
func TestACycleThatIsOver(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		cycle := func(name string, fields map[string]any) string {
			fields["name"] = name
			return "cycles/" + g.cid.Must("POST", g.at+"cycles/", fields).ID() + "/"
		}
		day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
		over := cycle("over", map[string]any{"start_date": "2020-01-01", "end_date": "2020-01-10"})
		now := cycle("now", map[string]any{"start_date": day(-5), "end_date": day(5)})
		item := map[string]any{"issues": []string{g.item(map[string]any{})}}
		name := func(name string) any { return map[string]any{"name": name} }
		play(t, g.at, []step{
			{g.ann, "PATCH " + over, name("changed"), 400, "has already been completed so it cannot be edited"},
			{g.ann, "PATCH " + over, map[string]any{"sort_order": 7}, 200, `"sort_order":7`},
			{g.ann, "POST " + over + "cycle-issues/", item, 400, "already been completed so no new issues can be added"},
			{g.ann, "POST " + now + "cycle-issues/", item, 201, ""},
			{g.ann, "POST " + now + "cycle-issues/", item, 400, ""}, // which is there
			{g.ann, "POST " + now + "transfer-issues/", map[string]any{"new_cycle_id": over[7:43]}, 400,
				"transferred is already completed"},
			{g.ann, "POST " + now + "archive/", nil, 400, "Only completed cycles can be archived"},
			{g.dan, "POST " + over + "archive/", nil, 403, ""},
			{g.cid, "POST " + over + "archive/", nil, 200, "archived_at"},
			{g.ann, "PATCH " + over, map[string]any{"sort_order": 8}, 400, "Archived cycle cannot be updated"},
			{g.cid, "DELETE " + over + "archive/", nil, 204, ""},
			{g.ann, "PATCH " + over, map[string]any{"sort_order": 8}, 200, ""},
			{g.bea, "DELETE " + now, nil, 204, ""},
			{g.ann, "GET " + now, nil, 404, ""},
			{g.dan, "DELETE " + over, nil, 403, ""},
			{g.cid, "DELETE " + over, nil, 204, ""}, // who made it
		}...)
	})
}

// A work item is in one cycle at a time, and its history says where it went; the cycle's end leaves it as it is.
func TestWorkItemsMoveBetweenCycles(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/issues/"
		foreign := g.ann.Must("POST", other, map[string]any{"name": "foreign"}).ID()
		cycle := func(name string) string {
			return "cycles/" + g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": name}).ID() + "/"
		}
		a, b, item := cycle("A"), cycle("B"), g.item(map[string]any{})
		issues := func(ids ...string) any { return map[string]any{"issues": append([]string{}, ids...)} }
		in := func(after, cycle string, want int) {
			t.Helper()
			if got := len(g.names(cycle + "cycle-issues/")); got != want {
				t.Errorf("after %s the cycle has %d work items, not %d", after, got, want)
			}
		}
		play(t, g.at, []step{
			{g.ann, "POST " + a + "cycle-issues/", issues(), 400, "Issues are required"},
			{g.ann, "POST " + a + "cycle-issues/", issues(item, foreign), 400, ""},
			{g.dan, "POST " + a + "cycle-issues/", issues(item), 403, ""},
		}...)
		in("what was refused", a, 0)
		g.cid.Must("POST", g.at+a+"cycle-issues/", issues(item, item))
		in("it came", a, 1)
		g.cid.Must("POST", g.at+b+"cycle-issues/", issues(item))
		in("it went", a, 0)
		in("it came", b, 1)
		g.ann.Must("DELETE", g.at+b, nil)
		if got := g.ann.Must("GET", g.at+"issues/"+item+"/", nil).At("cycle_id"); got != nil {
			t.Errorf("the work item is in %v, which is deleted", got)
		}
		var told []string
		for _, row := range g.ann.Must("GET", g.at+"issues/"+item+"/history/?activity_type=issue-property",
			nil).JSON().([]any) {
			if e := row.(map[string]any); e["field"] == "cycles" {
				told = append(told, e["old_value"].(string)+">"+e["new_value"].(string))
			}
		}
		if diff := cmp.Diff([]string{">A", "A>B", "B>"}, told); diff != "" {
			t.Errorf("the history (-want +got):\n%s", diff)
		}
	})
}
