// Package queue is what those who run the installation see and do of the background work.
package queue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// LeaseTime is the clock by which leases are over: the database's.
func LeaseTime(ctx context.Context, db *store.DB) (time.Time, error) {
	if !db.Postgres {
		return db.Now(), nil
	}
	return db.Clock(ctx)
}

// Backlogs counts the jobs by kind; now is the time by which they are judged.
func Backlogs(ctx context.Context, a *app.App) (counts []store.Backlog, now time.Time, err error) {
	if now, err = LeaseTime(ctx, a.DB); err != nil {
		return nil, now, err
	}
	counts, err = store.Backlogs(a.DB.Read(ctx), now)
	return counts, now, err
}

// List returns the jobs that are dead or wait, those first that have failed for good; limit bounds them (0: all).
func List(ctx context.Context, a *app.App, limit int64) ([]store.Job, error) {
	return store.ListJobs(a.DB.Read(ctx), limit)
}

// Retry has jobs tried again at once that are dead or wait for another try. It returns how many.
func Retry(ctx context.Context, a *app.App, which store.JobChoice) (int64, error) {
	return change(ctx, a, which, store.RetryJobs)
}

// Drop forgets a job that is not being done, or all that are dead. It returns how many.
func Drop(ctx context.Context, a *app.App, which store.JobChoice) (int64, error) {
	return change(ctx, a, which, store.DropJobs)
}

func change(ctx context.Context, a *app.App, which store.JobChoice,
	do func(*store.Tx, store.JobChoice) (int64, error)) (n int64, err error) {
	err = a.DB.Write(ctx, "", func(t *store.Tx) error {
		n, err = do(t, which)
		return err
	})
	return n, err
}

// Tell says how many jobs of a kind are in which state.
func Tell(b store.Backlog, now time.Time) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{b.Due, "due"}, {b.Taken, "being done"}, {b.Lapsed, "left by a process that died"},
		{b.Later, "wait for their time or their turn"}, {b.Dead, "dead"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	text := strings.Join(parts, ", ")
	if b.Since != nil {
		text += fmt.Sprintf("; the oldest is due since %s", max(now.Sub(*b.Since), 0).Round(time.Second))
	}
	return text
}

// State says what a job waits for; leases end by the time of the database.
func State(j *store.Job, now, leases time.Time) string {
	switch {
	case j.DeadAt != nil:
		return "dead since " + app.Time(*j.DeadAt, app.Zone(""))
	case j.LeasedUntil != nil && j.LeasedUntil.Before(leases):
		return "was being done by a process that died; it is done again in a few seconds, or when the server starts"
	case j.LeasedUntil != nil:
		return "is being done"
	case j.RunAt.After(now):
		return "waits until " + app.Time(j.RunAt, app.Zone(""))
	}
	return "is due since " + app.Time(j.RunAt, app.Zone(""))
}
