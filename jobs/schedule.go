package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Entry is something done by the clock, on one node only.
type Entry struct {
	Name string
	Cron string // minute hour day month weekday, UTC
	Do   func(ctx context.Context, a *app.App) error
}

// Schedule starts the entries; stop it with what it returns. Options are for tests, whose clock moves.
func Schedule(ctx context.Context, a *app.App, entries []Entry, options ...gocron.SchedulerOption) (stop func() error,
	err error) {
	s, err := gocron.NewScheduler(append(options, gocron.WithLocation(time.UTC), gocron.WithStopTimeout(time.Second),
		gocron.WithDistributedLocker(&leases{a, uuid.NewString()}))...)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		task := gocron.NewTask(func(ctx context.Context) {
			began := time.Now()
			if err := e.Do(ctx, a); ctx.Err() != nil {
				return // the server stops: what is left is done the next time
			} else if err != nil {
				a.Log.Error("schedule", "entry", e.Name, "error", err)
				return
			}
			level := slog.LevelInfo
			if strings.HasPrefix(e.Cron, "* ") {
				level = slog.LevelDebug // once a minute is too often to be told
			}
			a.Log.Log(ctx, level, "schedule", "entry", e.Name, "took", time.Since(began))
		})
		_, err := s.NewJob(gocron.CronJob(e.Cron, false), task, gocron.WithName(e.Name), gocron.WithContext(ctx),
			gocron.WithSingletonMode(gocron.LimitModeReschedule))
		if err != nil {
			return nil, errors.Join(err, s.Shutdown())
		}
	}
	s.Start()
	return s.Shutdown, nil
}

// leases lets one node of several run an entry: it is kept until the next minute, not given back, because clocks
// differ.
type leases struct {
	app    *app.App
	holder string
}

const entryLease = 50 * time.Second

var errHeld = errors.New("another node runs it")

// Lock takes the entry for this run.
func (l *leases) Lock(ctx context.Context, name string) (gocron.Lock, error) {
	got := false
	run := l.holder + "/" + uuid.NewString() // a second run by this node within the lease is one too many as well
	err := l.app.DB.Write(ctx, "", func(t *store.Tx) (err error) {
		got, err = store.TakeLease(t, "schedule:"+name, run, t.Now.Add(entryLease))
		return err
	})
	if err != nil {
		return nil, err
	}
	if !got {
		return nil, errHeld
	}
	return kept{}, nil
}

type kept struct{}

// Unlock leaves the lease to its end.
func (kept) Unlock(context.Context) error { return nil }
