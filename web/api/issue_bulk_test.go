package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// names lists the names of the work items of a list.
func (g *team) names(path string) map[string]bool {
	names := map[string]bool{}
	rows, _ := g.ann.Must("GET", g.at+path, nil).At("results").([]any)
	for _, row := range rows {
		names[row.(map[string]any)["name"].(string)] = true
	}
	return names
}

// Of several work items that are archived at once all are done or none is archived; ids of other projects' items, and
// of none, are passed over.
func TestArchivingMany(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		in, other := g.states(), wsProjects+g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID()
		foreign := g.ann.Must("POST", other+"/issues/", map[string]any{"name": "foreign"}).ID()
		done := g.item(map[string]any{"name": "done", "state_id": in["completed"]})
		dropped := g.item(map[string]any{"name": "dropped", "state_id": in["cancelled"]})
		open := g.item(map[string]any{"name": "open", "state_id": in["started"]})
		ids := func(ids ...any) any { return map[string]any{"issue_ids": append([]any{}, ids...)} }
		const archive = "POST bulk-archive-issues/"
		play(t, g.at, []step{
			{g.ann, archive, ids(), 400, "Issue IDs are required"},
			{g.ann, archive, ids("x"), 400, "Please provide valid detail"},
			{g.dan, archive, ids(done), 403, ""},
			{g.eve, archive, ids(done), 403, ""},
			{g.ann, archive, ids(done, open), 400, `"error_code":4091`},
			{g.ann, "GET issues/" + done + "/archive/", nil, 404, ""},
			{g.ann, archive, ids(unknownID, foreign), 200, "archived_at"},
			{g.cid, archive, ids(done, dropped, done, foreign), 200, "archived_at"},
			{g.ann, "GET issues/" + done + "/archive/", nil, 200, `"archived_at":"`},
			{g.ann, archive, ids(done), 200, "archived_at"},
		}...)
		if diff := cmp.Diff(map[string]bool{"open": true}, g.names("issues/")); diff != "" {
			t.Errorf("the list (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]bool{"done": true, "dropped": true}, g.names("archived-issues/")); diff != "" {
			t.Errorf("the archive (-want +got):\n%s", diff)
		}
		play(t, other, step{g.ann, "GET " + other + "/issues/" + foreign + "/", nil, 200, `"archived_at":null`})
		play(t, g.at, []step{
			{g.ann, "PATCH issues/" + done + "/", map[string]any{"name": "changed"}, 404, ""},
			{g.cid, "DELETE issues/" + done + "/archive/", nil, 204, ""},
			{g.cid, "DELETE issues/" + done + "/archive/", nil, 404, ""},
			{g.ann, "PATCH issues/" + done + "/", map[string]any{"name": "changed"}, 204, ""},
		}...)
	})
}

// Several work items are deleted by the project's administrators alone; what is archived, and what is elsewhere, stays,
// and so do the sub-items.
func TestDeletingMany(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/issues/"
		foreign := g.ann.Must("POST", other, map[string]any{"name": "foreign"}).ID()
		a, b := g.item(map[string]any{"name": "a"}), g.item(map[string]any{"name": "b"})
		g.item(map[string]any{"name": "below a", "parent_id": a})
		away := g.item(map[string]any{"name": "away", "state_id": g.states()["completed"]})
		g.ann.Must("POST", g.at+"issues/"+away+"/archive/", nil)
		ids := func(ids ...any) any { return map[string]any{"issue_ids": append([]any{}, ids...)} }
		const many = "DELETE bulk-delete-issues/"
		play(t, g.at, []step{
			{g.cid, many, ids(a), 403, ""},
			{g.dan, many, ids(a), 403, ""},
			{g.bea, many, ids(), 400, "Issue IDs are required"},
			{g.bea, many, map[string]any{}, 400, "Issue IDs are required"},
			{g.bea, many, ids(a, "x"), 400, ""},
			{g.bea, "GET issues/" + a + "/", nil, 200, ""},
			{g.bea, many, ids(unknownID, foreign, away), 200, "0 issues were deleted"},
			{g.bea, many, ids(a, b, b, foreign), 200, "2 issues were deleted"},
			{g.bea, "GET issues/" + a + "/", nil, 404, ""},
			{g.bea, many, ids(a, b), 200, "0 issues were deleted"},
			{g.ann, "GET " + other + foreign + "/", nil, 200, ""},
			{g.ann, "GET issues/" + away + "/archive/", nil, 200, ""},
		}...)
		if diff := cmp.Diff(map[string]bool{"below a": true}, g.names("issues/")); diff != "" {
			t.Errorf("the list (-want +got):\n%s", diff)
		}
	})
}

