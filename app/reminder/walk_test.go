package reminder_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/automation"
	"github.com/sailplane/sailplane/app/reminder"
	"github.com/sailplane/sailplane/store"
)

const (
	walked = 40 // days
	step   = 15 * time.Minute
)

// Through forty days, with a look every quarter of an hour: everybody is reminded at eight by their own clock, three
// times of each date, also when clocks change by an hour or by half of one, forward or back; and what an automation
// closes in the night is nothing to remind of any more.
func TestFortyDays(t *testing.T) {
	for name, begin := range map[string]string{
		"spring": "2026-03-02 00:00", // on 8 March in New York, 29 March in London; on 5 April back on Lord Howe
		"autumn": "2026-09-28 00:00", // on 4 October on Lord Howe; back on 25 October in London, 1 November in New York
	} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				w := newTown(t, a, at(begin))
				people := map[string]*store.User{}
				for n, zone := range []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Europe/London", "Asia/Kathmandu",
					"Pacific/Kiritimati", "Pacific/Pago_Pago", "No/Where"} {
					people[zone] = w.person(fmt.Sprint("person-", n), zone)
				}
				want := w.plan(people)
				w.write(func(tx *store.Tx) error {
					return store.Projects.SetWhere(tx, dbx.Params{"close_in": 1}, dbx.HashExp{"id": w.projectID})
				})
				w.walk(at(begin).AddDate(0, 0, walked))
				got := w.when(people)
				for key, instant := range want {
					late, ok := got[key]
					if !ok || late.Before(instant) || !late.Before(instant.Add(step)) {
						t.Errorf("%s: at %s, want %s", key, late, instant)
					}
				}
				for key := range maps.Keys(got) {
					if _, ok := want[key]; !ok {
						t.Errorf("%s: nobody should be told", key)
					}
				}
				t.Logf("%d reminders", len(got))
			})
		})
	}
}

// plan makes two work items for each date, of which one is left alone and closed after thirty days, and returns when
// everybody is to be reminded of them.
func (w *town) plan(people map[string]*store.User) map[string]time.Time {
	w.t.Helper()
	begin, want := w.now, map[string]time.Time{}
	end, closed := begin.AddDate(0, 0, walked), begin.AddDate(0, 0, 30).Add(time.Hour)
	var all []*store.User
	for _, u := range people {
		all = append(all, u)
	}
	for n := 3; n < walked; n += 2 {
		due := begin.AddDate(0, 0, n)
		day := due.Format(time.DateOnly)
		w.set(w.item("kept "+day, day, all...), dbx.Params{"updated_at": begin.AddDate(0, 0, 15)})
		w.item("left "+day, day, all...)
		for zone := range people {
			for kind, days := range map[string]int{store.DueTomorrow: -1, store.DueToday: 0, store.Overdue: 1} {
				y, m, d := due.AddDate(0, 0, days).Date()
				instant := time.Date(y, m, d, 8, 0, 0, 0, app.Zone(zone))
				if !instant.Before(end) {
					continue
				}
				want[zone+" "+kind+" kept "+day] = instant
				if instant.Before(closed) {
					want[zone+" "+kind+" left "+day] = instant
				}
			}
		}
	}
	return want
}

// walk does what the schedule does until then.
func (w *town) walk(end time.Time) {
	w.t.Helper()
	for ; w.now.Before(end); w.turn(w.now.Add(step)) {
		if w.now.Hour() == 1 && w.now.Minute() == 0 {
			must(w.t, automation.Run(w.t.Context(), w.App, automation.Task{ProjectID: w.projectID}))
		}
		must(w.t, reminder.Run(w.t.Context(), w.App))
	}
}

// when says when who was told of what.
func (w *town) when(people map[string]*store.User) map[string]time.Time {
	w.t.Helper()
	got := map[string]time.Time{}
	for zone, u := range people {
		rows, err := store.Notifications.List(w.DB.Read(w.t.Context()), dbx.HashExp{"receiver_id": u.ID})
		must(w.t, err)
		for i := range rows {
			var data struct {
				Issue    struct{ Name string }
				Activity struct {
					Kind string `json:"old_value"`
				} `json:"issue_activity"`
			}
			must(w.t, json.Unmarshal(rows[i].Data, &data))
			key := zone + " " + data.Activity.Kind + " " + data.Issue.Name
			if _, twice := got[key]; twice {
				w.t.Errorf("%s: twice", key)
			}
			got[key] = rows[i].CreatedAt
		}
	}
	return got
}
