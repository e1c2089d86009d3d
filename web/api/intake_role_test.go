package api_test

import (
	"testing"
	"time"

	"github.com/sailplane/sailplane/web/webtest"
)

// Who may write in a project or reads it brings things in; administrators decide about them. What is accepted moves to
// the default state, what is declined, snoozed or a duplicate stays where it is, and each is listed by its status.
func TestDecisionsAboutTheIntake(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		g.ann.Must("PATCH", g.at, map[string]any{"inbox_view": true})
		in := func(who *webtest.Client, name string) string {
			return who.Must("POST", g.at+"intake-issues/", map[string]any{"issue": map[string]any{"name": name}}).
				At("issue.id").(string)
		}
		accepted, declined, snoozed := in(g.dan, "accepted"), in(g.cid, "declined"), in(g.bea, "snoozed")
		double, waits := in(g.ann, "double"), in(g.cid, "waits")
		twin := g.item(map[string]any{"name": "twin"})
		decide := func(who *webtest.Client, id string, status int, more ...any) step {
			body := map[string]any{"status": status}
			for n := 0; n < len(more); n += 2 {
				body[more[n].(string)] = more[n+1]
			}
			return step{who, "PATCH intake-issues/" + id + "/", body, 200, ""}
		}
		refused := func(s step) step { s.status = 403; return s }
		later := time.Now().UTC().Add(time.Hour).Format(time.RFC3339)
		play(t, g.at, []step{
			{g.eve, "POST intake-issues/", map[string]any{"issue": map[string]any{"name": "x"}}, 403, ""},
			{g.cid, "POST intake-issues/", map[string]any{}, 400, "Name is required"},
			{g.cid, "POST intake-issues/", map[string]any{"issue": map[string]any{"name": "x", "priority": "later"}}, 400,
				"Invalid priority"},
			refused(decide(g.cid, accepted, 1)), // did not bring it in
			refused(decide(g.dan, declined, 1)),
			refused(decide(g.eve, declined, 1)),
			decide(g.dan, accepted, 1), // brought it in, but does not decide
			{g.bea, "GET intake-issues/" + accepted + "/", nil, 200, `"status":-2`},
			decide(g.bea, accepted, 1),
			{g.ann, "GET issues/" + accepted + "/", nil, 200, g.states()["backlog"]},
			decide(g.bea, declined, -1),
			decide(g.ann, snoozed, 0, "snoozed_till", later),
			decide(g.ann, double, 2, "duplicate_to", twin),
			{g.ann, "GET intake-issues/" + double + "/", nil, 200, `"name":"twin"`},
			{g.ann, "PATCH intake-issues/" + waits + "/", map[string]any{"status": 7}, 400, "is not a valid choice"},
			{g.ann, "PATCH intake-issues/" + unknownID + "/", map[string]any{"status": 1}, 404, ""},
			{g.dan, "GET intake-issues/" + waits + "/", nil, 403, ""}, // a guest reads what they brought in
		}...)
		name := "issue.name"
		read(t, g.at, []list{
			{g.cid, "intake-issues/", name, "waits"},
			{g.cid, "intake-issues/?status=1", name, "accepted"},
			{g.cid, "intake-issues/?status=-1", name, "declined"},
			{g.cid, "intake-issues/?status=0", name, "snoozed"},
			{g.cid, "intake-issues/?status=2,-1", "~" + name, "double declined"},
			{g.cid, "intake-issues/?status=2", "duplicate_to", twin},
			{g.dan, "intake-issues/?status=1,-1,-2", name, "accepted"},
			{g.cid, "issues/", "~name", "accepted twin"},
		}...)
		play(t, g.at, step{g.cid, "GET intake-issues/?status=x", nil, 400, ""})
	})
}

// A guest changes the name and the text of what they brought in, and nothing else; they take it back, and others'
// things they do not.
func TestGuestsInTheIntake(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		g.ann.Must("PATCH", g.at, map[string]any{"inbox_view": true})
		in := func(who *webtest.Client) string {
			return "intake-issues/" + who.Must("POST", g.at+"intake-issues/",
				map[string]any{"issue": map[string]any{"name": "In", "priority": "low"}}).At("issue.id").(string) + "/"
		}
		mine, theirs := in(g.dan), in(g.cid)
		change := map[string]any{"issue": map[string]any{"name": "Renamed", "priority": "high",
			"description_html": "<p>new</p>"}}
		play(t, g.at, []step{
			{g.dan, "PATCH " + theirs, change, 403, ""},
			{g.dan, "PATCH " + mine, change, 200, `"name":"Renamed"`},
			{g.dan, "GET " + mine, nil, 200, `"priority":"low"`},
			{g.dan, "GET " + mine, nil, 200, "<p>new</p>"},
			{g.dan, "PATCH " + mine, map[string]any{"issue": map[string]any{"name": ""}}, 400, "blank"},
			{g.bea, "PATCH " + mine, change, 200, `"priority":"high"`},
			{g.dan, "DELETE " + theirs, nil, 403, ""},
			{g.cid, "DELETE " + mine, nil, 403, ""},
			{g.dan, "DELETE " + mine, nil, 204, ""},
			{g.dan, "GET " + mine, nil, 404, ""},
			{g.bea, "DELETE " + theirs, nil, 204, ""},
		}...)
		read(t, g.at, list{g.ann, "intake-issues/?status=-2,-1,0,1,2", "id", ""}, list{g.ann, "issues/", "id", ""})
	})
}

// What was accepted stays a work item when it is taken out of the intake; what was not goes with it.
func TestWhatIsTakenOutOfTheIntake(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		g.ann.Must("PATCH", g.at, map[string]any{"inbox_view": true})
		var items []string
		for _, name := range []string{"accepted", "pending"} {
			items = append(items, g.cid.Must("POST", g.at+"intake-issues/",
				map[string]any{"issue": map[string]any{"name": name}}).At("issue.id").(string))
		}
		g.ann.Must("PATCH", g.at+"intake-issues/"+items[0]+"/", map[string]any{"status": 1})
		for _, id := range items {
			g.ann.Must("DELETE", g.at+"intake-issues/"+id+"/", nil)
		}
		read(t, g.at, list{g.ann, "issues/", "name", "accepted"},
			list{g.ann, "intake-issues/?status=-2,-1,0,1,2", "id", ""})
	})
}
