// Package reminder tells people in the morning which of their work items are due: tomorrow, today, or since a few days.
package reminder

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const (
	// hour is when people are reminded, by their own clock. A server that was away then does it later on the same day.
	hour = 8
	// lateDays is how long ago a date may have passed that somebody is told of as overdue: after an upgrade, an import or
	// a long holiday of the server nobody is flooded with what was forgotten long ago.
	lateDays = 7
	// keepDays is how long it is known who was reminded, after the date.
	keepDays = 30
	// atOnce pairs of people and work items are looked for in one step.
	atOnce = 1000
)

// Run reminds everybody for whom it is past eight in the morning and who has not been reminded today. A step takes one
// person: what one is told is one transaction, and one letter. Cut short, or run by two nodes at once, everybody is
// reminded once all the same.
func Run(ctx context.Context, a *app.App) error {
	zones, err := store.ReminderZones(a.DB.Read(ctx))
	if err != nil {
		return err
	}
	days := morning(zones, a.DB.Now())
	for _, day := range slices.Sorted(maps.Keys(days)) {
		if err := remindAll(ctx, a, due(day), days[day]); err != nil {
			return fmt.Errorf("reminders of %s: %w", day, err)
		}
		if err := forget(ctx, a, plus(day, -keepDays)); err != nil {
			return err
		}
		if err := a.DB.Write(ctx, "", func(t *store.Tx) error {
			return store.RemindedZones(t, days[day], day)
		}); err != nil {
			return err
		}
	}
	return nil
}

// forget removes what is known of reminders of dates before a day, in steps that nobody waits for.
func forget(ctx context.Context, a *app.App, before store.Date) error {
	w := app.Sweep{App: a}
	_, err := w.Walk(ctx, func(t *store.Tx, most int) (int64, error) { return store.ForgetReminders(t, before, most) })
	return err
}

// morning are the zones in which people are to be reminded now, by the day that it is there: never more than three.
func morning(zones []store.ReminderZone, now time.Time) map[store.Date][]string {
	days := map[store.Date][]string{}
	for _, z := range zones {
		local := now.In(app.Zone(z.Zone))
		day := store.Date(local.Format(time.DateOnly))
		if local.Hour() >= hour && day > z.Done { // a day as text is before another one when it is earlier
			days[day] = append(days[day], z.Zone)
		}
	}
	return days
}

func due(today store.Date) store.Due {
	return store.Due{From: plus(today, -lateDays), Today: today, To: plus(today, 1)}
}

// plus is a day so many days later, by the calendar.
func plus(day store.Date, days int) store.Date {
	at, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		panic("reminder: " + err.Error()) // we wrote it
	}
	return store.Date(at.AddDate(0, 0, days).Format(time.DateOnly))
}

// remindAll goes through the people of some zones in the order of their ids.
func remindAll(ctx context.Context, a *app.App, d store.Due, zones []string) error {
	after := ""
	for {
		found, err := store.ListDue(a.DB.Read(ctx), d, zones, after, atOnce)
		if err != nil || len(found) == 0 {
			return err
		}
		whole := len(found) < atOnce
		for len(found) > 0 {
			user := found[0].UserID
			n := slices.IndexFunc(found, func(o store.DueOf) bool { return o.UserID != user })
			last := n < 0
			if last {
				n = len(found)
			}
			if last && !whole && n < atOnce {
				break // the rest of theirs comes with the next step
			}
			if err := remind(ctx, a, d, user, found[:n]); err != nil {
				return err
			}
			found = found[n:]
			if !last || whole {
				after = user
			}
		}
		if whole {
			return nil
		}
	}
}

// remind tells one person.
func remind(ctx context.Context, a *app.App, d store.Due, user string, of []store.DueOf) error {
	ids := make([]string, len(of))
	for i := range of {
		ids[i] = of[i].IssueID
	}
	base, err := a.Address(ctx)
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := t.Lock("reminders of " + user); err != nil { // or two nodes would tell them twice
			return err
		}
		issues, err := store.DueIssues(t, d, user, ids)
		if err != nil || len(issues) == 0 {
			return err
		}
		u, err := store.Users.Find(t, user)
		if err != nil {
			return err
		}
		if err := store.AddReminders(t, user, issues); err != nil {
			return err
		}
		if err := notify(t, u, issues); err != nil {
			return err
		}
		return write(a, t, base, u, issues)
	})
}
