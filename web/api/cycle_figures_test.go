package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/web/webtest"
)

// estimated makes an estimate of points in the project and returns the ids of its points by their values.
func (g *team) estimated(kind string, points ...string) map[string]string {
	var rows []any
	for n, value := range points {
		rows = append(rows, map[string]any{"key": n + 1, "value": value})
	}
	a := g.ann.Must("POST", g.at+"estimates/", map[string]any{"estimate": map[string]any{"name": "E", "type": kind},
		"estimate_points": rows})
	g.ann.Must("PATCH", g.at, map[string]any{"estimate": a.ID()})
	ids := map[string]string{"": a.ID()}
	for _, p := range a.At("points").([]any) {
		p := p.(map[string]any)
		ids[p["value"].(string)] = p["id"].(string)
	}
	return ids
}

// shares are the rows of a distribution: who or what it is, and the three figures.
func shares(a webtest.Answer, path, name, figure string) string {
	var rows []string
	part := a.At(path)
	list, _ := part.([]any)
	for _, row := range list {
		row := webtest.Answer{Raw: encoded(row)}
		rows = append(rows, strings.ReplaceAll(values(row, name+" total_"+figure+" completed_"+figure+" pending_"+figure),
			" ", "/"))
	}
	return strings.Join(rows, " ")
}

// A cycle's figures are those of its work items: of each group of states, of people, labels and points. What is
// archived or deleted is not counted, and a guest is told of their own only.
func TestFiguresOfACycle(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		in, points := g.states(), g.estimated("points", "1", "2", "5")
		label := g.ann.Must("POST", g.at+"issue-labels/", map[string]any{"name": "bug"}).ID()
		day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
		one := "cycles/" + g.ann.Must("POST", g.at+"cycles/",
			map[string]any{"name": "C", "start_date": day(-2), "end_date": day(2)}).ID() + "/"
		item := func(state, point string, fields map[string]any) string {
			fields["state_id"], fields["estimate_point"] = in[state], points[point]
			return g.item(fields)
		}
		cid, bug := []string{g.cid.User.ID}, []string{label}
		items := []string{
			item("completed", "5", map[string]any{"assignee_ids": cid, "label_ids": bug}),
			item("started", "2", map[string]any{"assignee_ids": cid}),
			item("backlog", "1", map[string]any{}),
			item("cancelled", "1", map[string]any{"label_ids": bug}),
			item("unstarted", "2", map[string]any{"assignee_ids": []string{g.bea.User.ID}}),
		}
		gone, away := item("started", "5", map[string]any{}), item("completed", "5", map[string]any{})
		g.ann.Must("POST", g.at+one+"cycle-issues/", map[string]any{"issues": append(items, gone, away)})
		g.ann.Must("DELETE", g.at+"issues/"+gone+"/", nil)
		g.ann.Must("POST", g.at+"issues/"+away+"/archive/", nil)

		const numbers = "total_issues completed_issues cancelled_issues started_issues unstarted_issues backlog_issues"
		const sums = "total_estimate_points completed_estimate_points cancelled_estimate_points started_estimate_points " +
			"unstarted_estimate_points backlog_estimate_points"
		progress := g.cid.Must("GET", g.at+one+"progress/", nil)
		for fields, want := range map[string]string{numbers: "5 1 1 1 1 1", sums: "11 5 1 2 2 1"} {
			if got := values(progress, fields); got != want {
				t.Errorf("%s are %s, want %s", fields, got, want)
			}
		}
		counts := g.cid.Must("GET", g.at+one+"analytics/", nil)
		summed := g.cid.Must("GET", g.at+one+"analytics/?type=points", nil)
		for _, tt := range []struct {
			a                        webtest.Answer
			path, name, figure, want string
		}{
			{counts, "assignees", "display_name", "issues", "bea/1/0/1 cid/2/1/1 <nil>/0/0/0"},
			{counts, "labels", "label_name", "issues", "bug/2/1/1 <nil>/0/0/0"},
			{summed, "assignees", "display_name", "estimates", "bea/2/<nil>/2 cid/7/5/2 <nil>/2/<nil>/2"},
			{summed, "labels", "label_name", "estimates", "bug/6/5/1 <nil>/5/<nil>/5"},
		} {
			if got := shares(tt.a, tt.path, tt.name, tt.figure); got != tt.want {
				t.Errorf("%s by %s: %s, want %s", tt.figure, tt.path, got, tt.want)
			}
		}
		if chart := counts.At("completion_chart").(map[string]any); len(chart) != 5 || chart[day(-2)] != 5.0 {
			t.Errorf("the course of the work items is %v", chart)
		}
		if got := values(g.dan.Must("GET", g.at+one+"progress/", nil), numbers+" total_estimate_points"); got !=
			"0 0 0 0 0 0 0" {
			t.Errorf("a guest is told of %s", got)
		}
		play(t, g.at, []step{
			{g.cid, "GET " + one, nil, 200, `"completed_issues":1`},
			{g.cid, "PUT " + one, map[string]any{"name": "not written"}, 200, `"name":"C"`},
			{g.cid, "GET " + one, nil, 200, `"name":"C"`},
			{g.cid, "GET cycles/" + unknownID + "/progress/", nil, 404, "Cycle not found"},
			{g.eve, "GET " + one + "progress/", nil, 403, ""},
		}...)
	})
}

