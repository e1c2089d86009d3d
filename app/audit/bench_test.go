package audit_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// BenchmarkLog measures a page by each filter, and verifying, of a log of SAILPLANE_BENCH_AUDIT entries (20,000).
func BenchmarkLog(b *testing.B) {
	engines := map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite}
	if os.Getenv("SAILPLANE_TEST_POSTGRES") != "" {
		engines["postgres"] = storetest.OnPostgres
	}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) { benchLog(b, apptest.New(b, open(b))) })
	}
}

func benchLog(b *testing.B, a *app.App) {
	{
		total, _ := strconv.Atoi(os.Getenv("SAILPLANE_BENCH_AUDIT"))
		if total == 0 {
			total = 20_000
		}
		events := []string{app.SignedIn, app.KeyCreated, app.RoleUpdated, app.ProjectUpdated, app.MemberAdded}
		began := time.Now()
		for i := 0; i < total; i += 2000 {
			write(b, a, func(t *store.Tx) error {
				for j := range 2000 {
					n := i + j
					t.Now = t.Now.Add(time.Microsecond)
					err := app.Note(t, app.Deed{Event: events[n%len(events)], Failed: n%1000 == 0,
						Workspace: fmt.Sprint("w", n%20), Project: fmt.Sprint("p", n%200), By: fmt.Sprint("u", n%500),
						Target: app.Target{Type: "user", ID: fmt.Sprint("t", n%5000)},
						Old:    map[string]any{"role": 5}, New: map[string]any{"role": 15}})
					if err != nil {
						return err
					}
				}
				return nil
			})
			seal(b, a)
		}
		b.Logf("%d entries are written and sealed in %s", total, time.Since(began))
		if err := a.DB.AnalyzeGrown(b.Context(), map[string]int64{}); err != nil && a.DB.Postgres {
			b.Fatal(err)
		}
		middle := a.DB.Now().Add(-time.Since(began) / 2)
		for name, f := range map[string]store.AuditFilter{"all": {}, "workspace": {Workspace: "w3"},
			"project": {Project: "p7"},
			"actor":   {Actor: "u17"}, "nobody": {Actor: "none"}, "target": {TargetID: "t99"}, "event": {Event: app.RoleUpdated},
			"category": {Category: "security"}, "failure": {Outcome: store.AuditFailure}, "time": {Until: middle},
			"workspace and event": {Workspace: "w3", Event: app.RoleUpdated}, "workspace and failure": {Workspace: "w3",
				Outcome: store.AuditFailure}, "text": {Text: "t4999"}, "no such text": {Text: "nowhere"}} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if _, err := audit.List(b.Context(), a, audit.Query{AuditFilter: f, AuditOrder: store.AuditOrder{Newest: true},
						Size: 50}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run("verify", func(b *testing.B) {
			for b.Loop() {
				if v := verify(b, a); len(v.Faults) > 0 {
					b.Fatal(v.Faults)
				}
			}
		})
		b.Run("note", func(b *testing.B) {
			for b.Loop() {
				note(b, a, app.Deed{Event: app.RoleUpdated, Workspace: "w3"})
			}
		})
	}
}
