package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// beyond are times and days that one database can't keep or a client can't read.
var beyondTimes = []string{"9999-12-31T23:59:59-12:00", "10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z",
	"0001-01-01T00:00:00+12:00", "-0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999-00:01"}

var beyondDays = []string{"0000-01-01", "10000-01-01", "-0001-01-01", "0000-00-00", "2026-02-30"}

func TestTimesBeyondTheCalendarAreRefused(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		key := ann.WithKey()
		project := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		at, v1 := wsProjects+project, "/api/v1/workspaces/ws/projects/"+project
		ann.Must("PATCH", at, map[string]any{"inbox_view": true})
		item := ann.Must("POST", at+"issues/", map[string]any{"name": "i"}).ID() + "/"
		cycle := ann.Must("POST", at+"cycles/", map[string]any{"name": "C"}).ID() + "/"
		view := ann.Must("POST", at+"views/", map[string]any{"name": "V"}).ID() + "/"
		module := ann.Must("POST", at+"modules/", map[string]any{"name": "M"}).ID() + "/"
		draft := ann.Must("POST", "/api/workspaces/ws/draft-issues/",
			map[string]any{"name": "d", "project_id": strings.Trim(project, "/")}).ID() + "/"
		waiting := ann.Must("POST", at+"inbox-issues/",
			map[string]any{"issue": map[string]any{"name": "w"}}).At("issue").(map[string]any)["id"].(string) + "/"

		times := []struct {
			who                 *webtest.Client
			method, path, field string
			also                map[string]any
		}{
			{key, "POST", v1 + "work-items/", "created_at", map[string]any{"name": "far"}},
			{key, "POST", v1 + "work-items/" + item + "comments/", "created_at", map[string]any{"comment_html": "<p>x</p>"}},
			{key, "PATCH", v1 + "work-items/" + item, "completed_at", nil},
			{ann, "PATCH", at + "issues/" + item, "completed_at", nil},
			{ann, "POST", at + "views/", "archived_at", map[string]any{"name": "v"}},
			{ann, "PATCH", at + "views/" + view, "archived_at", nil},
			{ann, "POST", "/api/workspaces/ws/views/", "archived_at", map[string]any{"name": "v"}},
			{ann, "POST", at + "cycles/", "end_date", map[string]any{"name": "c", "start_date": "2027-01-01"}},
			{ann, "POST", at + "cycles/", "start_date", map[string]any{"name": "c", "end_date": "2027-01-01"}},
			{ann, "PATCH", at + "cycles/" + cycle, "end_date", nil},
			{key, "PATCH", v1 + "cycles/" + cycle, "start_date", nil},
			{ann, "PATCH", at, "archived_at", nil},
			{ann, "PATCH", at + "inbox-issues/" + waiting, "snoozed_till", map[string]any{"status": 0}},
			{ann, "POST", "/api/users/api-tokens/", "expired_at", map[string]any{"label": "never"}},
		}
		for _, op := range times {
			for _, value := range beyondTimes {
				refused(t, op.who, op.method, op.path, op.field, value, op.also)
			}
		}
		days := []struct {
			who                 *webtest.Client
			method, path, field string
			also                map[string]any
		}{
			{ann, "PATCH", at + "issues/" + item, "start_date", nil},
			{ann, "POST", at + "issues/", "target_date", map[string]any{"name": "n"}},
			{key, "POST", v1 + "work-items/", "start_date", map[string]any{"name": "n"}},
			{key, "PATCH", v1 + "work-items/" + item, "target_date", nil},
			{key, "PATCH", v1 + "work-items/" + item, "archived_at", nil},
			{ann, "POST", at + "modules/", "start_date", map[string]any{"name": "n"}},
			{ann, "PATCH", at + "modules/" + module, "target_date", nil},
			{key, "PATCH", v1 + "modules/" + module, "start_date", nil},
			{ann, "PATCH", "/api/workspaces/ws/draft-issues/" + draft, "start_date", nil},
		}
		for _, op := range days {
			for _, value := range beyondDays {
				refused(t, op.who, op.method, op.path, op.field, value, op.also)
			}
		}
		for _, query := range []string{"target_date=0000-01-01;after", "start_date=10000-01-01;before",
			"target_date=9999-12-31;before", "created_at=9999-12-31;before", "created_at=0001-01-01;after",
			`filters={"target_date":"0000-01-01"}`, `filters={"created_at__range":"0000-01-01,9999-12-31"}`,
			`filters={"target_date__range":"0001-01-01,9999-12-31"}`,
			`filters={"created_at":"9999-12-31T23:59:59-12:00"}`} {
			if a := ann.Do("GET", at+"issues/?"+strings.ReplaceAll(query, `"`, "%22"), nil); a.Status >= 500 {
				t.Errorf("%s: %d %s", query, a.Status, a.Raw)
			}
		}
	})
}