// What is archived of cycles is listed and read there alone, with its figures; a cycle without dates has no course.
func TestTheArchiveOfCycles(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		id := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "Old"}).ID()
		one, in := "cycles/"+id+"/", g.states()
		parent := g.item(map[string]any{"name": "parent"})
		items := []string{g.item(map[string]any{"state_id": in["completed"], "parent_id": parent}),
			g.item(map[string]any{"assignee_ids": []string{g.cid.User.ID}})}
		g.ann.Must("POST", g.at+one+"cycle-issues/", map[string]any{"issues": items})
		play(t, g.at, []step{
			{g.cid, "GET " + one + "analytics/", nil, 400, "Cycle has no start or end date"},
			{g.cid, "POST user-favorite-cycles/", map[string]any{"cycle": id}, 204, ""},
			{g.cid, "PATCH " + one, map[string]any{"start_date": "2020-02-03", "end_date": "2020-02-05"}, 200, "COMPLETED"},
			{g.cid, "GET archived-" + one, nil, 404, ""}, // not yet
			{g.cid, "POST " + one + "archive/", nil, 200, "archived_at"},
			{g.cid, "GET " + one, nil, 404, "Cycle not found"},
			{g.dan, "GET archived-cycles/", nil, 403, ""},
			{g.cid, "GET archived-" + one, nil, 200, `"sub_issues":1`},
			{g.cid, "DELETE user-favorite-cycles/" + id + "/", nil, 404, ""}, // went with the archive
		}...)
		read(t, g.at, []list{
			{g.cid, "cycles/", "name", ""},
			{g.cid, "archived-cycles/", "name", "Old"},
			{g.cid, "archived-cycles/", "total_issues", "2"},
			{g.cid, "archived-cycles/", "completed_issues", "1"},
			{g.cid, "/api/workspaces/ws/cycles/", "name", ""},
		}...)
		detail := g.cid.Must("GET", g.at+"archived-"+one, nil)
		if got := shares(detail, "distribution.assignees", "display_name", "issues"); got != "cid/1/0/1 <nil>/1/1/0" {
			t.Errorf("the work items are distributed as %s", got)
		}
		g.cid.Must("DELETE", g.at+one+"archive/", nil)
		read(t, g.at, list{g.cid, "cycles/", "name", "Old"}, list{g.cid, "archived-cycles/", "name", ""},
			list{g.cid, "/api/workspaces/ws/cycles/", "name", "Old"})
	})
}

// Of a cycle that is left only what is open moves on, and only to a cycle of the same project; its figures stay what
// they were, whatever becomes of the work items.
func TestWhatIsOpenMovesOn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		abroad := g.ann.Must("POST", other+"cycles/", map[string]any{"name": "abroad"}).ID()
		in := g.states()
		cycle := func(name string) string { return g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": name}).ID() }
		from, to := cycle("from"), cycle("to")
		var items []string
		for _, state := range []string{"backlog", "unstarted", "started", "completed", "cancelled"} {
			items = append(items, g.item(map[string]any{"name": state, "state_id": in[state]}))
		}
		g.ann.Must("POST", g.at+"cycles/"+from+"/cycle-issues/", map[string]any{"issues": items})
		move := func(to any) any { return map[string]any{"new_cycle_id": to} }
		transfer := "POST cycles/" + from + "/transfer-issues/"
		play(t, g.at, []step{
			{g.cid, transfer, map[string]any{}, 400, "New Cycle Id is required"},
			{g.cid, transfer, move(abroad), 404, ""},
			{g.cid, transfer, move(unknownID), 404, ""},
			{g.cid, "POST cycles/" + unknownID + "/transfer-issues/", move(to), 400, "Source cycle not found"},
			{g.dan, transfer, move(to), 403, ""},
			{g.cid, transfer, move(to), 200, ""},
		}...)
		read(t, g.at, []list{
			{g.ann, "cycles/" + from + "/cycle-issues/", "~name", "completed cancelled"},
			{g.ann, "cycles/" + to + "/cycle-issues/", "~name", "backlog unstarted started"},
		}...)
		g.ann.Must("DELETE", g.at+"issues/"+items[3]+"/", nil)
		if got := values(g.ann.Must("GET", g.at+"cycles/"+from+"/progress/", nil), "total_issues completed_issues"); got !=
			"5 1" {
			t.Errorf("what was left counts %s now", got)
		}
		if got := values(g.ann.Must("GET", g.at+"cycles/"+to+"/progress/", nil), "total_issues started_issues"); got != "3 1" {
			t.Errorf("what was gone to counts %s", got)
		}
	})
}
