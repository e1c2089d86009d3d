package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// related says how a work item is related to others: the kinds with the names of those on the other side.
func related(who *webtest.Client, at, item string) map[string]string {
	all := map[string]string{}
	for kind, list := range who.Must("GET", at+"issues/"+item+"/issue-relation/", nil).JSON().(map[string]any) {
		var names []string
		for _, other := range list.([]any) {
			names = append(names, other.(map[string]any)["name"].(string))
		}
		if len(names) > 0 {
			all[kind] = inOrder(strings.Join(names, " "))
		}
	}
	return all
}

// A relation is seen from either side, each in its own words, and goes from both when either takes it away.
func TestRelationsFromEitherSide(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		for kind, back := range map[string]string{"blocking": "blocked_by", "blocked_by": "blocking",
			"duplicate": "duplicate", "relates_to": "relates_to", "start_after": "start_before",
			"start_before": "start_after", "finish_after": "finish_before", "finish_before": "finish_after"} {
			a, b := g.item(map[string]any{"name": "A"}), g.item(map[string]any{"name": "B"})
			relate := map[string]any{"relation_type": kind, "issues": []string{b}}
			g.cid.Must("POST", g.at+"issues/"+a+"/issue-relation/", relate)
			g.cid.Must("POST", g.at+"issues/"+a+"/issue-relation/", relate) // twice is once
			for item, want := range map[string]map[string]string{a: {kind: "B"}, b: {back: "A"}} {
				if diff := cmp.Diff(want, related(g.cid, g.at, item)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", kind, diff)
				}
			}
			// a guest sees what they made only
			play(t, g.at, step{g.dan, "GET issues/" + a + "/issue-relation/", nil, 403, "not allowed"})
			g.bea.Must("POST", g.at+"issues/"+b+"/remove-relation/",
				map[string]any{"relation_type": back, "related_issue": a})
			if left := related(g.cid, g.at, a); len(left) != 0 {
				t.Errorf("%s was taken away from the other side and is %v", kind, left)
			}
		}
	})
}

// What has a direction is not there both ways, nothing is related to itself, and ids of what one may not see relate to
// nothing; nothing is written then.
func TestBadRelations(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		secret := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		hidden := g.ann.Must("POST", secret+"issues/", map[string]any{"name": "hidden"}).ID()
		a, b, c := g.item(map[string]any{"name": "A"}), g.item(map[string]any{"name": "B"}), g.item(map[string]any{"name": "C"})
		body := func(kind any, issues ...any) any { return map[string]any{"relation_type": kind, "issues": issues} }
		from := func(item string) string { return "POST issues/" + item + "/issue-relation/" }
		gone := func(kind, other string) any { return map[string]any{"relation_type": kind, "related_issue": other} }
		play(t, g.at, []step{
			{g.cid, from(a), map[string]any{"issues": []any{b}}, 400, "Issue relation type is required"},
			{g.cid, from(a), body("above", b), 400, "is not a valid choice"},
			{g.cid, from(a), body("blocking", "x"), 400, ""},
			{g.cid, from(a), body("blocking", a), 400, "can't be related to itself"},
			{g.cid, from(a), body("blocking", b, hidden), 400, ""},
			{g.cid, from(a), body("blocking", b, unknownID), 400, ""},
			{g.cid, from(hidden), body("blocking", b), 400, ""},
			{g.dan, from(a), body("blocking", b), 403, ""},
			{g.eve, from(a), body("blocking", b), 403, ""},
		}...)
		if left := related(g.ann, g.at, b); len(left) != 0 {
			t.Errorf("what was refused has left %v", left)
		}
		play(t, g.at, []step{
			{g.cid, from(a), body("blocking", b, a), 201, `"name":"B"`}, // itself is left out
			{g.cid, from(b), body("blocking", a), 400, "there the other way round"},
			{g.cid, from(b), body("blocking", a, c), 201, `"name":"C"`},
			{g.ann, from(a), body("relates_to", hidden), 201, `"name":"hidden"`}, // ann is in both
			{g.cid, "POST issues/" + a + "/remove-relation/", gone("relates_to", hidden), 404, ""},
			{g.cid, "POST issues/" + a + "/remove-relation/", gone("blocking", "x"), 404, ""},
			{g.dan, "POST issues/" + a + "/remove-relation/", gone("blocking", b), 403, ""},
		}...)
		for who, want := range map[*webtest.Client]map[string]string{g.ann: {"blocking": "B", "relates_to": "hidden"},
			g.cid: {"blocking": "B"}} {
			if diff := cmp.Diff(want, related(who, g.at, a)); diff != "" {
				t.Errorf("as %s (-want +got):\n%s", who.User.Username, diff)
			}
		}
		g.ann.Must("DELETE", g.at+"issues/"+b+"/", nil)
		if diff := cmp.Diff(map[string]string{"relates_to": "hidden"}, related(g.ann, g.at, a)); diff != "" {
			t.Errorf("what is deleted (-want +got):\n%s", diff)
		}
	})
}

