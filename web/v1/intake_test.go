package v1_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What comes in waits for an administrator; what is accepted becomes a work item, what is refused none.
func TestWhatComesIn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlans(s, "intake")
		member := p.join(t, s, "member", app.Member, app.Member).WithKey()
		guest := p.join(t, s, "guest", app.Guest, app.Guest).WithKey()
		at := p.base + "intake-issues/"
		issue := func(more map[string]any) map[string]any { return map[string]any{"issue": more} }
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, "Name is required"},
			{p.key, "POST", at, map[string]any{"issue": nil}, 400, ""},
			{p.key, "POST", at, map[string]any{"issue": "x"}, 400, "Name is required"},
			{p.key, "POST", at, issue(map[string]any{"name": ""}), 400, "Name is required"},
			{p.key, "POST", at, issue(map[string]any{"name": "x", "priority": "odd"}), 400, "Invalid priority"},
			{p.key, "POST", at, issue(map[string]any{"name": "x", "priority": 1}), 400, "Invalid priority"},
			{p.key, "GET", at, nil, 200, `"total_count":0`},
			{p.key, "GET", at + store.NewID() + "/", nil, 404, ""},
			{p.key, "PATCH", at + store.NewID() + "/", map[string]any{"status": 1}, 404, ""},
		})
		comes := func(who *webtest.Client, name string) string {
			id, _ := who.Must("POST", at, issue(map[string]any{"name": name, "priority": "high"})).At("issue").(string)
			return id
		}
		good, bad, copied, own := comes(guest, "good"), comes(member, "bad"), comes(member, "copy"), comes(member, "own")
		if n := p.key.Must("GET", p.base+"work-items/", nil).At("total_count"); n != 0.0 {
			t.Errorf("%v of what waits are among the work items", n)
		}
		state := func(id string, status float64) {
			t.Helper()
			if a := p.key.Must("GET", at+id+"/", nil); a.At("status") != status {
				t.Errorf("%v is %v, want %v", a.At("issue_detail.name"), a.At("status"), status)
			}
		}
		state(good, -2)
		walk(t, []step{
			{member, "PATCH", at + own + "/", map[string]any{"status": 1}, 200, ""}, // asking for it is no fault
			{p.key, "PATCH", at + good + "/", map[string]any{"status": 7}, 400, `"status":`},
			{p.key, "PATCH", at + good + "/", map[string]any{"status": "yes"}, 400, `"status":`},
			{p.key, "PATCH", at + good + "/", map[string]any{"status": 1}, 200, `"status":1`},
			{p.key, "PATCH", at + bad + "/", map[string]any{"status": -1}, 200, `"status":-1`},
			{p.key, "PATCH", at + copied + "/", map[string]any{"status": 2, "duplicate_to": good}, 200, good},
		})
		state(own, -2)
		state(good, 1)
		if names := column(t, p.key.Must("GET", p.base+"work-items/", nil), "name"); len(names) != 1 || names[0] != "good" {
			t.Errorf("the work items are %v, want that which was accepted", names)
		}
		settled := func(id string) string { return at + id + "/status/" }
		later := map[string]any{"status": 0, "snoozed_till": "2031-01-02T03:04:05Z"}
		walk(t, []step{
			{guest, "PATCH", settled(good), map[string]any{"status": -1}, 403, ""}, // not even who brought it in
			{member, "PATCH", settled(own), map[string]any{"status": 1}, 403, ""},
			{p.key, "PATCH", settled(own), map[string]any{}, 400, `{"status":["This field is required."]}`},
			{p.key, "PATCH", settled(own), map[string]any{"status": 3}, 400, `{"status":["\"3\" is not a valid choice."]}`},
			{p.key, "PATCH", settled(own), map[string]any{"status": 0}, 400, `{"snoozed_till":["This field is required."]}`},
			{p.key, "PATCH", settled(own), map[string]any{"status": 0, "snoozed_till": "soon"}, 400, `{"snoozed_till":["Date`},
			{p.key, "PATCH", settled(own), map[string]any{"status": 2}, 400, `{"duplicate_to":["This field is required."]}`},
			{p.key, "PATCH", settled(own), map[string]any{"status": 2, "duplicate_to": store.NewID()}, 400, `{"duplicate_to":`},
			{p.key, "PATCH", settled(store.NewID()), map[string]any{"status": 1}, 404, ""},
			{p.key, "PATCH", settled(own), later, 200, `"status":0,"snoozed_till":"2031`},
			{p.key, "PATCH", settled(own), map[string]any{"status": -2, "source": "API"}, 200, `"status":-2`},
			{p.key, "GET", strings.Replace(at+good+"/", "intake-issues", "inbox-issues", 1), nil, 200, `"status":1`},
			{p.key, "PATCH", strings.Replace(settled(bad), "intake-issues", "inbox-issues", 1), map[string]any{"status": -1}, 200, `"status":-1`},
		})
		walk(t, []step{
			{guest, "DELETE", at + bad + "/", nil, 403, "Only admin or creator can delete the work item"},
			{member, "DELETE", at + own + "/", nil, 204, ""},
			{member, "GET", at + own + "/", nil, 404, ""},
			{p.key, "DELETE", at + bad + "/", nil, 204, ""},
		})
		without := newPlace(s, "without")
		walk(t, []step{
			{without.key, "POST", without.base + "intake-issues/", issue(map[string]any{"name": "x"}), 400,
				"Intake is not enabled"},
		})
	})
}

