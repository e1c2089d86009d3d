package jobs

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob/blobtest"
	"github.com/sailplane/sailplane/store/storetest"
)

// By the clock a backup goes to a bucket every night, is proven, and those that are too many go.
func TestBackupsByTheClock(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		var reads atomic.Int64 // of backups, to prove them
		b := blobtest.New(t, func(r *http.Request) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, ".tar.gz") {
				reads.Add(1)
			}
		})
		c := &a.Config.Backup
		c.Schedule, c.KeepDaily, c.KeepWeekly, c.KeepMonthly = "30 2 * * *", 2, 0, 0
		c.S3Endpoint, c.S3Bucket, c.S3TLS, c.S3AccessKey, c.S3SecretKey = b.Config.Endpoint, b.Config.Bucket, false, "k", "s"
		clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 30, 2, 29, 0, 0, time.UTC))
		a.DB.OwnClock().Stop(clock.Now())
		entries := Entries(a.Config)
		stop, err := Schedule(t.Context(), a, entries[len(entries)-1:], gocron.WithClock(clock))
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := stop(); err != nil {
				t.Error(err)
			}
		}()
		r := NewRunner(a, Handlers())
		for night := range 4 {
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			step := map[bool]time.Duration{true: time.Minute, false: 24 * time.Hour}[night == 0]
			a.DB.OwnClock().Advance(step) // before the schedule, which reads it
			clock.Advance(step)
			eventually(t, func() bool {
				n, err := store.QueuedJobs(a.DB.Read(t.Context()), backup.JobMake)
				return n == 1 && err == nil
			})
			if _, err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			last, err := backup.LastResults(t.Context(), a)
			if err != nil || last.Running != 0 || last.Verified == nil || last.Verified.Kind != backup.KindSchedule {
				t.Fatalf("night %d: %+v, %v", night, last, err)
			}
		}
		list, err := backup.List(t.Context(), a)
		if err != nil || len(list) != 2 || list[0].Name != "sailplane-20261203-023000.tar.gz" ||
			list[1].Name != "sailplane-20261202-023000.tar.gz" || list[0].VerifiedAt == nil {
			t.Errorf("%+v, %v", list, err)
		}
		if reads.Load() < 4 {
			t.Errorf("read back %d times", reads.Load())
		}
	})
}

// eventually waits for what goes on beside the test, as long as a busy machine may take.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within five minutes")
		}
	}
}

// Of several nodes one leaves a backup to be made, and one makes it.
func TestOneNodeMakesTheBackup(t *testing.T) {
	if len(storetest.Engines()) == 1 {
		t.Skip("there are several nodes on Postgres only")
	}
	var nodes []*app.App
	folder := t.TempDir()
	for _, db := range storetest.Nodes(t, 3) {
		a := apptest.New(t, db)
		a.Config.Backup.Folder = folder
		nodes = append(nodes, a)
	}
	for _, a := range nodes {
		if err := backup.Due(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{}, len(nodes))
	for _, a := range nodes {
		go func() {
			NewRunner(a, Handlers()).Run(ctx)
			ended <- struct{}{}
		}()
	}
	eventually(t, func() bool {
		last, err := backup.LastResults(t.Context(), nodes[0])
		return err == nil && last.Verified != nil && last.Running == 0
	})
	stop()
	for range nodes {
		<-ended
	}
	if list, err := backup.List(t.Context(), nodes[0]); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

// A backup, a cleaning or an import that takes long does not keep other work waiting, is not cut by the time that jobs
// of other lanes have, and is let go when the server stops, to be made after the next start.
func TestALongBackupIsInNobodysWay(t *testing.T) {
	for _, l := range newLanes(app.Defaults().Jobs) {
		long := l.name == Backup || l.name == Clean || l.name == Import
		if long != (l.limit == 0) || long && (!l.letGo || l.workers != 1 && l.name != Import) {
			t.Errorf("%+v", l)
		}
	}
	for kind, duty := range Handlers() {
		if (duty.Lane == Backup) != strings.HasPrefix(kind, "backup.") {
			t.Errorf("%s is done in the lane %s", kind, duty.Lane)
		}
	}
}