// A work item's links are addresses, each once; whoever made one or administers the project changes it.
func TestLinksOfAWorkItem(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		one := "issues/" + g.item(map[string]any{}) + "/issue-links/"
		other := "issues/" + g.item(map[string]any{}) + "/issue-links/"
		url := func(url any) map[string]any { return map[string]any{"url": url, "title": "T"} }
		id := g.cid.Must("POST", g.at+one, url("https://a.invalid/")).ID() + "/"
		ours := g.ann.Must("POST", g.at+one, url("b.invalid")).ID() + "/"
		const twice = "URL already exists for this Issue"
		play(t, g.at, []step{
			{g.bea, "POST " + one, url("https://a.invalid/"), 400, twice},
			{g.bea, "POST " + one, url("javascript:alert(1)"), 400, "Invalid URL format."},
			{g.bea, "POST " + one, map[string]any{"title": "no address"}, 400, `"url":["This field is required."]`},
			{g.bea, "POST " + other, url("https://a.invalid/"), 201, ""},
			{g.bea, "POST issues/" + unknownID + "/issue-links/", url("https://a.invalid/"), 400, ""},
			{g.dan, "POST " + one, url("https://d.invalid/"), 403, ""},
			{g.cid, "PATCH " + one + ours, url("https://c.invalid/"), 403, ""}, // somebody else's
			{g.cid, "DELETE " + one + ours, nil, 403, ""},
			{g.cid, "PATCH " + one + id, url("http://b.invalid"), 400, twice},
			{g.cid, "PATCH " + one + id, map[string]any{"title": nil}, 200, `"url":"https://a.invalid/"`},
			{g.cid, "PUT " + one + id, map[string]any{"title": "no address"}, 400, `"url":["This field is required."]`},
			{g.cid, "PUT " + one + id, url("https://c.invalid/"), 200, `"title":"T"`},
			{g.bea, "PATCH " + one + id, map[string]any{"title": "by bea"}, 200, "by bea"},
			{g.cid, "GET " + other + id, nil, 404, "No IssueLink matches"},
			{g.cid, "DELETE " + other + id, nil, 404, ""},
			{g.cid, "GET " + one + id, nil, 200, "https://c.invalid/"},
			{g.eve, "GET " + one + id, nil, 403, ""},
		}...)
		read(t, g.at, list{g.cid, one, "url", "http://b.invalid https://c.invalid/"})
		play(t, g.at, step{g.cid, "DELETE " + one + id, nil, 204, ""}, step{g.cid, "GET " + one + id, nil, 404, ""})
		read(t, g.at, list{g.cid, one, "url", "http://b.invalid"})
	})
}

// A reaction is there once a person, and only its own person takes it back.
func TestReactions(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		item := "issues/" + g.item(map[string]any{}) + "/"
		said := g.ann.Must("POST", g.at+item+"comments/", map[string]any{"comment_html": "<p>x</p>"}).ID()
		for _, at := range []string{item + "reactions/", "comments/" + said + "/reactions/"} {
			heart := map[string]any{"reaction": "128151"}
			play(t, g.at, []step{
				{g.cid, "POST " + at, map[string]any{}, 400, `"reaction":["This field is required."]`},
				{g.cid, "POST " + at, heart, 201, `"actor":"` + g.cid.User.ID},
				{g.cid, "POST " + at, heart, 400, ""},
				{g.bea, "POST " + at, heart, 201, ""},
				{g.eve, "POST " + at, heart, 403, ""},
				{g.eve, "GET " + at, nil, 200, "[]"},
				{g.ann, "DELETE " + at + "128151/", nil, 404, ""}, // has none
				{g.eve, "DELETE " + at + "128151/", nil, 403, ""},
			}...)
			read(t, g.at, list{g.ann, at, "~actor", g.cid.User.ID + " " + g.bea.User.ID})
			play(t, g.at, []step{
				{g.cid, "DELETE " + at + "128151/", nil, 204, ""},
				{g.cid, "DELETE " + at + "128151/", nil, 404, ""},
				{g.cid, "POST " + at, heart, 201, ""}, // and again
				{g.bea, "DELETE " + at + "128151/", nil, 204, ""},
			}...)
			read(t, g.at, list{g.ann, at, "actor", g.cid.User.ID})
		}
		play(t, g.at, []step{
			{g.cid, "POST comments/" + unknownID + "/reactions/", map[string]any{"reaction": "1"}, 400, "already exists"},
			{g.cid, "POST issues/" + unknownID + "/reactions/", map[string]any{"reaction": "1"}, 400, ""},
		}...)
	})
}

