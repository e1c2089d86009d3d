package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

const drafts = "/api/workspaces/ws/draft-issues/"

// Drafts are one's own, may lack a name and a project, and take nothing of other projects.
func TestDraftsAreOnesOwn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		secret := g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID()
		abroad := g.ann.Must("POST", wsProjects+secret+"/cycles/", map[string]any{"name": "abroad"}).ID()
		label := g.ann.Must("POST", g.at+"issue-labels/", map[string]any{"name": "bug"}).ID()
		in := g.states()
		plain := g.cid.Must("POST", drafts, map[string]any{}).ID() + "/"
		full := g.ann.Must("POST", drafts, map[string]any{"name": "full", "project_id": g.project, "priority": "high",
			"state_id": in["completed"], "label_ids": []string{label}, "assignee_ids": []string{g.cid.User.ID, g.eve.User.ID}})
		if got := values(full, "state_id label_ids assignee_ids"); got != in["completed"]+" ["+label+"] ["+g.cid.User.ID+"]" ||
			full.At("completed_at") == nil {
			t.Errorf("the draft is %s", full.Raw)
		}
		project := func(id any) map[string]any { return map[string]any{"name": "x", "project_id": id} }
		play(t, drafts, []step{
			{g.cid, "POST ", project(secret), 404, ""},
			{g.cid, "POST ", project("x"), 400, ""},
			{g.ann, "POST ", map[string]any{"project_id": g.project, "cycle_id": abroad}, 400, "object does not exist"},
			{g.ann, "POST ", map[string]any{"project_id": g.project, "priority": "later"}, 400, "is not a valid choice"},
			{g.bea, "PATCH " + plain, map[string]any{"name": "taken"}, 404, "Issue not found"},
			{g.ann, "GET " + plain, nil, 404, ""}, // administrators neither
			{g.ann, "DELETE " + plain, nil, 404, ""},
			{g.cid, "PATCH " + plain, map[string]any{"name": "named", "priority": "low"}, 204, ""},
			{g.cid, "PATCH " + plain, map[string]any{"name": nil}, 204, ""},
			{g.ann, "PATCH " + full.ID() + "/", map[string]any{"state_id": in["started"], "label_ids": []string{}}, 204, ""},
			{g.ann, "GET " + full.ID() + "/", nil, 200, `"completed_at":null`},
			{g.ann, "GET " + full.ID() + "/", nil, 200, `"label_ids":[]`},
		}...)
		read(t, drafts, []list{
			{g.cid, "", "priority", "low"}, {g.cid, "", "name", "<nil>"}, {g.ann, "", "name", "full"},
			{g.ann, "?priority=low", "name", ""}, {g.ann, "?priority=high,low", "name", "full"},
			{g.ann, "?project=" + secret, "name", ""}, {g.ann, "?state=" + in["started"], "name", "full"},
			{g.bea, "", "name", ""},
		}...)
		g.cid.Must("DELETE", drafts+plain, nil)
		read(t, drafts, list{g.cid, "", "id", ""})
	})
}

// A draft becomes a work item of its project for those who write there, with what is sent and its modules and cycle;
// then it is gone. What is refused leaves it.
func TestADraftBecomesAWorkItem(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		const convert = "POST /api/workspaces/ws/draft-to-issue/"
		of := func(who *webtest.Client, fields map[string]any) string {
			return who.Must("POST", drafts, fields).ID() + "/"
		}
		mine := of(g.cid, map[string]any{"name": "mine", "project_id": g.project})
		nowhere := of(g.cid, map[string]any{"name": "nowhere"})
		cycle := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C"}).ID()
		module := g.ann.Must("POST", g.at+"modules/", map[string]any{"name": "M"}).ID()
		body := map[string]any{"name": "made", "priority": "urgent", "cycle_id": cycle, "module_ids": []string{module}}
		play(t, g.at, []step{
			{g.cid, convert + nowhere, body, 400, "Project is required"},
			{g.bea, convert + mine, body, 404, ""},
			{g.cid, convert + mine, map[string]any{"priority": "low"}, 400, `"name":["This field is required."]`},
			{g.cid, convert + mine, map[string]any{"name": ""}, 400, "may not be blank"},
			{g.cid, convert + mine, map[string]any{"name": "x", "module_ids": []string{unknownID}}, 400, "object does not exist"},
		}...)
		read(t, "", list{g.cid, drafts, "~name", "mine nowhere"}, list{g.ann, g.at + "issues/", "name", ""})
		made := g.cid.Must("POST", "/api/workspaces/ws/draft-to-issue/"+mine, body).ID()
		got := values(g.ann.Must("GET", g.at+"issues/"+made+"/", nil), "name priority cycle_id module_ids created_by")
		if want := "made urgent " + cycle + " [" + module + "] " + g.cid.User.ID; got != want {
			t.Errorf("the work item is %s, want %s", got, want)
		}
		read(t, "", list{g.cid, drafts, "name", "nowhere"})
		play(t, "", step{g.cid, convert + mine, body, 404, ""})
		// who only reads in the project by now keeps the draft
		kept := of(g.cid, map[string]any{"name": "kept", "project_id": g.project})
		g.ann.Must("PATCH", g.at+g.membership(t, g.cid), map[string]any{"role": 5})
		play(t, "", step{g.cid, convert + kept, body, 403, ""})
		read(t, "", list{g.cid, drafts, "~name", "nowhere kept"})
	})
}

// In a project without any state work items and drafts have none; that is no fault of theirs.
func TestAProjectWithoutStates(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		for _, id := range g.states() {
			g.ann.Must("PATCH", g.at+"states/"+id+"/", map[string]any{"default": false})
			g.ann.Must("DELETE", g.at+"states/"+id+"/", nil)
		}
		item := "issues/" + g.item(map[string]any{}) + "/"
		draft := map[string]any{"name": "draft", "project_id": g.project}
		play(t, g.at, []step{
			{g.ann, "PATCH " + item, map[string]any{"name": "renamed", "state_id": nil}, 204, ""},
			{g.ann, "GET " + item, nil, 200, `"state_id":null`},
			{g.ann, "GET " + item, nil, 200, `"name":"renamed"`},
			{g.ann, "POST " + drafts, draft, 201, `"state_id":null`},
			{g.ann, "POST states/", map[string]any{"name": "Begun", "color": "#fff", "group": "started"}, 200, ""},
		}...)
		one := g.ann.Must("POST", drafts, draft).ID() + "/"
		play(t, g.at, []step{
			{g.ann, "GET " + drafts + one, nil, 200, `"state_id":"` + g.states()["started"] + `"`},
			{g.ann, "PATCH " + item, map[string]any{"state_id": nil}, 204, ""},
			{g.ann, "GET " + item, nil, 200, `"state_id":"` + g.states()["started"] + `"`},
		}...)
	})
}
