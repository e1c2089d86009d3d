package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Time is logged by who worked, changed by them and by the project's administrators, and summed by work item.
func TestWorklogs(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "time"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		a, b := p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"})
		at := p.base + "work-items/" + a + "/worklogs/"
		made := all.member.Must("POST", at, map[string]any{"duration": 30, "description": "review",
			"logged_by": p.person.User.ID, "created_by": p.person.User.ID})
		for key, want := range map[string]any{"duration": 30.0, "description": "review", "logged_by": all.member.User.ID,
			"created_by": all.member.User.ID, "project_id": p.project(), "issue_id": a} {
			if got := made.At(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		p.key.Must("POST", at, map[string]any{"duration": 65})
		p.key.Must("POST", strings.Replace(at, a, b, 1), map[string]any{"duration": "15"})
		foreign := other.item(map[string]any{"name": "f"})
		theirs := other.key.Must("POST", other.base+"work-items/"+foreign+"/worklogs/", map[string]any{"duration": 5}).ID()
		one := at + made.ID() + "/"
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `{"duration":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"duration": 0}, 400, `{"duration":["Ensure this value is greater`},
			{p.key, "POST", at, map[string]any{"duration": 525601}, 400, `{"duration":["Ensure this value is less`},
			{p.key, "POST", at, map[string]any{"duration": 1.5}, 400, `{"duration":["A valid integer is required."]}`},
			{p.key, "POST", at, map[string]any{"duration": "long", "description": nil}, 400, `"description":["This field may not be null."]`},
			{p.key, "POST", p.base + "work-items/" + foreign + "/worklogs/", map[string]any{"duration": 5}, 404, ""},
			{p.key, "GET", p.base + "work-items/" + foreign + "/worklogs/", nil, 404, ""},
			{p.key, "PATCH", at + theirs + "/", map[string]any{"duration": 5}, 404, ""},
			{p.key, "PATCH", strings.Replace(one, a, b, 1), map[string]any{"duration": 5}, 404, ""}, // of another work item
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"duration": 5}, 403, ""},
			{all.outsider, "GET", at, nil, 403, ""}, {all.outsider, "GET", p.base + "total-worklogs/", nil, 403, ""},
			{all.guest, "PATCH", one, map[string]any{"duration": 5}, 403, ""}, {all.guest, "DELETE", one, nil, 403, ""},
			{all.member, "PATCH", one, map[string]any{"duration": 40}, 200, `"description":"review","duration":40`},
			{all.admin, "PATCH", one, map[string]any{"description": "x"}, 200, `"description":"x","duration":40`},
			{p.key, "PATCH", one, map[string]any{}, 200, `"duration":40`},
			{p.key, "DELETE", at + store.NewID() + "/", nil, 404, ""},
		})
		mine := rows(p.key.Must("GET", at, nil))
		if len(mine) != 2 || mine[0]["duration"] != 65.0 || mine[1]["duration"] != 40.0 {
			t.Fatalf("the list is %v", mine)
		}
		walk(t, []step{{all.member, "DELETE", at + mine[0]["id"].(string) + "/", nil, 403, ""}}) // not their own
		sum := func(who *webtest.Client) string {
			t.Helper()
			got := who.Must("GET", p.base+"total-worklogs/", nil)
			if again := who.Must("GET", p.base+"work-logs/total/", nil); string(again.Raw) != string(got.Raw) {
				t.Errorf("under two addresses: %s and %s", got.Raw, again.Raw)
			}
			text := ""
			for _, row := range rows(got) {
				text += fmt.Sprintf("%s %v;", map[any]string{a: "a", b: "b"}[row["issue_id"]], row["duration"])
			}
			return text
		}
		for _, tt := range []struct {
			do   func()
			who  *webtest.Client
			want string
		}{
			{func() {}, p.key, "a 105;b 15;"},
			{func() {}, all.guest, ""}, // who sees only their own
			{func() { all.member.Must("DELETE", one, nil) }, p.key, "a 65;b 15;"},
			{func() { p.key.Must("DELETE", p.base+"work-items/"+b+"/", nil) }, p.key, "a 65;"},
			{func() { p.key.Must("PATCH", p.base, map[string]any{"guest_view_all_features": true}) }, all.guest, "a 65;"},
		} {
			tt.do()
			if got := sum(tt.who); got != tt.want {
				t.Errorf("the sums are %q, want %q", got, tt.want)
			}
		}
		history := string(p.key.Must("GET", p.base+"work-items/"+a+"/activities/", nil).Raw)
		for _, want := range []string{`"new_value":"30m"`, `"new_value":"1h 5m"`, `"old_value":"30m","new_value":"40m"`, "deleted the logged time"} {
			if !strings.Contains(history, want) {
				t.Errorf("the history has no %s: %s", want, history)
			}
		}
	})
}

// Clients that look elsewhere find the same.
func TestSlips(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlans(s, "slips")
		cycle := p.key.Must("POST", p.base+"cycles/", map[string]any{"name": "c", "project_id": p.project(),
			"start_date": "2020-01-01", "end_date": "2020-02-01"}).ID()
		module := p.key.Must("POST", p.base+"modules/", map[string]any{"name": "m", "status": "completed"}).ID()
		p.key.Must("POST", p.base+"modules/"+module+"/archive/", nil)
		walk(t, []step{
			{p.key, "POST", p.base + "archived-cycles/" + cycle + "/archive/", nil, 204, ""},
			{p.key, "GET", p.base + "archived-cycles/", nil, 200, cycle},
			{p.key, "GET", p.base + "modules/archived/", nil, 200, module},
			{p.key, "POST", "/api/v1/users/assets/", map[string]any{"name": "a.png", "type": "image/png", "size": 9,
				"entity_type": "USER_AVATAR"}, 200, `"asset_id":`},
			{s.Stranger(), "POST", "/api/v1/users/assets/", map[string]any{}, 401, ""},
		})
	})
}
