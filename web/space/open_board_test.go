package space_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// A board shows the vocabulary of its project and nothing of others; when it is closed, everybody is told that there is
// none, those who voted too, and a new one has another address.
func TestAClosedBoard(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		p.make("cycles/", map[string]any{"name": "C"})
		p.make("modules/", map[string]any{"name": "M"})
		p.make("issue-labels/", map[string]any{"name": "L"})
		other := p.newProject("Other", "OTH")
		p.ann.Must("POST", other+"cycles/", map[string]any{"name": "hidden"})
		p.ann.Must("POST", other+"issue-labels/", map[string]any{"name": "hidden"})
		paths := map[string]string{"cycles/": `"C"`, "modules/": `"M"`, "labels/": `"L"`, "states/": `"Todo"`,
			"members/": "ann", "settings/": `"is_comments_enabled":true`, "meta/": `"Project"`, "issues/": "SHOWN",
			"issues/" + p.item + "/": "SHOWN"}
		for path, want := range paths {
			a := s.Stranger().Do("GET", p.board+path, nil)
			if a.Status != 200 || !strings.Contains(string(a.Raw), want) || strings.Contains(string(a.Raw), "hidden") {
				t.Errorf("%s: %d %.300s, want %s", path, a.Status, a.Raw, want)
			}
		}
		item := p.board + "issues/" + p.item + "/"
		bob.Must("POST", item+"votes/", map[string]any{"vote": 1})
		said := bob.Must("POST", item+"comments/", map[string]any{"comment_html": "<p>hi</p>"}).ID()
		p.ann.Must("DELETE", p.project+"project-deploy-boards/"+p.boardID+"/", nil)
		for path := range paths {
			if a := s.Stranger().Do("GET", p.board+path, nil); a.Status != 404 && a.Status != 400 {
				t.Errorf("%s of a closed board: %d %.300s", path, a.Status, a.Raw)
			}
		}
		for _, do := range []string{"POST " + item + "votes/", "DELETE " + item + "votes/",
			"PATCH " + item + "comments/" + said + "/", "DELETE " + item + "comments/" + said + "/",
			"POST " + item + "comments/", "POST " + item + "reactions/"} {
			method, path, _ := strings.Cut(do, " ")
			body := map[string]any{"vote": -1, "reaction": "1", "comment_html": "<p>late</p>"}
			if a := bob.Do(method, path, body); a.Status != 404 {
				t.Errorf("%s of a closed board: %d %.300s", do, a.Status, a.Raw)
			}
		}
		again := p.ann.Must("POST", p.project+"project-deploy-boards/", map[string]any{})
		if anchor := fmt.Sprint(again.At("anchor")); strings.Contains(p.board, anchor) {
			t.Errorf("the new board is at the old address %s", anchor)
		}
	})
}

// Only those who write in a project publish it, and change or close its board; one project has one.
func TestWhoPublishes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		boards := p.project + "project-deploy-boards/"
		for _, do := range []string{"POST ", "GET ", "PATCH " + p.boardID + "/", "DELETE " + p.boardID + "/"} {
			method, path, _ := strings.Cut(do, " ")
			if a := bob.Do(method, boards+path, map[string]any{"is_votes_enabled": true}); a.Status != 403 {
				t.Errorf("%s as a stranger: %d %s", do, a.Status, a.Raw)
			}
		}
		if a := p.ann.Must("GET", boards, nil); a.ID() != p.boardID {
			t.Errorf("the board is %s", a.Raw)
		}
		p.ann.Must("POST", boards, map[string]any{"is_votes_enabled": true})
		if a := p.ann.Must("GET", boards, nil); a.ID() != p.boardID || a.At("is_votes_enabled") != true {
			t.Errorf("publishing again made %s", a.Raw)
		}
		other := p.newProject("Other", "OTH")
		if a := p.ann.Do("PATCH", other+"project-deploy-boards/"+p.boardID+"/", map[string]any{}); a.Status != 404 {
			t.Errorf("another project's board: %d %s", a.Status, a.Raw)
		}
	})
}