// refused wants a 400 that names the field.
func refused(t *testing.T, who *webtest.Client, method, path, field, value string, also map[string]any) {
	t.Helper()
	body := map[string]any{field: value}
	for k, v := range also {
		body[k] = v
	}
	a := who.Do(method, path, body)
	if a.Status != 400 || !strings.Contains(string(a.Raw), field) && !strings.Contains(string(a.Raw), `"error"`) {
		t.Errorf("%s %s %v: %d %s, want 400 on %s", method, path, body, a.Status, a.Raw, field)
	}
}

// A project's zone may push a cycle's end across the end of the calendar.
func TestACycleEndsInTheCalendarOfItsZone(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		for zone, dates := range map[string][2]string{"America/New_York": {"2027-01-01", "9999-12-31"},
			"Asia/Kolkata": {"0001-01-01", "2027-01-01"}} {
			at := wsProjects + ann.Must("POST", wsProjects,
				map[string]any{"name": zone, "identifier": zone[:4], "timezone": zone}).ID() + "/"
			body := map[string]any{"name": "c", "start_date": dates[0], "end_date": dates[1]}
			if a := ann.Do("POST", at+"cycles/", body); a.Status != 400 || !strings.Contains(string(a.Raw), "_date") {
				t.Errorf("%s: %d %s", zone, a.Status, a.Raw)
			}
			if list := ann.Must("GET", at+"cycles/", nil).JSON().([]any); len(list) != 0 {
				t.Errorf("%s: %d cycles", zone, len(list))
			}
		}
	})
}

// What got in all the same, by hand or by another version, takes no list down and can be deleted.
func TestARowWithATimeBeyondTheCalendarIsListedAndDeleted(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		project := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		at, v1 := wsProjects+project, "/api/v1/workspaces/ws/projects/"+project
		bad := []string{"10000-01-01 11:59:59+00:00", "22000-06-01 00:00:00+00:00"}
		if !s.App.DB.Postgres {
			bad = append(bad, "soon", "0000-00-00 00:00:00")
		}
		for n, value := range bad {
			item := ann.Must("POST", at+"issues/", map[string]any{"name": fmt.Sprint("far ", n)}).ID()
			ann.Must("POST", at+"issues/"+item+"/comments/", map[string]any{"comment_html": "<p>x</p>"})
			cycle := ann.Must("POST", at+"cycles/", map[string]any{"name": fmt.Sprint("c", n)}).ID()
			view := ann.Must("POST", at+"views/", map[string]any{"name": fmt.Sprint("v", n)}).ID()
			err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
				for _, set := range []string{"UPDATE issues SET created_at = $1, completed_at = $1",
					"UPDATE issue_comments SET created_at = $1", "UPDATE cycles SET start_date = $1, end_date = $1, created_at = $1",
					"UPDATE issue_views SET updated_at = $1"} {
					if _, err := tx.Exec(strings.ReplaceAll(set, "$1", "'"+value+"'")); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			key := ann.WithKey()
			for _, path := range []string{at + "issues/", at + "issues/?group_by=state_id", at + "issues/" + item + "/",
				at + "issues/" + item + "/history/", at + "issues/" + item + "/comments/", at + "cycles/",
				at + "cycles/" + cycle + "/", at + "cycles/" + cycle + "/analytics/?type=issues", at + "views/",
				"/api/workspaces/ws/search/?search=far&workspace_search=true"} {
				if a := ann.Do("GET", path, nil); a.Status != 200 {
					t.Errorf("%q: GET %s: %d %s", value, path, a.Status, a.Raw)
				}
			}
			for _, path := range []string{v1 + "work-items/", v1 + "work-items/" + item + "/", v1 + "cycles/",
				v1 + "work-items/" + item + "/comments/"} {
				if a := key.Do("GET", path, nil); a.Status != 200 {
					t.Errorf("%q: GET %s: %d %s", value, path, a.Status, a.Raw)
				}
			}
			ann.Must("POST", "/api/workspaces/ws/export-issues/",
				map[string]any{"provider": "csv", "project": []string{strings.Trim(project, "/")}, "multiple": false})
			for _, path := range []string{at + "cycles/" + cycle + "/", at + "views/" + view + "/",
				at + "issues/" + item + "/"} {
				if a := ann.Do("DELETE", path, nil); a.Status != 204 {
					t.Errorf("%q: DELETE %s: %d %s", value, path, a.Status, a.Raw)
				}
			}
		}
	})
}

// The first moment that there is is a time like others, not the lack of one.
func TestTheFirstMomentIsShown(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		project := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID()
		const first = "0001-01-01T00:00:00Z"
		ann.WithKey().Must("POST", "/api/v1/workspaces/ws/projects/"+project+"/work-items/",
			map[string]any{"name": "old", "created_at": first})
		for _, list := range []string{"issues/", "v2/issues/", "issues-detail/"} {
			found, _ := ann.Must("GET", wsProjects+project+"/"+list, nil).At("results").([]any)
			if len(found) != 1 || found[0].(map[string]any)["created_at"] != first {
				t.Errorf("%s: %v", list, found)
			}
		}
	})
}
