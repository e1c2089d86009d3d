package space_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func TestReports(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob, cat := s.User("bob"), s.User("cat")
		intake := p.intakeOf(p.project)
		p.switches(map[string]any{"intake": intake})
		p.ann.Must("PATCH", p.project, map[string]any{"default_assignee": p.ann.User.ID})
		path := p.board + "intakes/" + intake + "/intake-issues/"
		a := bob.Must("POST", path,
			map[string]any{"issue": map[string]any{"name": "Broken", "state_id": p.state(t, "Done"),
				"assignee_ids": []string{bob.User.ID}}})
		if got := a.At("assignees").([]any); len(got) != 0 || a.At("priority") != "low" ||
			a.At("state_detail.group") != "triage" {
			t.Errorf("reported: %s", a.Raw)
		}
		if n := p.count(t, store.IssueSubscribers, dbx.HashExp{"issue_id": a.ID()}); n != 0 {
			t.Error("somebody follows a report")
		}
		place := a.At("issue_intake").([]any)[0].(map[string]any)["id"].(string)
		one := path + place + "/"
		for method, body := range map[string]any{"PATCH": map[string]any{"issue": map[string]any{"name": "Taken over"}},
			"DELETE": nil} {
			for who, c := range map[string]*webtest.Client{"another": cat, "the project's administrator": p.ann} {
				if a := c.Do(method, one, body); a.Status != 400 {
					t.Errorf("%s by %s: %d %s", method, who, a.Status, a.Raw)
				}
			}
		}
		change := map[string]any{"name": "More broken", "description_html": "<p>a</p><script>b</script>",
			"priority": "urgent", "state_id": p.state(t, "Done")}
		a = bob.Must("PATCH", one, map[string]any{"issue": change})
		if a.At("name") != "More broken" || a.At("priority") != "low" || strings.Contains(string(a.Raw), "<script") {
			t.Errorf("changed: %s", a.Raw)
		}
		if a := bob.Do("PATCH", one, map[string]any{}); a.Status != 400 || a.At("issue") == nil {
			t.Errorf("a change without anything: %d %s", a.Status, a.Raw)
		}
		if a := bob.Do("POST", path,
			map[string]any{"issue": map[string]any{"name": strings.Repeat("a", 256)}}); a.Status != 400 || a.At("name") == nil {
			t.Errorf("too long a name: %d %s", a.Status, a.Raw)
		}
		for query, want := range map[string]int{"": 1, "?priority=low": 1, "?priority=high": 0} {
			if got := cat.Must("GET", path+query, nil).JSON().([]any); len(got) != want {
				t.Errorf("listed with %q: %v", query, got)
			}
		}
		if a := s.Stranger().Must("GET", p.board+"issues/", nil); strings.Contains(string(a.Raw), "roken") {
			t.Errorf("on the board: %s", a.Raw)
		}
		bob.Must("DELETE", one, nil)
		if a := bob.Do("GET", one, nil); a.Status != 404 {
			t.Errorf("after it was taken back: %d %s", a.Status, a.Raw)
		}
	})
}

func TestReportsGoToTheBoardsIntake(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		p.switches(map[string]any{"intake": p.intakeOf(p.project)})
		other := p.newProject("Other", "OTHER")
		theirs := p.intakeOf(other)
		in := p.ann.Must("POST", other+"intake-issues/", map[string]any{"issue": map[string]any{"name": "HIDDEN"}})
		path := p.board + "intakes/" + theirs + "/intake-issues/"
		if a := bob.Do("POST", path, map[string]any{"issue": map[string]any{"name": "Smuggled"}}); a.Status != 400 {
			t.Errorf("reported: %d %s", a.Status, a.Raw)
		}
		if a := bob.Must("GET", path, nil); string(a.Raw) != "[]" {
			t.Errorf("listed: %s", a.Raw)
		}
		for _, method := range []string{"GET", "PATCH", "DELETE"} {
			if a := bob.Do(method, path+in.ID()+"/", map[string]any{"issue": map[string]any{"name": "x"}}); a.Status != 404 {
				t.Errorf("%s: %d %s", method, a.Status, a.Raw)
			}
		}
	})
}
