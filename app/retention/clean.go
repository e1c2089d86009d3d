package retention

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Job is the job that follows all rules once; it has no payload.
const Job = "clean"

// All is the name under which a round over all rules is noted.
const All = "all"

// hour and minute, UTC, are when the night's round is due.
const hour, minute = 3, 20

// DueAt is when the last round was due, at that time.
func DueAt(now time.Time) time.Time {
	now = now.UTC()
	due := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, time.UTC)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	return due
}

// Due follows the rules that are followed often, and leaves a job for the night's round when that has not begun yet: a
// server that was off at night catches up.
func Due(ctx context.Context, a *app.App) error {
	var faults []error
	for _, r := range Rules() {
		if r.Often {
			faults = append(faults, step(ctx, a, r))
		}
	}
	return errors.Join(append(faults, a.DB.Write(ctx, "", leaveRound))...)
}

// leaveRound enqueues a round unless one waits or has been made since it was due. A round that failed for good is
// dropped: this one does its work, too.
func leaveRound(t *store.Tx) error {
	last, err := store.Cleanings.Get(t, dbx.HashExp{"rule": All})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("look for the last cleaning: %w", err)
	}
	if err == nil && !last.BeganAt.Before(DueAt(t.Now)) {
		return nil
	}
	waiting, err := store.QueuedJobs(t, Job)
	if err != nil || waiting > 0 {
		return err
	}
	return store.Enqueue(t, Job, struct{}{})
}

// Round follows all rules. What a stop or a crash cut off the next one does: what may go is seen by what is there.
func Round(ctx context.Context, a *app.App, _ struct{}) error {
	if err := a.DB.Write(ctx, "", func(t *store.Tx) error { return store.BeginCleaning(t, All) }); err != nil {
		return err
	}
	var faults []error
	for _, r := range Rules() {
		if err := follow(ctx, a, r); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", r.Name, err))
		}
		if ctx.Err() != nil {
			return errors.Join(faults...)
		}
	}
	err := errors.Join(faults...)
	return errors.Join(err, end(ctx, a, All, err))
}

func end(ctx context.Context, a *app.App, rule string, err error) error {
	fault := ""
	if err != nil {
		fault = err.Error()
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error { return store.EndCleaning(t, rule, fault) })
}

// step is follow for a rule that is followed often: it is noted only when there was something to remove.
func step(ctx context.Context, a *app.App, r Rule) error {
	if r.first != nil {
		if err := r.first(ctx, a); err != nil {
			return err
		}
	}
	w := app.Sweep{App: a}
	n, err := w.Walk(ctx, r.step(a))
	if n == 0 {
		return err
	}
	return errors.Join(err, a.DB.Write(context.WithoutCancel(ctx), "", func(t *store.Tx) error {
		if err := store.BeginCleaning(t, r.Name); err != nil {
			return err
		}
		if err := store.NoteCleaned(t, r.Name, n); err != nil {
			return err
		}
		return store.EndCleaning(t, r.Name, "")
	}))
}

// Kept is for how many days a rule keeps its rows, and whether it removes any at all.
func (r *Rule) Kept(c *app.RetentionConfig) (days int, follows bool) {
	if r.days == nil {
		return 0, true
	}
	days = r.days(c)
	return days, days > 0 || r.zeroAll
}

// follow removes all that a rule does not keep.
func follow(ctx context.Context, a *app.App, r Rule) error {
	days, follows := r.Kept(&a.Config.Retention)
	if !follows {
		return nil
	}
	if r.step != nil {
		return step(ctx, a, r)
	}
	if err := a.DB.Write(ctx, "", func(t *store.Tx) error { return store.BeginCleaning(t, r.Name) }); err != nil {
		return err
	}
	now := a.DB.Now()
	err := r.remove(scope{ctx: ctx, app: a, now: now, before: now.AddDate(0, 0, -days)})
	if ctx.Err() != nil {
		return err // it is not at its end, and goes on
	}
	return errors.Join(err, end(ctx, a, r.Name, err))
}

// whole are the tables with rows that much belongs to.
var whole = []string{store.Projects.Name, store.Workspaces.Name}

// empty removes what belongs to rows that may go, if that may be much: with them it would go in one long step.
func empty(s scope, w *app.Sweep, of store.Stale) error {
	if !slices.Contains(whole, of.Table) {
		return nil
	}
	all, err := store.Belongings(s.ctx, s.app.DB, of)
	if err != nil {
		return err
	}
	for _, stale := range all {
		if err := w.Remove(s.ctx, stale); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rule) remove(s scope) error {
	w := app.Sweep{App: s.app, Note: func(t *store.Tx, n int64) error { return store.NoteCleaned(t, r.Name, n) }}
	all, err := r.stale(s)
	if err != nil {
		return err
	}
	for _, stale := range all {
		if err := empty(s, &w, stale); err != nil {
			return err
		}
		if err := w.Remove(s.ctx, stale); err != nil {
			return err
		}
	}
	return nil
}
