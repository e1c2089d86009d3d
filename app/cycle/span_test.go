package cycle

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
)

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Havana", "Asia/Beirut",
	"Africa/Cairo", "America/Asuncion", "America/Sao_Paulo", "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe",
	"Asia/Kathmandu", "America/St_Johns"}

func day(t *rapid.T, label string) time.Time {
	return time.Unix(int64(rapid.IntRange(-80*365, 80*365).Draw(t, label))*86400, 0).UTC()
}

// skipped says whether the zone's calendar has no such day: islands that changed sides of the date line.
func skipped(d time.Time, zone *time.Location) bool {
	noon := time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, zone)
	return noon.Day() != d.Day()
}

// A span's days are those that were asked for, by the zone's own clocks, and the next one can begin on the day after.
func TestSpanIsWholeDaysOfItsZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, _ := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		first := day(t, "first")
		last := first.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "days"))
		if skipped(first, zone) || skipped(last, zone) || skipped(last.AddDate(0, 0, 1), zone) {
			t.Skip()
		}
		now := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
		from, to := span(first, last, now, zone)
		if got := from.In(zone).Format(time.DateOnly); got != first.Format(time.DateOnly) {
			t.Fatalf("begins on %s, not %s: %s", got, first.Format(time.DateOnly), from.In(zone))
		}
		// Where the clocks are put forward at 23:00, as in St. John's in 1934, the last minute is 22:59.
		day := last.Format(time.DateOnly)
		short := to.In(zone).Format(time.DateOnly) == day && to.Add(time.Minute).In(zone).Format(time.DateOnly) != day
		if got := to.In(zone).Format("2006-01-02 15:04:05"); got != day+" 23:59:00" && !short {
			t.Fatalf("ends at %s, not on %s", got, day)
		}
		if next, _ := span(last.AddDate(0, 0, 1), last.AddDate(0, 0, 2), now, zone); !next.After(to) {
			t.Fatalf("the next one begins at %s, when this one has not ended: %s", next.In(zone), to.In(zone))
		}
	})
}

// What is shown in any zone and sent back means the days that it was made of.
func TestDaysComeBackAsTheyWereShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, _ := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		shown, _ := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "shown in"))
		first := day(t, "first")
		last := first.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "days"))
		from, to := span(first, last, time.Time{}, zone)
		for at, want := range map[time.Time]time.Time{from: first, to: last} {
			if got := (app.WrittenTime{Time: at.In(shown)}).Day(zone); !got.Equal(want) && !skipped(want, zone) {
				t.Fatalf("%s, shown as %s, comes back as %s", want, at.In(shown), got)
			}
		}
	})
}
