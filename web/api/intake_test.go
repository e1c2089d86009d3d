package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// withIntake is a project with its intake switched on, and the path of that.
func withIntake(c *webtest.Client) (project, inbox string) {
	project = wsProjects + c.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
	c.Must("PATCH", project, map[string]any{"inbox_view": true})
	return project, project + "intakes/" + c.Must("GET", project+"intakes/", nil).ID() + "/"
}

func TestDecisionsAreInTheHistory(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		project, _ := withIntake(ann)
		item := ann.Must("POST", project+"intake-issues/",
			map[string]any{"issue": map[string]any{"name": "In"}}).At("issue.id").(string)
		plain := ann.Must("POST", project+"issues/", map[string]any{"name": "Plain"}).ID()
		for _, body := range []map[string]any{{"status": 1}, {"snoozed_till": nil}, {"status": -2}, {"status": -2}} {
			ann.Must("PATCH", project+"intake-issues/"+item+"/", body)
		}
		key := ann.WithKey()
		key.Must("PATCH", "/api/v1"+project[len("/api"):]+"intake-issues/"+item+"/",
			map[string]any{"status": 2, "duplicate_to": plain, "source": "MAIL", "source_email": "a@b.test"})

		type entry struct{ Verb, Field, Old, New, Source, Email any }
		history := func(item string) (got []entry) {
			for _, a := range ann.Must("GET", project+"issues/"+item+"/history/?activity_type=issue-property",
				nil).JSON().([]any) {
				a := a.(map[string]any)
				source, _ := a["source_data"].(map[string]any)
				got = append(got, entry{a["verb"], a["field"], a["old_value"], a["new_value"], source["source"],
					source["source_email"]})
			}
			return got
		}
		want := []entry{
			{"created", nil, nil, nil, "MAIL", "a@b.test"},
			{"1", "intake", "Pending", "Accepted", "MAIL", "a@b.test"},
			{"-2", "intake", "Accepted", "Pending", "MAIL", "a@b.test"},
			{"-2", "intake", "Pending", "Pending", "MAIL", "a@b.test"},
			{"2", "intake", "Pending", "Duplicate", "MAIL", "a@b.test"},
		}
		if diff := cmp.Diff(want, history(item)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]entry{{Verb: "created"}}, history(plain)); diff != "" {
			t.Errorf("history of what did not come in (-want +got):\n%s", diff)
		}
	})
}

// Everything that is wrong with a decision is told at once, and only to who decides.
func TestBadDecisions(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		project, _ := withIntake(ann)
		ann.Must("POST", project+
			"members/", map[string]any{"members": []any{map[string]any{"member_id": bob.User.ID, "role": 15}}})
		other := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		foreign := ann.Must("POST", other+"issues/", map[string]any{"name": "Foreign"}).ID()
		item := bob.Must("POST", project+"intake-issues/",
			map[string]any{"issue": map[string]any{"name": "In"}}).At("issue.id").(string)
		at := project + "intake-issues/" + item + "/"

		bad := map[string]any{"status": "yes", "duplicate_to": foreign, "snoozed_till": "soon"}
		want := map[string]any{
			"status":       []any{`"yes" is not a valid choice.`},
			"duplicate_to": []any{`Invalid pk "` + foreign + `" - object does not exist.`},
			"snoozed_till": []any{"Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."},
		}
		a := ann.Do("PATCH", at, bad)
		if diff := cmp.Diff(want, a.JSON()); a.Status != 400 || diff != "" {
			t.Errorf("%d (-want +got):\n%s", a.Status, diff)
		}
		if a := bob.Do("PATCH", at, bad); a.Status != 200 || a.At("status") != -2.0 {
			t.Errorf("who brought it in but does not decide: %d %s", a.Status, a.Raw)
		}

		for _, one := range ann.Must("GET", project+"states/", nil).JSON().([]any) {
			if one := one.(map[string]any); one["default"] == true {
				ann.Must("PATCH", project+"states/"+one["id"].(string)+"/", map[string]any{"default": false})
			}
		}
		a = ann.Do("PATCH", at, map[string]any{"status": 1, "issue": map[string]any{"name": "Renamed"}})
		want = map[string]any{"status": []any{"Cannot accept intake issue: No default state found for the project"}}
		if diff := cmp.Diff(want, a.JSON()); a.Status != 400 || diff != "" {
			t.Errorf("without a default state: %d (-want +got):\n%s", a.Status, diff)
		}
		if got := ann.Must("GET", at, nil).At("issue.name"); got != "In" {
			t.Errorf("a refused decision renamed the work item to %v", got)
		}
	})
}

func TestTheIntakeItself(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		project, inbox := withIntake(ann)
		item := ann.Must("POST", project+"intake-issues/",
			map[string]any{"issue": map[string]any{"name": "In"}}).At("issue.id").(string)

		if a := ann.Must("PATCH", inbox,
			map[string]any{"name": "Desk", "view_props": map[string]any{"a": 1}}); a.At("name") != "Desk" ||
			a.At("pending_issue_count") != 1.0 {
			t.Errorf("changed: %s", a.Raw)
		}
		for _, tt := range []struct {
			who          *webtest.Client
			method, path string
			body         any
			status       int
			answer       string
		}{
			{bob, "GET", inbox, nil, 403, `{"error":"You don't have the required permissions."}`},
			{bob, "PATCH", inbox, map[string]any{"name": "x"}, 403, `{"error":"You don't have the required permissions."}`},
			{bob, "DELETE", inbox, nil, 403, `{"error":"You don't have the required permissions."}`},
			{bob, "POST", project + "intakes/", map[string]any{"name": "x"}, 403,
				`{"error":"You don't have the required permissions."}`},
			{ann, "PATCH", inbox, map[string]any{"name": ""}, 400, `{"name":["This field may not be blank."]}`},
			{ann, "POST", project + "intakes/", map[string]any{}, 400,
				`{"deleted_at":["This field is required."],"name":["This field is required."]}`},
			{ann, "DELETE", inbox, nil, 400, `{"error":"You cannot delete the default intake"}`},
			{ann, "GET", project + "intakes/" + item + "/", nil, 404, `{"detail":"No Intake matches the given query."}`},
			{ann, "PATCH", project + "intake-issues/" + item + "/", map[string]any{"source": "FORM"}, 200, ""},
			{ann, "PATCH", inbox, map[string]any{"is_default": false}, 200, ""},
			{ann, "PATCH", project, map[string]any{"description": "still works"}, 200, ""},
			{ann, "DELETE", inbox, nil, 204, ""},
			{ann, "GET", inbox, nil, 404, `{"detail":"No Intake matches the given query."}`},
			{ann, "GET", project + "intake-issues/" + item + "/", nil, 404, ""},
			{ann, "GET", project + "issues/" + item + "/", nil, 200, ""},
		} {
			if a := tt.who.Do(tt.method, tt.path, tt.body); a.Status != tt.status || tt.answer != "" &&
				string(a.Raw) != tt.answer {
				t.Errorf("%s %s %v: %d %s, want %d %s", tt.method, tt.path, tt.body, a.Status, a.Raw, tt.status, tt.answer)
			}
		}
	})
}
