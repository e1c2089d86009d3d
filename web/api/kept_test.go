package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// Notes are one's own: found by their text, changed and deleted by nobody else, the newest first.
func TestNotesAreOnesOwn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		zoe := s.User("zoe")
		const notes = "/api/workspaces/ws/stickies/"
		note := func(name, html string) map[string]any { return map[string]any{"name": name, "description_html": html} }
		milk := g.dan.Must("POST", notes, note("milk", "<p>Buy <b>milk</b></p>")).ID() + "/"
		g.dan.Must("POST", notes, note("bread", "<p>buy bread<script>alert(1)</script></p>"))
		g.ann.Must("POST", notes, note("theirs", "<p>buy nothing</p>"))
		read(t, notes, []list{
			{g.dan, "", "name", "bread milk"},
			{g.dan, "?query=BUY", "name", "bread milk"},
			{g.dan, "?query=milk", "name", "milk"},
			{g.dan, "?query=%25", "name", ""}, // a sign is a sign
			{g.dan, "?per_page=1&cursor=1:1:0", "name", "milk"},
			{g.ann, "", "name", "theirs"},
		}...)
		play(t, notes, []step{
			{zoe, "GET ", nil, 403, ""},
			{zoe, "POST ", note("x", "<p></p>"), 403, ""},
			{g.ann, "GET " + milk, nil, 404, "No Sticky matches"},
			{g.ann, "PATCH " + milk, note("taken", "<p></p>"), 403, ""},
			{g.ann, "DELETE " + milk, nil, 403, ""},
			{g.dan, "PATCH " + milk, map[string]any{"description_html": "<p>Oat drink</p>"}, 200,
				`"description_stripped":"Oat drink"`},
			{g.dan, "PATCH " + milk, map[string]any{"color": "red", "sort_order": 1e9}, 200, `"color":"red"`},
			{g.dan, "PATCH " + milk, map[string]any{"sort_order": "high"}, 400, "sort_order"},
			{g.dan, "PATCH " + milk, map[string]any{"owner": g.ann.User.ID}, 200, `"owner":"` + g.dan.User.ID},
			{g.dan, "GET " + milk, nil, 200, "Oat drink"},
		}...)
		read(t, notes, list{g.dan, "", "name", "milk bread"}, list{g.dan, "?query=buy", "name", "bread"})
		g.dan.Must("DELETE", notes+milk, nil)
		read(t, notes, list{g.dan, "", "name", "bread"})
		play(t, notes, step{g.dan, "GET " + milk, nil, 404, ""})
	})
}

// Links that a person keeps are theirs, each address once; themes, too, are nobody else's.
func TestLinksAndThemesAreOnesOwn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		const links, themes = "/api/workspaces/ws/quick-links/", "/api/workspaces/ws/workspace-themes/"
		url := func(url any) map[string]any { return map[string]any{"url": url, "title": "T"} }
		one := g.cid.Must("POST", links, url("a.example")).ID() + "/"
		two := g.cid.Must("POST", links, url("https://b.example")).ID() + "/"
		const twice = "URL already exists for this workspace and owner"
		play(t, links, []step{
			{g.cid, "POST ", url("http://a.example"), 400, twice},
			{g.cid, "POST ", url("not an address"), 400, "Invalid URL format."},
			{g.cid, "POST ", map[string]any{"title": "T"}, 400, `"url":["This field is required."]`},
			{g.cid, "POST ", map[string]any{"url": "c.example", "project": unknownID}, 400, "object does not exist"},
			{g.ann, "POST ", url("http://a.example"), 201, ""}, // ann has none yet
			{g.ann, "GET " + one, nil, 404, "Quick link not found."},
			{g.ann, "PATCH " + one, url("x.example"), 404, "Quick link not found."},
			{g.ann, "DELETE " + one, nil, 404, ""},
			{g.cid, "PATCH " + two, url("a.example"), 400, twice},
			{g.cid, "PATCH " + one, map[string]any{"title": nil}, 200, `"title":null`},
			{g.cid, "GET " + one, nil, 200, `"url":"http://a.example"`},
			{g.cid, "DELETE " + one, nil, 204, ""},
			{g.cid, "POST ", url("a.example"), 201, ""},
		}...)
		read(t, links, list{g.cid, "", "url", "http://a.example https://b.example"})
		theme := map[string]any{"name": "dark", "colors": map[string]any{"bg": "#000"}, "deleted_at": nil}
		dark := g.ann.Must("POST", themes, theme).ID() + "/"
		play(t, themes, []step{
			{g.ann, "POST ", theme, 400, ""}, // the name is taken
			{g.ann, "POST ", map[string]any{}, 400, `"name":["This field is required."]`},
			{g.ann, "PATCH " + dark, map[string]any{"colors": map[string]any{"bg": "#111"}}, 200, "#111"},
			{g.ann, "GET " + dark, nil, 200, "#111"},
			{g.dan, "GET ", nil, 403, ""},
			{g.ann, "DELETE " + dark, nil, 204, ""},
			{g.ann, "GET " + dark, nil, 404, ""},
		}...)
		read(t, themes, list{g.ann, "", "name", ""})
	})
}

