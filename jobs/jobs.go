// Package jobs does what happens after a change, and what happens by the clock.
//
// A job is a row that was written in the transaction of the change (store.Tx.Enqueue), so it is there exactly when the
// change is. It is done at least once: a handler that is run twice must leave what one run leaves.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Handler does one job. An error means: again, later.
type Handler func(ctx context.Context, a *app.App, payload json.RawMessage) error

// On makes a handler of a function that takes the payload decoded.
func On[T any](do func(ctx context.Context, a *app.App, payload T) error) Handler {
	return func(ctx context.Context, a *app.App, raw json.RawMessage) error {
		var payload T
		if err := json.Unmarshal(raw, &payload); err != nil {
			return fmt.Errorf("payload: %w", err)
		}
		return do(ctx, a, payload)
	}
}

// inTurn does one thing after the other; when one fails, all of them are done again.
func inTurn(handlers ...Handler) Handler {
	return func(ctx context.Context, a *app.App, payload json.RawMessage) error {
		for _, do := range handlers {
			if err := do(ctx, a, payload); err != nil {
				return err
			}
		}
		return nil
	}
}

const (
	batch    = 64
	lease    = 5 * time.Minute // longer than any job may take
	timeout  = 2 * time.Minute
	attempts = 12                    // the last one about a day after the first
	poll     = 5 * time.Second       // for jobs of nodes that died, and those for later
	gather   = 10 * time.Millisecond // after a wake, so that a burst of changes is one batch
)

// Runner takes jobs off the queue and does them.
type Runner struct {
	app      *app.App
	handlers map[string]Handler
	wake     chan struct{}
}

// NewRunner builds a runner and lets the database wake it.
func NewRunner(a *app.App, handlers map[string]Handler) *Runner {
	r := &Runner{app: a, handlers: handlers, wake: make(chan struct{}, 1)}
	a.DB.Wake = r.Wake
	return r
}

// Wake tells the runner that there is work.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it knows already
	}
}

// Run does jobs until the context ends; those under way are finished first.
func (r *Runner) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
			time.Sleep(gather)
		case <-timer.C:
		}
		for ctx.Err() == nil {
			n, err := r.Drain(ctx)
			if err != nil && ctx.Err() == nil {
				r.app.Log.Error("jobs", "error", err)
			}
			if n < batch || err != nil {
				break
			}
		}
		timer.Reset(poll)
	}
}

// Drain does one batch of what is due and says how many jobs that were.
func (r *Runner) Drain(ctx context.Context) (int, error) {
	var due []store.Job
	read := r.app.DB.Read(ctx)
	if waits, err := store.JobsDue(read); err != nil || !waits {
		return 0, err
	}
	err := r.app.DB.Write(ctx, "", func(t *store.Tx) (err error) {
		due, err = store.ClaimJobs(t, batch, lease)
		return err
	})
	if err != nil {
		return 0, err
	}
	var mu sync.Mutex
	var done []int64
	failed := map[int64]error{}
	var group errgroup.Group
	group.SetLimit(max(r.app.Config.Jobs.Workers, 1))
	for _, line := range inLines(due) {
		group.Go(func() error {
			for _, job := range line {
				err := r.do(context.WithoutCancel(ctx), job)
				mu.Lock()
				if err != nil {
					failed[job.ID] = err
				} else {
					done = append(done, job.ID)
				}
				mu.Unlock()
			}
			return nil
		})
	}
	group.Wait() //nolint:errcheck // failures are kept by job
	return len(due), r.settle(context.WithoutCancel(ctx), due, done, failed)
}

// inLines says which jobs wait for each other: letters to one person arrive in the order in which they were written, so
// that the newest code comes last. All others are done side by side.
func inLines(due []store.Job) [][]store.Job {
	var lines [][]store.Job
	letters := map[string]int{} // addressee -> line
	for _, job := range due {
		var l app.Letter
		if job.Kind != app.JobMail || json.Unmarshal(job.Payload, &l) != nil {
			lines = append(lines, []store.Job{job})
			continue
		}
		at, ok := letters[l.To]
		if !ok {
			at, letters[l.To] = len(lines), len(lines)
			lines = append(lines, nil)
		}
		lines[at] = append(lines[at], job)
	}
	return lines
}

func (r *Runner) settle(ctx context.Context, due []store.Job, done []int64, failed map[int64]error) error {
	return r.app.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := store.FinishJobs(t, done); err != nil {
			return err
		}
		for _, job := range due {
			cause := failed[job.ID]
			if cause == nil {
				continue
			}
			again := t.Now.Add(backoff(job.Attempts))
			if job.Attempts >= attempts || errors.Is(cause, ErrGiveUp) {
				again = time.Time{}
			}
			r.app.Log.Warn("job failed", "job", job.ID, "kind", job.Kind, "attempt", job.Attempts, "dead", again.IsZero(), "error", cause)
			if err := store.FailJob(t, job.ID, cause.Error(), again); err != nil {
				return err
			}
		}
		return nil
	})
}

// ErrGiveUp, wrapped in a handler's error, says that trying again is of no use.
var ErrGiveUp = errors.New("no use trying again")

func (r *Runner) do(ctx context.Context, job store.Job) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	handler := r.handlers[job.Kind]
	if handler == nil {
		return fmt.Errorf("nobody does %q: %w", job.Kind, ErrGiveUp)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return handler(ctx, r.app, json.RawMessage(job.Payload))
}

// backoff is 2, 4, 8 … seconds, at most six hours, give or take a fifth, so that what failed together does not come back together.
func backoff(attempt int) time.Duration {
	d := min(time.Second<<min(attempt, 20), 6*time.Hour)
	return d - d/5 + rand.N(2*d/5)
}
