package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A view is changed by who made it and deleted by them or an administrator of its place; others read it. The same
// holds for those of a project and those of the workspace.
func TestViewsAreTheirMakers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		zoe := s.User("zoe")
		named := func(name string) map[string]any { return map[string]any{"name": name} }
		for at, refused := range map[string]int{g.at + "views/": 400, "/api/workspaces/ws/views/": 403} {
			made := func(who *webtest.Client, name string) string { return who.Must("POST", at, named(name)).ID() + "/" }
			one, next := made(g.cid, "of cid"), made(g.cid, "next")
			play(t, at, []step{
				{g.cid, "POST ", map[string]any{}, 400, `"name":["This field is required."]`},
				{zoe, "POST ", named("by a stranger"), 403, ""},
				{zoe, "GET " + one, nil, 403, ""},
				{zoe, "GET ", nil, 403, ""},
				{g.ann, "GET " + one, nil, 200, `"name":"of cid"`},
				{g.dan, "PATCH " + one, named("by dan"), 403, ""},
				{g.ann, "PATCH " + one, named("by ann"), refused, ""}, // administrators do not, either
				{g.cid, "PATCH " + one, named("renamed"), 200, `"name":"renamed"`},
				{g.cid, "PUT " + one, named("put"), 200, `"name":"put"`},
				{g.cid, "PUT " + one, map[string]any{"description": "no name"}, 400, `"name":["This field is required."]`},
				{g.cid, "PATCH " + one, map[string]any{"owned_by": g.ann.User.ID, "access": 0, "is_locked": true}, 200,
					`"access":1`},
				{g.dan, "DELETE " + one, nil, 403, ""},
				{g.cid, "DELETE " + one, nil, 204, ""},
				{g.cid, "DELETE " + one, nil, 403, ""}, // who made nothing
				{g.ann, "DELETE " + one, nil, 404, ""},
				{g.cid, "GET " + one, nil, 200, `"name":""`}, // a blank form, as in the reference
				{g.ann, "DELETE " + next, nil, 204, ""},
			}...)
			read(t, at, list{g.cid, "", "name", ""})
		}
		of := g.ann.Must("POST", "/api/workspaces/ws/views/", named("of the workspace")).ID() + "/"
		inside := g.ann.Must("POST", g.at+"views/", named("of the project")).ID() + "/"
		play(t, "", []step{ // neither is reached by the other's path
			{g.ann, "DELETE " + g.at + "views/" + of, nil, 404, ""},
			{g.ann, "PATCH /api/workspaces/ws/views/" + inside, named("x"), 404, ""},
			{g.eve, "GET " + g.at + "views/", nil, 403, ""},
			{g.eve, "GET /api/workspaces/ws/views/" + of, nil, 200, `"name":"of the workspace"`},
		}...)
	})
}

// Nobody but the owner is shown a private view, and nothing changes a locked one; an administrator deletes no private
// one either.
func TestPrivateAndLockedViews(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		set := func(id, column string, value any) {
			t.Helper()
			if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
				_, err := tx.Exec("UPDATE issue_views SET "+column+" = ? WHERE id = ?", value, id)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		at := g.at + "views/"
		hidden := g.cid.Must("POST", at, map[string]any{"name": "hidden"}).ID()
		locked := g.cid.Must("POST", at, map[string]any{"name": "locked"}).ID()
		set(hidden, "access", 0)
		set(locked, "is_locked", true)
		read(t, at, list{g.cid, "", "name", "hidden locked"}, list{g.ann, "", "name", "locked"})
		play(t, at, []step{
			{g.cid, "GET " + hidden + "/", nil, 200, `"name":"hidden"`},
			{g.ann, "GET " + hidden + "/", nil, 200, `"name":""`},
			{g.ann, "DELETE " + hidden + "/", nil, 404, ""},
			{g.cid, "PATCH " + locked + "/", map[string]any{"name": "changed"}, 400, "view is locked"},
			{g.cid, "PUT " + locked + "/", map[string]any{"name": "changed"}, 400, "view is locked"},
			{g.cid, "GET " + locked + "/", nil, 200, `"is_locked":true`},
			{g.cid, "PATCH " + hidden + "/", map[string]any{"name": "still mine"}, 200, ""},
		}...)
	})
}

// Guests are shown their own views only, until the project shows them everything; an archived project shows none.
func TestViewsForGuests(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		for _, at := range []string{g.at + "views/", "/api/workspaces/ws/views/"} {
			theirs := g.cid.Must("POST", at, map[string]any{"name": "A"}).ID() + "/"
			g.dan.Must("POST", at, map[string]any{"name": "B"})
			read(t, at, list{g.dan, "", "name", "B"}, list{g.cid, "?order_by=name", "name", "A B"})
			if at == g.at+"views/" {
				play(t, at, step{g.dan, "GET " + theirs, nil, 403, "not allowed"})
				g.ann.Must("PATCH", g.at, map[string]any{"guest_view_all_features": true})
				read(t, at, list{g.dan, "", "name", "A B"})
				play(t, at, step{g.dan, "GET " + theirs, nil, 200, `"name":"A"`})
			}
		}
		g.ann.Must("POST", g.at+"archive/", map[string]any{})
		read(t, g.at, list{g.cid, "views/", "name", ""})
	})
}

// The workspace's views come in the order that is asked for; one that there is not is the newest first.
func TestTheOrderOfViews(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		for _, name := range []string{"B", "C", "A"} {
			g.ann.Must("POST", "/api/workspaces/ws/views/", map[string]any{"name": name})
		}
		for order, want := range map[string]string{"": "A C B", "name": "A B C", "-name": "C B A", "created_at": "B C A",
			"sort_order": "B C A", "-sort_order": "A C B", "owned_by_id": "A C B", "name;": "A C B"} {
			read(t, "", list{g.cid, "/api/workspaces/ws/views/?order_by=" + order, "name", want})
		}
	})
}

// What a view filters by is kept for the lists that go by it, too; a filter that makes no sense is refused.
func TestFiltersOfAView(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		at := g.at + "views/"
		view := map[string]any{"name": "V", "filters": map[string]any{"priority": []string{"high", "low"}}}
		a := g.cid.Must("POST", at, view)
		if got := values(a, "query.priority__in"); got != "[high low]" {
			t.Errorf("filters by %s: %s", got, a.Raw)
		}
		one := a.ID() + "/"
		a = g.cid.Must("PATCH", at+one, map[string]any{"filters": map[string]any{}})
		if got := values(a, "query.priority__in filters.priority"); got != "<nil> <nil>" {
			t.Errorf("filters by nothing are %s: %s", got, a.Raw)
		}
		play(t, at, []step{
			{g.cid, "PATCH " + one, map[string]any{"rich_filters": map[string]any{"priority__in": "high"}}, 200, "priority__in"},
			{g.cid, "PATCH " + one, map[string]any{"display_filters": map[string]any{"layout": "kanban"}}, 200, "kanban"},
			{g.cid, "PATCH " + one, map[string]any{"name": nil}, 400, "may not be null"},
			{g.cid, "PATCH " + one, map[string]any{"sort_order": "high"}, 400, "sort_order"},
		}...)
	})
}
