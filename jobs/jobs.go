// Package jobs does what happens after a change, and what happens by the clock.
//
// A job is a row that was written in the transaction of the change (store.Tx.Enqueue), so it is there exactly when the
// change is. It is done at least once: a handler that is run twice must leave what one run leaves.
package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Handler does one job. An error means: again, later.
type Handler func(ctx context.Context, a *app.App, payload json.RawMessage) error

// Duty is how a kind of job is done: in which lane, and by what.
type Duty struct {
	Lane Lane
	Do   Handler
}

// On makes a handler of a function that takes the payload decoded.
func On[T any](do func(ctx context.Context, a *app.App, payload T) error) Handler {
	return func(ctx context.Context, a *app.App, raw json.RawMessage) error {
		var payload T
		if err := json.Unmarshal(raw, &payload); err != nil {
			return fmt.Errorf("payload: %w: %w", err, ErrGiveUp)
		}
		return do(ctx, a, payload)
	}
}

// ErrGiveUp, wrapped in a handler's error, says that trying again is of no use.
var ErrGiveUp = errors.New("no use trying again")

// Lane is a part of the queue with workers of its own: jobs wait for the workers of their lane only. There is one for
// each whom jobs wait for, so that nobody waits for a stranger.
type Lane string

// The lanes.
const (
	Mail    Lane = "mail"    // waits for the mail server
	Inside  Lane = "inside"  // waits for nobody but the database and the files
	Outside Lane = "outside" // waits for servers of strangers
	Long    Lane = "long"    // takes its time
	Import  Lane = "import"  // takes as long as the file is large
	Backup  Lane = "backup"  // takes hours, if there is much
	Clean   Lane = "clean"   // so does this, because it lets everybody pass
)

// lane is the rules of a lane and what is in it.
type lane struct {
	name    Lane
	workers int           // jobs that are done at a time
	ahead   int           // jobs that are taken beside these, so that short ones need not be taken one by one
	limit   time.Duration // longest that a job may take; 0: as long as it needs
	heads   bool          // its jobs stand in lines and wait for those before them, even if these wait for another try
	letGo   bool          // a stop does not wait for its jobs

	kinds []string
	busy  int
	ready []*store.TakenJob

	running, done, failed atomic.Int64 // for who watches: see Runner.Figures
}

func newLanes(cfg app.JobsConfig) []*lane {
	return []*lane{
		{name: Mail, workers: cfg.Mail, limit: time.Minute},
		{name: Inside, workers: cfg.Inside, ahead: 28, limit: 5 * time.Minute},
		{name: Outside, workers: cfg.Outside, limit: 30 * time.Second, heads: true, letGo: true},
		{name: Long, workers: cfg.Long, limit: 30 * time.Minute, letGo: true},
		{name: Import, workers: 2, letGo: true},
		{name: Backup, workers: 1, letGo: true},
		{name: Clean, workers: 1, letGo: true},
	}
}

// room is how many more jobs may be taken.
func (l *lane) room() int { return l.workers + l.ahead - l.busy - len(l.ready) }

const attempts = 12 // the last one about an hour after the first; see tries

// spent says whether a job that has failed is not tried again.
func (o *outcome) spent() bool {
	return o.job.Attempts >= cmp.Or(tries[o.job.Kind], attempts) || errors.Is(o.err, ErrGiveUp)
}

// backoff is 2, 4, 8 … seconds, at most six hours, give or take a fifth, so that what failed together does not come
// back together.
func backoff(attempt int) time.Duration {
	d := min(time.Second<<min(attempt, 20), 6*time.Hour)
	return d - d/5 + rand.N(2*d/5)
}

// do runs the handler of a job.
func (r *Runner) do(ctx context.Context, l *lane, job *store.TakenJob) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	ctx = store.Doing(ctx, job)
	if l.limit > 0 {
		bounded, cancel := context.WithTimeout(ctx, l.limit)
		defer cancel()
		ctx = bounded
	}
	err = r.duties[job.Kind].Do(ctx, r.app, json.RawMessage(job.Payload))
	if errors.Is(err, store.ErrSettled) {
		job.Settled, err = true, nil // somebody else was faster: nothing of this run stays
	}
	return err
}
