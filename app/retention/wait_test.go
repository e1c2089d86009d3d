package retention_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// BenchmarkWritersWhileCleaning tells how long others wait to write while work items with all that belongs to them, and
// lines of logs, are removed: SAILPLANE_BENCH_RETENTION says how many work items.
func BenchmarkWritersWhileCleaning(b *testing.B) {
	items := 5000
	if os.Getenv("SAILPLANE_BENCH_RETENTION") == "large" {
		items = 50_000
	}
	for range b.N {
		b.StopTimer()
		a := apptest.New(b, storetest.SQLite(b))
		f := storetest.Fill(b, a.DB, items)
		write(b, a, func(tx *store.Tx) error {
			old := tx.Now.AddDate(0, 0, -90)
			all := make([]*store.WebhookLog, items)
			for i := range all {
				all[i] = &store.WebhookLog{Webhook: store.NewID(), WorkspaceID: f.Workspace.ID}
				all[i].CreatedAt = old
			}
			if err := store.WebhookLogs.Insert(tx, all...); err != nil {
				return err
			}
			_, err := tx.Exec("UPDATE issues SET deleted_at = ?", old)
			return err
		})
		b.StartTimer()
		waits, took := waitsWhile(b, a)
		slices.Sort(waits)
		b.ReportMetric(float64(waits[len(waits)-1].Microseconds())/1000, "ms-longest")
		b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "ms-p99")
		b.ReportMetric(float64(len(waits)), "writes")
		b.ReportMetric(float64(items)/took.Seconds(), "items/s")
	}
}

// waitsWhile writes every few milliseconds while a round is made, and returns how long each write took.
func waitsWhile(b *testing.B, a *app.App) (waits []time.Duration, took time.Duration) {
	done := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(done)
		round(b, a)
		took = time.Since(began)
	}()
	for {
		select {
		case <-done:
			return waits, took
		case <-time.After(5 * time.Millisecond):
		}
		at := time.Now()
		err := a.DB.Write(context.Background(), "", func(tx *store.Tx) error {
			_, err := store.TakeLease(tx, "bench", "b", tx.Now)
			return err
		})
		if err != nil {
			b.Error(err)
		}
		waits = append(waits, time.Since(at))
	}
}
