package jobs_test

import (
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store/storetest"
)

// What is done by the clock can be done, on an installation with work in it, at whatever hour: a statement that one of
// the databases refuses would only be seen in the log.
func TestEveryEntryRuns(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		storetest.Fill(t, a.DB, 20)
		for range 3 {
			for _, e := range jobs.Entries(a.Config) {
				if err := e.Do(t.Context(), a); err != nil {
					t.Errorf("%s: %v", e.Name, err)
				}
			}
			if _, err := jobs.NewRunner(a, jobs.Handlers()).Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			a.DB.OwnClock().Advance(9 * time.Hour)
		}
	})
}
