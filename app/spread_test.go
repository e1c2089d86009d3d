package app_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
)

// A chart has the first and the last step of its span, in order, each step as a plain loop would find it, and never
// more than ChartPoints of them; all of them when they fit.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]app.Step{app.Daily, app.Monthly}).Draw(t, "step")
		from := time.Date(rapid.IntRange(1, 9999).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 0,
			0, 0, 0, time.UTC)
		to := from.AddDate(rapid.IntRange(-1, 9999-from.Year()).Draw(t, "years"), 0, rapid.IntRange(0, 400).Draw(t, "days"))
		var all []time.Time
		months, days := 0, 1
		if step == app.Monthly {
			months, days = 1, 0
		}
		for at := from; !at.After(to); at = at.AddDate(0, months, days) {
			all = append(all, at)
		}
		got := app.ChartDays(from, to, step)
		if len(got) > app.ChartPoints || (len(all) == 0) != (len(got) == 0) {
			t.Fatalf("%d points of %d", len(got), len(all))
		}
		if len(all) <= app.ChartPoints && len(got) != len(all) {
			t.Fatalf("%d points, want all %d", len(got), len(all))
		}
		if len(all) > 0 && (!got[0].Equal(all[0]) || !got[len(got)-1].Equal(all[len(all)-1])) {
			t.Fatalf("from %s to %s, want %s to %s", got[0], got[len(got)-1], all[0], all[len(all)-1])
		}
		for i := 1; i < len(got); i++ {
			if !got[i].After(got[i-1]) {
				t.Fatalf("%s comes after %s", got[i], got[i-1])
			}
		}
	})
}
