package reminder_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/reminder"
	"github.com/sailplane/sailplane/store"
)

// Who is reminded of what: assignees, of what is open and theirs to see, from the day before to a week after.
func TestWhoIsReminded(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 09:00"))
		ann, bob, left, gone, off, guest, seeing, closed := w.person("ann", "UTC"), w.person("bob", "UTC"),
			w.person("left", "UTC"), w.person("gone", "UTC"), w.person("off", "UTC"), w.person("guest", "UTC"),
			w.person("seeing", "UTC"), w.person("closed", "UTC")
		everybody := []*store.User{ann, left, gone, off, guest, closed}
		w.item("tomorrow", "2026-12-01", everybody...)
		w.item("today", "2026-11-30", everybody...)
		w.item("yesterday", "2026-11-29", everybody...)
		w.item("a week ago", "2026-11-23", ann)
		w.item("long ago", "2026-11-22", ann)
		w.item("later", "2026-12-02", ann)
		w.item("nobody's", "2026-11-30")
		for name, values := range map[string]dbx.Params{
			"done": {"state_id": w.states["Done"]}, "cancelled": {"state_id": w.states["Cancelled"]},
			"archived": {"archived_at": "2026-11-30"}, "deleted": {"deleted_at": w.now}, "draft": {"is_draft": true},
		} {
			w.set(w.item(name, "2026-11-30", ann), values)
		}
		taken := w.item("taken away", "2026-11-30", ann)
		w.set(w.item("the guest's own", "2026-11-30", seeing), dbx.Params{"created_by_id": seeing.ID})
		w.write(func(tx *store.Tx) error {
			off := &store.NotificationPreference{UserID: off.ID, RemindersOff: true}
			return errors.Join(store.DropAssignees(tx, taken, []string{ann.ID}),
				store.ProjectMembers.SetWhere(tx, dbx.Params{"is_active": false}, dbx.HashExp{"member_id": left.ID}),
				store.WorkspaceMembers.SetWhere(tx, dbx.Params{"is_active": false}, dbx.HashExp{"member_id": gone.ID}),
				store.ProjectMembers.SetWhere(tx, dbx.Params{"role": 5}, dbx.In("member_id", guest.ID, seeing.ID)),
				store.Users.SetWhere(tx, dbx.Params{"is_active": false}, dbx.HashExp{"id": closed.ID}),
				store.NotificationPreferences.Insert(tx, off))
		})
		w.run()
		for _, tt := range []struct {
			who  *store.User
			want []string
		}{
			{ann, []string{"overdue a week ago", "overdue yesterday", "due_today today", "due_tomorrow tomorrow"}},
			{seeing, []string{"due_today the guest's own"}},
			{bob, nil}, {left, nil}, {gone, nil}, {off, nil}, {guest, nil}, {closed, nil},
		} {
			if diff := cmp.Diff(tt.want, w.told(tt.who)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.who.FirstName, diff)
			}
			if got := len(w.letters(tt.who)); got != min(len(tt.want), 1) {
				t.Errorf("%s gets %d letters", tt.who.FirstName, got)
			}
		}
		w.write(func(tx *store.Tx) error {
			return store.Projects.SetWhere(tx, dbx.Params{"archived_at": w.now}, dbx.HashExp{"id": w.projectID})
		})
		w.turn(w.now.AddDate(0, 0, 1))
		w.run()
		if got := w.told(ann); len(got) != 4 {
			t.Errorf("of an archived project: %v", got)
		}
	})
}

// A date that moves counts anew; the same one, the same way, does not, however often the clock comes by.
func TestOncePerDate(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 08:00"))
		ann := w.person("ann", "UTC")
		id := w.item("I", "2026-11-30", ann)
		day := func(n int) { w.turn(at("2026-11-30 08:00").AddDate(0, 0, n)) }
		w.run()
		w.run()
		day(1)
		w.run()                                            // overdue
		w.set(id, dbx.Params{"target_date": "2026-12-03"}) // is moved
		day(2)
		w.run()                                            // due tomorrow
		w.set(id, dbx.Params{"target_date": "2026-11-30"}) // is moved back to a date of which all has been said
		day(3)
		w.run()
		w.set(id, dbx.Params{"target_date": "2026-12-03"})
		day(4)
		w.run() // overdue, of that date
		day(5)
		w.run()
		want := []string{"due_today I", "overdue I", "due_tomorrow I", "overdue I"}
		if diff := cmp.Diff(want, w.told(ann)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if n := len(w.letters(ann)); n != len(want) {
			t.Errorf("%d letters", n)
		}
	})
}

// A server that was away at eight reminds later on the same day, and of that day only.
func TestAwayAtEight(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 12:59")) // 07:59 in New York
		ann := w.person("ann", "America/New_York")
		w.item("I", "2026-12-01", ann)
		w.run()
		if got := w.told(ann); got != nil {
			t.Errorf("before eight: %v", got)
		}
		w.turn(at("2026-12-01 04:59")) // 23:59
		w.run()
		if got := w.told(ann); !slices.Equal(got, []string{"due_tomorrow I"}) {
			t.Errorf("at last: %v", got)
		}
		w.turn(at("2026-12-04 13:00"))
		w.run()
		if got := w.told(ann); !slices.Equal(got, []string{"due_tomorrow I", "overdue I"}) {
			t.Errorf("days later: %v", got)
		}
	})
}

// Two nodes at once, and one that dies in the middle: everybody is told once.
func TestEverybodyOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 08:00"))
		var people []*store.User
		for _, name := range strings.Split("abcdefghij", "") {
			people = append(people, w.person(name, "UTC"))
		}
		w.items(120, "I", "2026-11-30", people...) // more than are looked for at once
		for steps := int32(1); len(w.told(people[0])) == 0; steps += 3 {
			if reminder.Run(apptest.CutShort(t.Context(), steps), a) == nil {
				t.Fatal("it did not die")
			}
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := reminder.Run(t.Context(), a); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		for _, u := range people {
			if told, letters := len(w.told(u)), len(w.letters(u)); told != 120 || letters != 1 {
				t.Errorf("%s: %d notifications, %d letters", u.FirstName, told, letters)
			}
		}
	})
}

// Who was reminded of what is forgotten a month after the date, a few work items at a time.
func TestOldRemindersAreForgottenInSteps(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 08:00"))
		ann := w.person("ann", "UTC")
		for n := range 60 {
			id := w.item(fmt.Sprint("I", n), "2027-06-01", ann)
			for _, day := range []store.Date{"2026-10-30", "2026-10-31"} {
				w.write(func(tx *store.Tx) error {
					return store.AddReminders(tx, ann.ID, []store.DueIssue{{IssueID: id, Kind: store.DueToday, TargetDate: day}})
				})
			}
		}
		steps := 0
		a.DB.Observe(func(_ context.Context, text string, _ []any) {
			if strings.HasPrefix(text, "DELETE FROM reminders") {
				steps++
			}
		})
		w.run()
		a.DB.Observe(nil)
		var left int
		must(t, a.DB.Read(t.Context()).One("SELECT COUNT(*) FROM reminders", nil, &left))
		if left != 60 || steps < 2 {
			t.Errorf("%d are left after %d steps, want 60", left, steps)
		}
	})
}
