package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A guest of a project sees of its work items those that they made, wherever these are listed or read, until the
// project shows them everything; they change their own and nobody else's.
func TestGuestsSeeTheirOwn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		theirs := g.item(map[string]any{"name": "theirs"})
		mine := g.ann.Must("POST", g.at+"issues/", map[string]any{"name": "mine"}).ID()
		if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { // from when they were a member
			_, err := tx.Exec("UPDATE issues SET created_by_id = ? WHERE id = ?", g.dan.User.ID, mine)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		lists := []string{"issues/", "issues-detail/", "v2/issues/", "/api/workspaces/ws/issues/",
			"issues/list/?issues=" + mine + "," + theirs}
		shown := func(want string) {
			t.Helper()
			for _, path := range lists {
				read(t, g.at, list{g.dan, path, "~name", want})
			}
		}
		shown("mine")
		play(t, g.at, []step{
			{g.dan, "GET issues/" + mine + "/", nil, 200, `"name":"mine"`},
			{g.dan, "GET issues/" + theirs + "/", nil, 403, ""},
			{g.dan, "GET issues/" + theirs + "/history/", nil, 403, ""},
			{g.dan, "GET issues/" + theirs + "/sub-issues/", nil, 403, ""},
			{g.dan, "PATCH issues/" + theirs + "/", map[string]any{"name": "x"}, 403, ""},
			{g.dan, "DELETE issues/" + theirs + "/", nil, 403, ""},
			{g.dan, "POST issues/", map[string]any{"name": "x"}, 403, ""},
			{g.dan, "GET archived-issues/", nil, 403, ""},
			{g.dan, "DELETE bulk-delete-issues/", map[string]any{"issue_ids": []string{mine}}, 403, ""},
			{g.dan, "POST issues/" + mine + "/sub-issues/", map[string]any{"sub_issue_ids": []string{theirs}}, 403, ""},
			{g.dan, "POST issue-dates/", map[string]any{"updates": []any{}}, 403, ""},
			{g.dan, "PATCH issues/" + mine + "/", map[string]any{"name": "mine"}, 204, ""},
		}...)
		g.ann.Must("PATCH", g.at, map[string]any{"guest_view_all_features": true})
		shown("mine theirs")
		play(t, g.at, []step{
			{g.dan, "GET issues/" + theirs + "/", nil, 200, ""},
			{g.dan, "PATCH issues/" + theirs + "/", map[string]any{"name": "x"}, 403, ""}, // looking is not changing
		}...)
	})
}

// The figures of a person are of the projects that the one who asks is in.
func TestFiguresOfAPerson(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		secret := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		g.ann.Must("POST", secret+"members/",
			map[string]any{"members": []any{map[string]any{"member_id": g.cid.User.ID, "role": 15}}})
		in, cid := g.states(), []string{g.cid.User.ID}
		g.item(map[string]any{"state_id": in["completed"], "assignee_ids": cid, "priority": "high"})
		g.item(map[string]any{"state_id": in["started"], "assignee_ids": cid})
		g.item(map[string]any{"assignee_ids": []string{g.bea.User.ID}})
		g.ann.Must("POST", secret+"issues/", map[string]any{"name": "hidden", "assignee_ids": cid})
		const fields = "assigned_issues completed_issues pending_issues created_issues"
		for who, want := range map[*webtest.Client]string{g.ann: "3 1 2 0", g.bea: "2 1 1 0", g.cid: "3 1 2 0"} {
			a := who.Must("GET", "/api/workspaces/ws/user-stats/"+g.cid.User.ID+"/", nil)
			if got := values(a, fields); got != want {
				t.Errorf("%s is told of %s, want %s", who.User.Username, got, want)
			}
		}
		read(t, "/api/workspaces/ws/user-issues/"+g.cid.User.ID+"/", []list{
			{g.bea, "?assignees=" + g.cid.User.ID, "~name", "item item"},
			{g.cid, "?assignees=" + g.cid.User.ID, "~name", "hidden item item"},
			{g.bea, "?assignees=" + g.cid.User.ID + "&priority=high", "priority", "high"},
		}...)
	})
}

// What is below a work item is listed with its states; work items of projects in which one does not write stay where
// they are.
func TestSubItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		abroad := g.ann.Must("POST", other+"issues/", map[string]any{"name": "abroad"}).ID()
		in := g.states()
		top := g.item(map[string]any{"name": "top"})
		a := g.item(map[string]any{"name": "a", "state_id": in["completed"]})
		b := g.item(map[string]any{"name": "b", "state_id": in["started"], "parent_id": a})
		adopt := func(ids ...any) any { return map[string]any{"sub_issue_ids": ids} }
		below := "issues/" + top + "/sub-issues/"
		play(t, g.at, []step{
			{g.cid, "POST " + below, map[string]any{}, 400, "Sub Issue IDs are required"},
			{g.cid, "POST " + below, adopt("x"), 400, ""},
			{g.cid, "POST " + below, adopt(top), 400, "sub_issue_ids"},
			{g.cid, "POST issues/" + b + "/sub-issues/", adopt(a), 400, "sub_issue_ids"}, // what is above it
			{g.cid, "POST issues/" + unknownID + "/sub-issues/", adopt(a), 404, ""},
			{g.dan, "POST " + below, adopt(a), 403, ""},
			{g.cid, "POST " + below, adopt(a, a, abroad, unknownID), 200, `"name":"a"`},
			{g.ann, "GET " + other + "issues/" + abroad + "/", nil, 200, `"parent_id":null`},
			{g.ann, "POST " + below, adopt(abroad), 200, `"name":"abroad"`}, // ann writes there
			{g.ann, "GET issues/" + a + "/", nil, 200, `"parent_id":"` + top},
			{g.ann, "GET issues/" + top + "/", nil, 200, `"sub_issues_count":2`},
		}...)
		list := g.ann.Must("GET", g.at+below, nil)
		if got := values(list, "state_distribution.completed state_distribution.started"); got != "["+a+"] <nil>" {
			t.Errorf("by their states: %s: %s", got, list.Raw)
		}
		g.ann.Must("DELETE", g.at+"issues/"+top+"/", nil)
		play(t, g.at, step{g.ann, "GET issues/" + a + "/", nil, 404, ""})
	})
}

// Identifiers of projects are told as taken in letters of either case, and are free again when somebody frees them.
func TestIdentifiersOfProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		const at = "/api/workspaces/ws/project-identifiers/"
		play(t, at, []step{
			{g.cid, "GET ?name=p", nil, 200, `"exists":1`},
			{g.cid, "GET ?name=FREE", nil, 200, `"exists":0`},
			{g.cid, "GET ", nil, 400, "Name is required"},
			{g.dan, "GET ?name=p", nil, 403, ""},
			{g.cid, "DELETE ", map[string]any{"name": "P"}, 400, "Cannot delete an identifier of an existing project"},
			{g.cid, "DELETE ", map[string]any{}, 400, "Name is required"},
			{g.ann, "POST " + wsProjects, map[string]any{"name": "Q", "identifier": "p"}, 400, "PROJECT_IDENTIFIER_ALREADY_EXIST"},
			{g.ann, "POST " + wsProjects, map[string]any{"name": "P", "identifier": "Q"}, 400, "PROJECT_NAME_ALREADY_EXIST"},
		}...)
	})
}