// Dates of several work items move together or not at all, and no start is after its end; the history of each says what
// moved.
func TestMovingDatesOfMany(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		a := g.item(map[string]any{"name": "a", "start_date": "2127-01-10", "target_date": "2127-01-20"})
		b := g.item(map[string]any{"name": "b"})
		move := func(id string, dates ...string) any {
			m := map[string]any{"id": id}
			for n := 0; n < len(dates); n += 2 {
				m[dates[n]] = dates[n+1]
			}
			return m
		}
		all := func(moves ...any) any { return map[string]any{"updates": moves} }
		dates := func(after, id string, want ...any) {
			t.Helper()
			got := g.ann.Must("GET", g.at+"issues/"+id+"/", nil)
			if diff := cmp.Diff(want, []any{got.At("start_date"), got.At("target_date")}); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", after, diff)
			}
		}
		const moved = "POST issue-dates/"
		play(t, g.at, []step{
			{g.dan, moved, all(move(a, "start_date", "2127-01-11")), 403, ""},
			{g.cid, moved, all(move(b, "start_date", "2127-02-01"), move(a, "start_date", "2127-01-21")), 400,
				"Start date cannot exceed target date"},
			{g.cid, moved, all(move(b, "start_date", "soon")), 400, ""},
			{g.cid, moved, map[string]any{"updates": 7}, 400, `"updates":["Expected a list of objects."]`},
		}...)
		dates("what was refused", a, "2127-01-10", "2127-01-20")
		dates("what was refused", b, nil, nil)
		play(t, g.at, step{g.cid, moved, all(move(b, "target_date", "2127-02-02"), move(a, "start_date", "2127-01-20"),
			move(unknownID, "start_date", "2127-01-01")), 200, "Issues updated successfully"})
		dates("what was allowed", a, "2127-01-20", "2127-01-20")
		dates("what was allowed", b, nil, "2127-02-02")
		play(t, g.at, step{g.cid, moved, all(move(a, "start_date", ""), move(b)), 200, ""})
		dates("what says nothing", a, "2127-01-20", "2127-01-20")
		play(t, g.at, step{g.cid, moved, // one after the other: neither is wrong then
			all(move(a, "target_date", "2127-03-20"), move(a, "start_date", "2127-03-10")), 200, ""})
		dates("two moves of one", a, "2127-03-10", "2127-03-20")
		play(t, g.at, step{g.ann, "GET issues/" + b + "/history/?activity_type=issue-property", nil, 200,
			`"new_value":"2127-02-02"`})
	})
}

// Work items are put below another one of whatever project one may write in, never below themselves or what is below
// them; the rest of those that are named comes along.
func TestPuttingManyBelowOne(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		secret := wsProjects + g.ann.Must("POST", wsProjects,
			map[string]any{"name": "S", "identifier": "S", "network": 0}).ID() + "/issues/"
		hidden := g.ann.Must("POST", secret, map[string]any{"name": "hidden"}).ID()
		top, middle := g.item(map[string]any{"name": "top"}), g.item(map[string]any{"name": "middle"})
		low, free := g.item(map[string]any{"name": "low"}), g.item(map[string]any{"name": "free"})
		below := func(ids ...any) any { return map[string]any{"sub_issue_ids": append([]any{}, ids...)} }
		under := func(id string) string { return "POST issues/" + id + "/sub-issues/" }
		parent := func(id string, want any) {
			t.Helper()
			if got := g.ann.Must("GET", g.at+"issues/"+id+"/", nil).At("parent_id"); got != want {
				t.Errorf("above %s is %v, not %v", id, got, want)
			}
		}
		play(t, g.at, []step{
			{g.cid, under(top), below(), 400, "Sub Issue IDs are required"},
			{g.cid, under(top), below("x"), 400, ""},
			{g.dan, under(top), below(middle), 403, ""},
			{g.cid, under(unknownID), below(middle), 404, ""},
			{g.cid, under(top), below(middle), 200, ""},
			{g.cid, under(middle), below(low), 200, ""},
			{g.cid, under(low), below(top), 400, "sub_issue_ids"},
			{g.cid, under(low), below(low, middle), 400, "sub_issue_ids"},
			{g.cid, under(low), below(top, free), 200, ""},
			{g.cid, under(top), below(hidden), 200, ""},
		}...)
		parent(top, nil)
		parent(middle, top)
		parent(free, low)
		if got := g.ann.Must("GET", secret+hidden+"/", nil).At("parent_id"); got != nil {
			t.Errorf("who is not in a secret project has put %v above its work item", got)
		}
		play(t, g.at, step{g.ann, under(top), below(hidden), 200, hidden})
		if got := g.ann.Must("GET", secret+hidden+"/", nil).At("parent_id"); got != top {
			t.Errorf("who is in both projects has put %v above the work item", got)
		}
	})
}
