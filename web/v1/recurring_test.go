package v1_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// later stops the clock at a moment, and lets the scheduler look as three nodes do at once.
func later(t *testing.T, s *webtest.Server, at string) {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04", at)
	if err != nil {
		t.Fatal(err)
	}
	s.App.DB.OwnClock().Stop(moment)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := issue.MakeRecurring(context.Background(), s.App); err != nil {
				t.Errorf("%s: %v", at, err)
			}
		})
	}
	all.Wait()
}

// items are the work items of the place, the first first, by the keys that are asked for.
func (p place) items(t *testing.T, keys ...string) (all []string) {
	t.Helper()
	for _, row := range results(t, p.key.Must("GET", p.base+"work-items/?order_by=sequence_id", nil)) {
		var said []string
		for _, key := range keys {
			said = append(said, fmt.Sprint(row[key]))
		}
		all = append(all, strings.Join(said, " "))
	}
	return all
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the work items are %q, want %q", got, want)
	}
}

// Each of a rule's days has one work item, however many nodes look, made in the name of who wanted it.
func TestRecurringWorkItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.DB.OwnClock().Stop(time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)) // a Monday
		p := newPlace(s, "mine")
		all := newCrowd(t, s, p)
		member := all.member.User.ID
		label := p.key.Must("POST", p.base+"labels/", map[string]any{"name": "chore"}).ID()
		at := p.base + "recurring-work-items/"
		made := all.member.Must("POST", at, map[string]any{"name": "Read the logs", "priority": "low",
			"labels": []string{label}, "assignees": []string{member}, "rule": "freq=weekly;byday=mo,th",
			"start_date": "2026-05-04", "time": "09:00",
			"due_in_days": 1, "description_html": `<p onclick="x()">All of them</p>`})
		one := at + made.ID() + "/"
		for key, want := range map[string]any{"next_at": "2026-05-04T09:00:00Z", "last_date": nil, "made": 0.0,
			"is_active": true,
			"rule":      "FREQ=WEEKLY;BYDAY=MO,TH", "description_html": "<p>All of them</p>"} {
			if got := made.At(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		if got := fmt.Sprint(made.At("next_dates")); got != "[2026-05-04 2026-05-07 2026-05-11 2026-05-14 2026-05-18]" {
			t.Errorf("the next days are %s", got)
		}
		later(t, s, "2026-05-04 08:59")
		wants(t, p.items(t, "name"))
		later(t, s, "2026-05-04 09:00")
		later(t, s, "2026-05-04 09:01")
		wants(t, p.items(t, "name", "start_date", "target_date", "priority", "created_by", "labels", "assignees",
			"description_html"),
			fmt.Sprintf("Read the logs 2026-05-04 2026-05-05 low %s [%s] [%s] <p>All of them</p>", member, label, member))
		walk(t, []step{{p.key, "GET", one, nil, 200, `"last_date":"2026-05-04"`}, {p.key, "GET", one, nil, 200, `"made":1`},
			{p.key, "GET", one + "?fields=next_dates", nil, 200, `{"next_dates":["2026-05-07","2026-05-11"`}})
		last := p.key.Must("GET", one, nil).At("last_work_item")
		walk(t, []step{{p.key, "GET",
			p.base + "work-items/" + fmt.Sprint(last) + "/activities/", nil, 200, `"verb":"created"`}})

		later(t, s, "2026-05-15 12:00") // the 7th and the 11th were missed
		wants(t, p.items(t, "start_date"), "2026-05-04", "2026-05-14")

		// What is gone is left out, and who is gone writes no more.
		p.key.Must("DELETE", p.base+"labels/"+label+"/", nil)
		m, err := store.ProjectMembers.Get(s.App.DB.Read(t.Context()),
			dbx.HashExp{"project_id": p.project(), "member_id": member})
		if err != nil {
			t.Fatal(err)
		}
		p.key.Must("DELETE", p.base+"members/"+m.ID+"/", nil)
		later(t, s, "2026-05-18 09:30")
		wants(t, p.items(t, "start_date", "created_by", "labels", "assignees")[2:],
			"2026-05-18 "+store.AutomationID+" [] []")

		p.key.Must("PATCH", one, map[string]any{"is_active": false})
		later(t, s, "2026-05-21 10:00")
		walk(t, []step{{p.key, "PATCH", one, map[string]any{"is_active": true, "end_date": "2026-05-25"}, 200,
			`"next_dates":["2026-05-25"]`}}) // what was missed while it was off is not made up for
		p.key.Must("POST", p.base+"archive/", nil)
		later(t, s, "2026-05-25 10:00")
		p.key.Must("DELETE", p.base+"archive/", nil)
		wants(t, p.items(t, "start_date"), "2026-05-04", "2026-05-14", "2026-05-18")
		later(t, s, "2026-05-27 10:00")
		later(t, s, "2026-06-27 10:00")
		wants(t, p.items(t, "start_date"), "2026-05-04", "2026-05-14", "2026-05-18", "2026-05-25")
		walk(t, []step{{p.key, "GET", one, nil, 200, `"next_dates":[],"next_at":null,"last_date":"2026-05-25"`},
			{p.key, "DELETE", one, nil, 204, ""}, {p.key, "GET", one, nil, 404, ""}})
	})
}

