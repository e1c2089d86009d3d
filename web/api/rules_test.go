package api_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// Rules that recordings of the reference beside ours show, a row each.
func TestAnswersToOddInput(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		key := ann.WithKey()
		project := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "cycle_view": true}).ID() + "/"
		at, v1 := wsProjects+project, "/api/v1/workspaces/ws/projects/"+project
		item := ann.Must("POST", at+"issues/", map[string]any{"name": "i"}).ID() + "/"
		member := ""
		for _, m := range ann.Must("GET", "/api/workspaces/ws/members/", nil).JSON().([]any) {
			if row := m.(map[string]any); row["member"].(map[string]any)["display_name"] == "bob" {
				member = row["id"].(string)
			}
		}
		unknown := "11111111-2222-4333-8444-555555555555"
		for _, tt := range []struct {
			who          *webtest.Client
			method, path string
			body         map[string]any
			status       int
			says         string
		}{
			{ann, "PATCH", at, map[string]any{"timezone": ""}, 400, `"timezone":["\"\" is not a valid choice."]`},
			{ann, "PATCH", "/api/workspaces/ws/", map[string]any{"timezone": ""}, 400,
				`"timezone":["\"\" is not a valid choice."]`},
			{ann, "PATCH", "/api/users/me/", map[string]any{"user_timezone": "Etc/GMT+5"}, 400,
				`"user_timezone":["\"Etc/GMT+5\" is not a valid choice."]`},
			{ann, "PATCH", "/api/users/me/", map[string]any{"user_timezone": "Europe/Kyiv"}, 200, "Europe/Kyiv"},
			{ann, "PATCH", "/api/workspaces/ws/members/" + member + "/", map[string]any{"workspace": unknown}, 400,
				`"workspace":["Invalid pk \"` + unknown + `\" - object does not exist."]`},
			{key, "POST", v1 + "cycles/", map[string]any{"name": "c", "project_id": "x"}, 400,
				`{"non_field_errors":["“x” is not a valid UUID."]}`},
			{key, "POST", v1 + "work-items/" + item + "attachments/",
				map[string]any{"name": "a.png", "type": "image/png", "size": 0}, 400, "Invalid request."},
			{ann, "GET", at + `issues/?filters={"target_date__range":"soon"}`, nil, 400, "Enter a valid date."},
			{ann, "GET", at + `issues/?filters={"target_date__range":"2027-01-01"}`, nil, 400,
				"Range query expects two values."},
			{ann, "POST", at + "cycles/", map[string]any{"name": "c", "progress_snapshot": map[string]any{"total_issues": 7}},
				201, `"progress_snapshot":{"total_issues":7}`},
			{ann, "POST", at + "cycles/", map[string]any{"name": "c", "progress_snapshot": []any{1}}, 400,
				`"progress_snapshot":`},
			{ann, "POST", at + "cycles/date-check/", map[string]any{"start_date": "", "end_date": ""}, 400,
				"Start date and end date both are required"},
			{ann, "POST", "/api/workspaces/ws/invitations/", map[string]any{"emails": nil}, 400, "Emails are required"},
			{ann, "PATCH", "/api/users/me/tour-completed/", map[string]any{"is_tour_completed": "yes"}, 400,
				"Please provide valid detail"},
			{ann, "PATCH", "/api/users/me/onboard/", map[string]any{"is_onboarded": "true"}, 400, "Please provide valid detail"},
		} {
			path := strings.ReplaceAll(tt.path, `"`, "%22")
			if a := tt.who.Do(tt.method, path, bodyOf(tt.body)); a.Status != tt.status ||
				!strings.Contains(string(a.Raw), tt.says) {
				t.Errorf("%s %s %v: %d %s, want %d %s", tt.method, tt.path, tt.body, a.Status, a.Raw, tt.status, tt.says)
			}
		}
	})
}

func bodyOf(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}

func TestFavouritesKeepWhatTheyAreMadeWith(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		const all = "/api/workspaces/ws/user-favorites/"
		first := ann.Must("POST", all,
			map[string]any{"entity_type": "folder", "name": "a", "is_folder": true, "sequence": 7.0})
		if got := first.At("sequence"); got != 7.0 {
			t.Errorf("the first favourite's place: %v", got)
		}
		if got := ann.Must("POST", all,
			map[string]any{"entity_type": "folder", "name": "b", "is_folder": true}).At("sequence"); got != 10007.0 {
			t.Errorf("the next one's place: %v", got)
		}
		view := ann.Must("POST", "/api/workspaces/ws/views/", map[string]any{"name": "V"}).ID()
		odd := ann.Must("POST", all, map[string]any{"entity_type": "module", "entity_identifier": view}).ID()
		if got := ann.Must("PATCH", all+odd+"/", map[string]any{"entity_type": "view"}).At("entity_data.name"); got != "V" {
			t.Errorf("of a view now, it shows %v", got)
		}
	})
}

func TestDraftsAreFilteredByDays(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		const all = "/api/workspaces/ws/draft-issues/"
		project := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID()
		for _, day := range []string{"2027-01-01", "2027-01-05", "2027-01-09"} {
			ann.Must("POST", all, map[string]any{"name": day, "target_date": day, "project_id": project})
		}
		for query, want := range map[string]int{"target_date=2027-01-05;after": 2, "target_date=2027-01-05;before": 2,
			"target_date=2027-01-02;after,2027-01-08;before": 1, "target_date=2027-01-05": 1, "start_date=2027-01-05;after": 0} {
			if got := ann.Must("GET", all+"?"+query, nil).At("total_results"); got != float64(want) {
				t.Errorf("%s: %v drafts, want %d", query, got, want)
			}
		}
	})
}

func TestNumbersThatAreTooLarge(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		at := wsProjects + ann.Must("POST", wsProjects,
			map[string]any{"name": "P", "identifier": "P", "intake_view": true}).ID() + "/"
		const large = "9223372036854775807"
		for _, tt := range []struct {
			method, path string
			body         any
			status       int
		}{
			{"GET", at + "inbox-issues/?status=" + large, nil, 400},
			{"GET", "/api/workspaces/ws/work-items/P-" + large + "/", nil, 404},
			{"GET", "/api/workspaces/ws/work-items/P-9" + large + "/", nil, 404},
			{"POST", "/api/workspaces/ws/invitations/",
				map[string]any{"emails": []any{map[string]any{"email": "bob@example.com", "role": 2147483647}}}, 400},
		} {
			if a := ann.Do(tt.method, tt.path, tt.body); a.Status != tt.status {
				t.Errorf("%s %s: %d %s, want %d", tt.method, tt.path, a.Status, a.Raw, tt.status)
			}
		}
	})
}

func TestActivitiesOfADeletedWorkspaceAreGone(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		ann.Must("POST", at+"issues/", map[string]any{"name": "i"})
		const mine = "/api/users/me/activities/?per_page=5"
		if n, _ := ann.Must("GET", mine, nil).At("results").([]any); len(n) == 0 {
			t.Fatal("no activity of a new work item")
		}
		ann.Must("DELETE", "/api/workspaces/ws/", nil)
		if n, _ := ann.Must("GET", mine, nil).At("results").([]any); len(n) != 0 {
			t.Errorf("%d activities of a deleted workspace", len(n))
		}
	})
}