// Invitations are for the workspace's administrators: made once an address, with a role that there is, and never moved.
func TestInvitationsByKey(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, theirs := newPlace(s, "host"), newPlace(s, "theirs")
		all := newCrowd(t, s, p)
		at := p.workspace + "invitations/"
		body := func(email string, role any) map[string]any { return map[string]any{"email": email, "role": role} }
		foreign := theirs.key.Must("POST", theirs.workspace+"invitations/", body("x@sailplane.test", 5)).ID()
		all.each(func(_ int, name string, who *webtest.Client) {
			if a := who.Do("POST", at, body(name+"2@sailplane.test", 5)); a.Status != 403 {
				t.Errorf("%s invites: %d %s", name, a.Status, a.Raw)
			}
		})
		walk(t, []step{
			{p.key, "POST", at, map[string]any{"role": 5}, 400, `"email":["This field is required."]`},
			{p.key, "POST", at, body("no address", 5), 400, ""},
			{p.key, "POST", at, body("new@sailplane.test", 7), 400, `"role":["\"7\" is not a valid choice."]`},
		})
		id := p.key.Must("POST", at, body("New@Sailplane.test", 15)).ID()
		walk(t, []step{
			{p.key, "POST", at, body("new@sailplane.test", 5), 400, ""},
			{p.key, "GET", at, nil, 200, `"email":"new@sailplane.test"`},
			{p.key, "GET", at + id + "/", nil, 200, `"role":15`},
			{p.key, "GET", at + foreign + "/", nil, 404, ""},
			{p.key, "PATCH", at + foreign + "/", map[string]any{"role": 20}, 404, ""},
			{p.key, "DELETE", at + foreign + "/", nil, 404, ""},
			{p.key, "GET", at + "x/", nil, 400, ""},
			{p.key, "PATCH", at + id + "/", map[string]any{"email": "other@sailplane.test"}, 400, "EMAIL_CANNOT_BE_UPDATED"},
			{p.key, "PATCH", at + id + "/", map[string]any{"role": 1}, 400, `"role":`},
			{p.key, "PATCH", at + id + "/", map[string]any{"role": 5}, 200, `"role":5`},
			{p.key, "DELETE", at + id + "/", nil, 204, ""},
			{p.key, "DELETE", at + id + "/", nil, 404, ""},
			{p.key, "GET", at, nil, 200, `[]`},
		})
	})
}

// Notes are their owner's: nobody else in the workspace lists, reads, changes or deletes them.
func TestNotesArePrivate(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "notes")
		all := newCrowd(t, s, p)
		at := p.workspace + "stickies/"
		one := at + p.key.Must("POST", at, map[string]any{"name": "mine", "color": "red"}).ID() + "/"
		all.each(func(i int, name string, who *webtest.Client) {
			missing, list := 404, 200
			if i == 0 {
				missing, list = 403, 403 // of elsewhere
			}
			for _, ask := range []struct {
				method, path string
				want         int
			}{{"GET", at, list}, {"GET", one, missing}, {"PATCH", one, missing}, {"PUT", one, missing},
				{"DELETE", one, missing}} {
				a := who.Do(ask.method, ask.path, map[string]any{"name": "theirs"})
				if a.Status != ask.want || a.Status == 200 && a.At("total_count") != 0.0 {
					t.Errorf("%s: %s %s: %d %s", name, ask.method, ask.path, a.Status, a.Raw)
				}
			}
		})
		walk(t, []step{
			{p.key, "GET", one, nil, 200, `"name":"mine"`},
			{p.key, "PATCH", one, map[string]any{"name": "changed", "description_html": "<p>Buy fish</p>"}, 200, `"color":"red"`},
			{p.key, "PUT", one, map[string]any{"name": "once more"}, 200, `"name":"once more"`},
			{p.key, "GET", at + "?query=FISH", nil, 200, `"total_count":1`},
			{p.key, "GET", at + "x/", nil, 404, `"detail":"Not found."`},
			{p.key, "DELETE", one, nil, 204, ""},
			{p.key, "GET", one, nil, 404, ""},
			{p.key, "GET", at, nil, 200, `"total_count":0`},
		})
	})
}

// The intake is asked as work items are: by a query, a tree, single parameters; what sleeps is in none.
func TestIntakeAsked(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlans(s, "asked")
		at := p.base + "intake-issues/"
		for name, priority := range map[string]string{"leak": "urgent", "typo": "low"} {
			p.key.Must("POST", at, map[string]any{"issue": map[string]any{"name": name, "priority": priority}})
		}
		p.item(map[string]any{"name": "other", "priority": "urgent"}) // never came in
		for query, want := range map[string]string{
			"?pql=" + url.QueryEscape(`priority = "urgent"`):           "leak",
			"?pql=" + url.QueryEscape(`priority IN ("urgent", "low")`): "leak typo",
			"?pql=" + url.QueryEscape(`priority = "high"`):             "",
			"?filters=" + url.QueryEscape(`{"name__icontains":"typ"}`): "typo",
			"?priority=low": "typo",
			"?priority=low&pql=" + url.QueryEscape(`priority = "urgent"`): "",
			"": "leak typo",
		} {
			var names []string
			for _, row := range results(t, p.key.Must("GET", at+query, nil)) {
				names = append(names, row["issue_detail"].(map[string]any)["name"].(string))
			}
			slices.Sort(names)
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		walk(t, []step{{p.key, "GET", at + "?pql=" + url.QueryEscape("priority ="), nil, 400, `"pql"`},
			{p.key, "GET", strings.Replace(at, "intake", "inbox", 1) + "?pql=" + url.QueryEscape(`priority = "low"`), nil, 200, "typo"}})
	})
}