// Comments are changed and deleted by who made them, or an administrator of the project.
func TestCommentsAreTheirAuthors(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		at := "issues/" + g.item(map[string]any{}) + "/comments/"
		other := "issues/" + g.item(map[string]any{}) + "/comments/"
		text := func(html string) map[string]any { return map[string]any{"comment_html": html} }
		one := at + g.cid.Must("POST", g.at+at, text("<p>one</p>")).ID() + "/"
		theirs := at + g.ann.Must("POST", g.at+at, text("<p>two</p>")).ID() + "/"
		play(t, g.at, []step{
			{g.cid, "PATCH " + theirs, text("<p>x</p>"), 403, ""},
			{g.cid, "DELETE " + theirs, nil, 403, ""},
			{g.dan, "POST " + at, text("<p>x</p>"), 400, "not allowed to comment"}, // of what they did not make
			{g.eve, "POST " + at, text("<p>x</p>"), 403, ""},
			{g.cid, "PATCH " + one, text("<p>changed</p>"), 200, `"comment_stripped":"changed"`},
			{g.cid, "PUT " + one, text("<p>put<script>alert(1)</script></p>"), 200, `"comment_stripped":"put`},
			{g.bea, "PATCH " + one, text("<p>by bea</p>"), 200, "by bea"},
			{g.ann, "GET " + other + one[len(at):], nil, 404, ""},
			{g.ann, "DELETE " + other + one[len(at):], nil, 404, ""},
			{g.ann, "PATCH " + at + unknownID + "/", text("<p>x</p>"), 404, ""},
			{g.cid, "DELETE " + one, nil, 204, ""},
			{g.ann, "DELETE " + one, nil, 404, ""},
		}...)
		read(t, g.at, list{g.ann, at, "comment_stripped", "two"})
	})
}

// Who follows a work item says so themselves or is made to by a member; once, and until it is taken back.
func TestFollowersOfAWorkItem(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		item := "issues/" + g.item(map[string]any{}) + "/"
		follower := func(id any) any { return map[string]any{"subscriber": id, "deleted_at": nil} }
		const yes, no = `{"subscribed":true}`, `{"subscribed":false}`
		play(t, g.at, []step{
			{g.ann, "GET " + item + "subscribe/", nil, 200, yes}, // made it
			{g.cid, "GET " + item + "subscribe/", nil, 200, no},
			{g.cid, "DELETE " + item + "subscribe/", nil, 404, ""},
			{g.cid, "POST " + item + "subscribe/", nil, 201, g.cid.User.ID},
			{g.cid, "POST " + item + "subscribe/", nil, 400, "already subscribed"},
			{g.cid, "GET " + item + "subscribe/", nil, 200, yes},
			{g.cid, "DELETE " + item + "subscribe/", nil, 204, ""},
			{g.cid, "GET " + item + "subscribe/", nil, 200, no},
			{g.cid, "POST issues/" + unknownID + "/subscribe/", nil, 400, ""},
			{g.eve, "POST " + item + "subscribe/", nil, 403, ""},
			{g.cid, "POST " + item + "issue-subscribers/", follower(unknownID), 400, "object does not exist"},
			{g.cid, "POST " + item + "issue-subscribers/", map[string]any{}, 400, `"subscriber":["This field is required."]`},
			{g.dan, "POST " + item + "issue-subscribers/", follower(g.bea.User.ID), 403, ""},
			{g.cid, "POST " + item + "issue-subscribers/", follower(g.bea.User.ID), 201, g.bea.User.ID},
			{g.cid, "POST " + item + "issue-subscribers/", follower(g.bea.User.ID), 400, ""},
			{g.bea, "GET " + item + "subscribe/", nil, 200, yes},
			{g.dan, "DELETE " + item + "issue-subscribers/" + g.bea.User.ID + "/", nil, 403, ""},
			{g.cid, "DELETE " + item + "issue-subscribers/" + g.bea.User.ID + "/", nil, 204, ""},
			{g.bea, "GET " + item + "subscribe/", nil, 200, no},
		}...)
		read(t, g.at, list{g.cid, item + "issue-subscribers/", "~member.display_name", "ann bea cid dan"})
	})
}
