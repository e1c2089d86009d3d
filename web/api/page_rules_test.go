package api_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// A page that is locked is not changed, in whatever way, until it is unlocked; one that is archived is neither.
func TestLockedAndArchivedPagesStayAsTheyAre(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		page := "pages/" + g.cid.Must("POST", g.at+"pages/", map[string]any{"name": "One"}).ID() + "/"
		name := func(name string) any { return map[string]any{"name": name} }
		text := map[string]any{"description_html": "<p>changed</p>"}
		play(t, g.at, []step{
			{g.dan, "POST " + page + "lock/", nil, 403, ""},
			{g.cid, "POST " + page + "lock/", nil, 204, ""},
			{g.cid, "PATCH " + page, name("Two"), 400, "Page is locked"},
			{g.ann, "PATCH " + page, name("Two"), 400, "Page is locked"},
			{g.cid, "PATCH " + page + "description/", text, 400, `"error_code":4701`},
			{g.cid, "GET " + page, nil, 200, `"name":"One"`},
			{g.ann, "DELETE " + page + "lock/", nil, 204, ""},
			{g.ann, "PATCH " + page, name("Two"), 200, `"name":"Two"`},
			{g.cid, "PATCH " + page + "description/", text, 200, ""},
			{g.cid, "GET " + page, nil, 200, "changed"},
			{g.ann, "DELETE " + page, nil, 400, "The page should be archived before deleting"},
			{g.bea, "POST " + page + "archive/", nil, 200, "archived_at"},
			{g.cid, "PATCH " + page + "description/", text, 400, `"error_code":4702`},
			{g.dan, "DELETE " + page, nil, 403, ""},
			{g.ann, "DELETE " + page + "archive/", nil, 204, ""},
			{g.cid, "PATCH " + page + "description/", text, 200, ""},
			{g.cid, "POST " + page + "archive/", nil, 200, ""},
			{g.ann, "DELETE " + page, nil, 204, ""},
			{g.ann, "GET " + page, nil, 404, ""},
		}...)
	})
}

// A private page is its owner's alone, and nobody else changes whether it is one.
func TestPrivatePagesAreTheirOwners(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		page := "pages/" + g.cid.Must("POST", g.at+"pages/", map[string]any{"name": "Mine"}).ID() + "/"
		access := func(n int) any { return map[string]any{"access": n} }
		play(t, g.at, []step{
			{g.ann, "GET " + page, nil, 200, ""},
			{g.ann, "POST " + page + "access/", access(1), 400, "owned by someone else"},
			{g.ann, "PATCH " + page, access(1), 400, "owned by someone else"},
			{g.bea, "POST " + page + "access/", access(0), 204, ""}, // which it is already
			{g.cid, "POST " + page + "access/", access(1), 204, ""},
			{g.cid, "GET " + page, nil, 200, `"access":1`},
		}...)
		for _, who := range []*webtest.Client{g.ann, g.bea, g.dan, g.eve} {
			for _, does := range []string{"GET " + page, "PATCH " + page, "DELETE " + page, "POST " + page + "lock/",
				"POST " + page + "archive/", "POST " + page + "duplicate/", "GET " + page + "versions/",
				"GET " + page + "description/"} {
				method, path, _ := strings.Cut(does, " ")
				if a := who.Do(method, g.at+path, nil); a.Status != 403 && a.Status != 404 {
					t.Errorf("%s as %s: %d %.200s", does, who.User.Username, a.Status, a.Raw)
				}
			}
		}
		if list := g.ann.Must("GET", g.at+"pages/", nil).JSON().([]any); len(list) != 0 {
			t.Errorf("somebody else's list has %v", list)
		}
		if list := g.cid.Must("GET", g.at+"pages/", nil).JSON().([]any); len(list) != 1 {
			t.Errorf("the owner's list has %v", list)
		}
		if got := g.ann.Must("GET", g.at+"pages-summary/", nil).At("private_pages"); got != 0.0 {
			t.Errorf("somebody else counts %v private pages", got)
		}
	})
}