// What one looked at comes once each, without what is gone or no longer for one.
func TestWhatOneLookedAt(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		const visits = "/api/workspaces/ws/recent-visits/"
		kept, gone := g.item(map[string]any{"name": "kept"}), g.item(map[string]any{"name": "gone"})
		page := g.ann.Must("POST", g.at+"pages/", map[string]any{"name": "page"}).ID()
		for _, path := range []string{"", "issues/" + kept + "/", "issues/" + kept + "/", "issues/" + gone + "/",
			"pages/" + page + "/"} {
			g.cid.Must("GET", g.at+path, nil)
		}
		names := func() string { return inOrder(column(g.cid.Must("GET", visits, nil), "entity_data.name")) }
		eventually(t, "four visits are written", func() bool { return names() == "P gone kept page" })
		read(t, visits, []list{
			{g.cid, "?entity_name=issue", "~entity_data.name", "kept gone"},
			{g.cid, "?entity_name=page", "entity_data.name", "page"},
			{g.cid, "?entity_name=project", "entity_data.identifier", "P"},
			{g.cid, "?entity_name=nothing", "id", ""},
			{g.bea, "", "id", ""}, // somebody else's
		}...)
		g.ann.Must("DELETE", g.at+"issues/"+gone+"/", nil)
		read(t, visits, list{g.cid, "?entity_name=issue", "entity_data.name", "kept"})
		g.ann.Must("PATCH", g.at+"issues/"+kept+"/", map[string]any{"name": "renamed"})
		read(t, visits, list{g.cid, "?entity_name=issue", "entity_data.name", "renamed"})
		g.ann.Must("DELETE", g.at+g.membership(t, g.cid), nil)
		read(t, visits, list{g.cid, "", "id", ""})
	})
}

// How one sees the workspace, its sidebar and the home page is one's own and stays as it is left.
func TestHowOneSeesTheWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		const ws = "/api/workspaces/ws/"
		play(t, ws, []step{
			{g.cid, "GET user-properties/", nil, 200, `"display_filters":{`},
			{g.cid, "PATCH user-properties/", map[string]any{"filters": map[string]any{"priority": []string{"low"}}}, 200,
				`"low"`},
			{g.cid, "GET user-properties/", nil, 200, `"low"`},
			{g.bea, "GET user-properties/", nil, 200, `"priority":null`},
			{g.cid, "GET sidebar-preferences/", nil, 200, `"is_pinned":`},
			{g.cid, "PATCH sidebar-preferences/", []any{map[string]any{"key": "drafts", "is_pinned": false,
				"sort_order": 7}}, 200, ""},
			{g.cid, "GET sidebar-preferences/", nil, 200, `"drafts":{"is_pinned":false,"sort_order":7}`},
			{g.cid, "GET home-preferences/", nil, 200, `"quick_links"`},
			{g.cid, "PATCH home-preferences/quick_links/", map[string]any{"is_enabled": false}, 200, `"is_enabled":false`},
			{g.cid, "PATCH home-preferences/nothing/", map[string]any{"is_enabled": false}, 400, ""},
		}...)
		for who, want := range map[*webtest.Client]any{g.cid: false, g.bea: true} {
			for _, part := range rowsIn(who.Must("GET", ws+"home-preferences/", nil)) {
				if part["key"] == "quick_links" && part["is_enabled"] != want {
					t.Errorf("%s's home page: %v", who.User.Username, part)
				}
			}
		}
	})
}