func TestWhoMayLetWorkItemsRecur(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.DB.OwnClock().Stop(time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC))
		p, other := newPlace(s, "mine"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.base + "recurring-work-items/"
		weekly := func(more ...string) map[string]any {
			body := map[string]any{"name": "n", "rule": "FREQ=WEEKLY", "start_date": "2026-05-04"}
			for i := 0; i < len(more); i += 2 {
				body[more[i]] = more[i+1]
			}
			return body
		}
		one := at + p.key.Must("POST", at, weekly("time", "09:00")).ID() + "/"
		theirs := other.key.Must("POST", other.base+"recurring-work-items/", weekly("time", "09:00")).ID()
		foreign := results(t, other.key.Must("GET", other.base+"states/", nil))[0]["id"].(string)
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `"rule":["This field is required."]`},
			{p.key, "POST", at, weekly("rule", "FREQ=HOURLY"), 400, `{"rule":["FREQ is DAILY, WEEKLY, MONTHLY or YEARLY."]}`},
			{p.key, "POST", at, weekly("time", "9:00"), 400, `{"time":["A time is such as 09:30."]}`},
			{p.key, "POST", at, weekly("time", "24:00"), 400, `{"time":["A time is such as 09:30."]}`},
			{p.key, "POST", at, weekly("start_date", "0001-01-01"), 400, `{"start_date":["Days are from 1970 to 2199."]}`},
			{p.key, "POST", at, weekly("end_date", "2026-05-03"), 400, `{"end_date":["It is before start_date."]}`},
			{p.key, "POST", at, weekly("start_date", "2026-05-03", "end_date", "2026-05-04"), 400, `{"rule":["There is no day to come`},
			{p.key, "POST", at, weekly("rule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), 400, `{"rule":["There is no day to come`},
			{p.key, "POST", at, weekly("state", foreign), 400, `State is not valid`},
			{p.key, "POST", at, weekly("state", store.NewID()), 400, `{"state":["Invalid pk`},
			{p.key, "POST", at, weekly("priority", "soon"), 400, `{"priority":[`},
			{p.key, "PATCH", at + theirs + "/", map[string]any{"name": "x"}, 404, ""},
			{p.key, "DELETE", at + theirs + "/", nil, 404, ""},
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, weekly(), 403, ""},
			{all.outsider, "GET", one, nil, 403, ""},
			{all.member, "GET", one, nil, 200, ""}, {all.member, "PATCH", one, map[string]any{"name": "x"}, 403, ""},
			{all.member, "DELETE", one, nil, 403, ""}, {all.admin, "PATCH", one, map[string]any{"name": "x"}, 200, `"name":"x"`},
			{p.key, "PATCH", one, map[string]any{"rule": "FREQ=DAILY", "time": "07:00"}, 200, `"next_at":"2026-05-05T07:00:00Z"`},
			{p.key, "GET", at, nil, 200, `"total_count":1`},
		})
		// The clock is the project's.
		p.key.Must("PATCH", p.base, map[string]any{"timezone": "Asia/Kathmandu"})
		walk(t, []step{{p.key, "PATCH", one, map[string]any{"time": "06:00"}, 200, `"next_at":"2026-05-05T00:15:00Z"`}})
		later(t, s, "2026-05-05 00:15")
		wants(t, p.items(t, "name", "start_date", "target_date"), "x 2026-05-05 <nil>")
	})
}

// What can't be made says why, and the others are made all the same.
func TestRecurringWorkItemThatIsRefused(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.DB.OwnClock().Stop(time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC))
		p := newPlace(s, "mine")
		at := p.base + "recurring-work-items/"
		body := map[string]any{"name": "bad", "rule": "FREQ=DAILY", "start_date": "2026-05-04", "time": "09:00"}
		bad := p.key.Must("POST", at, body).ID()
		body["name"] = "good"
		p.key.Must("POST", at, body)
		err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
			r, err := store.RecurringIssues.Find(tx, bad)
			if err != nil {
				return err
			}
			r.DueInDays = new(-3)
			return store.RecurringIssues.Set(tx, r, "due_in_days")
		})
		if err != nil {
			t.Fatal(err)
		}
		later(t, s, "2026-05-04 09:00")
		wants(t, p.items(t, "name"), "good")
		walk(t, []step{{p.key, "GET", at + bad + "/", nil, 200, "Start date cannot exceed target date"},
			{p.key, "GET", at + bad + "/", nil, 200, `"next_at":"2026-05-05T09:00:00Z"`},
			{p.key, "PATCH", at + bad + "/", map[string]any{"due_in_days": 0, "is_active": true}, 200, `"fault":""`}})
		later(t, s, "2026-05-05 09:00")
		wants(t, p.items(t, "name")[1:], "bad", "good")
	})
}
