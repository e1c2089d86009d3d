package jobs

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
)

const (
	pace  = 10 * time.Millisecond // between two looks at the queue, so that a burst of changes is one transaction
	poll  = 2 * time.Second       // for jobs of other nodes, of those that died, and for later
	lease = 10 * time.Second      // how long a node may be silent before others take its jobs
	beat  = 3 * time.Second       // how often it speaks
	again = time.Second           // after the database was away
	grace = time.Second           // what is under way may take so long when the server stops
	limit = 10 * time.Second      // of one transaction with the queue
)

// Runner takes jobs off the queue and hands them to the workers of their lanes. One goroutine speaks with the queue: in
// one transaction it settles what has been done, keeps the leases of what is being done, and takes what there is time
// for.
type Runner struct {
	app    *app.App
	duties map[string]Duty
	node   string
	lanes  []*lane
	done   chan outcome
	nudge  chan struct{}

	mu     sync.Mutex
	wanted map[string]bool // kinds of which there may be jobs to take

	// Of the one goroutine:
	hand     map[int64]*store.TakenJob // taken and not settled
	unsaid   []outcome                 // done, and the queue does not know yet
	served   map[string]time.Time      // when a host was last asked
	hasty    bool                      // somebody waits behind a job that is done
	stopping bool
	looked   time.Time     // at the queue
	polled   time.Time     // at all kinds
	beaten   time.Time     // leases were renewed
	offset   time.Duration // how much the database's clock is ahead of ours
	measured time.Time
}

// outcome is how a job ended.
type outcome struct {
	lane *lane
	job  *store.TakenJob
	err  error
}

// NewRunner builds a runner, lets the database wake it, and lets webhooks hear of what is written.
func NewRunner(a *app.App, duties map[string]Duty) *Runner {
	r := &Runner{app: a, duties: duties, node: store.NewID(), lanes: newLanes(a.Config.Jobs),
		nudge: make(chan struct{}, 1), wanted: map[string]bool{}, hand: map[int64]*store.TakenJob{},
		served: map[string]time.Time{}}
	workers := 0
	for _, l := range r.lanes {
		workers += l.workers
		for kind, duty := range duties {
			if duty.Lane == l.name {
				l.kinds = append(l.kinds, kind)
			}
		}
	}
	r.done = make(chan outcome, workers)
	a.DB.Wake = r.wake
	store.OnEvents(a.DB, webhook.EnqueueDeliveries)
	return r
}

// wake says that there is a job of a kind; empty: of any.
func (r *Runner) wake(kind string) {
	r.want(kind)
	select {
	case r.nudge <- struct{}{}:
	default: // it knows already
	}
}

func (r *Runner) want(kinds ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range kinds {
		if kind != "" {
			r.wanted[kind] = true
			continue
		}
		for kind := range r.duties {
			r.wanted[kind] = true
		}
	}
}

// Run does jobs until the context ends. Then it lets go of what waits for strangers, gives what is under way a second,
// and gives back what is not done by then.
func (r *Runner) Run(ctx context.Context) {
	w := newWorkers()
	defer w.end()
	if !r.app.DB.Postgres { // the lock on the folder says that whoever held these is dead
		if err := r.app.DB.Write(ctx, "", store.ReleaseAllJobs); err != nil && ctx.Err() == nil {
			r.app.Log.Error("jobs", "error", err)
		}
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			r.close(w)
			return
		case <-r.nudge:
		case o := <-r.done:
			r.finish(w, o)
		case <-timer.C:
		}
		timer.Reset(r.next(ctx, w))
	}
}

// next speaks with the queue if it is time, and returns how long it is until the next time.
func (r *Runner) next(ctx context.Context, w *workers) time.Duration {
	if wait := pace - time.Since(r.looked); wait > 0 && !r.hasty {
		return wait
	}
	if err := r.turn(ctx, w); err != nil {
		if ctx.Err() == nil {
			r.app.Log.Error("jobs", "error", err)
		}
		return again
	}
	if r.hasty {
		return 0
	}
	return poll
}

// Drain does what is due, and what that leaves to do, and returns how many jobs that were.
func (r *Runner) Drain(ctx context.Context) (int, error) {
	w := newWorkers()
	defer w.end()
	for n := 0; ; n++ {
		r.want("")
		if err := r.turn(ctx, w); err != nil {
			return n, err
		}
		for r.hasty {
			if err := r.turn(ctx, w); err != nil {
				return n, err
			}
		}
		if len(r.hand) == 0 {
			return n, nil
		}
		r.finish(w, <-r.done)
	}
}

// turn speaks with the queue once. When that fails, what is to be said is said the next time.
func (r *Runner) turn(ctx context.Context, w *workers) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r.looked, r.hasty = time.Now(), false
	if err := r.setClock(ctx); err != nil {
		return err
	}
	chosen, err := r.choose(ctx)
	if err != nil {
		return err
	}
	renew := len(r.hand) > 0 && time.Since(r.beaten) >= beat
	if len(r.unsaid) == 0 && len(chosen) == 0 && !renew {
		return nil
	}
	var taken []store.Job
	err = r.app.DB.Write(ctx, "", func(t *store.Tx) (err error) {
		if err := r.settle(t); err != nil {
			return err
		}
		now := r.now()
		if renew {
			if err := store.RenewLeases(t, r.node, slices.Collect(maps.Keys(r.hand)), now.Add(lease)); err != nil {
				return err
			}
		}
		taken, err = store.TakeJobs(t, r.node, slices.Collect(maps.Keys(chosen)), now, now.Add(lease))
		return err
	})
	if err != nil {
		r.want(slices.Collect(maps.Values(chosen))...)
		return err
	}
	if renew {
		r.beaten = time.Now()
	}
	for _, o := range r.unsaid {
		r.forget(o)
	}
	r.unsaid = nil
	for i := range taken {
		r.take(w, &store.TakenJob{Job: taken[i]})
	}
	return nil
}

// now is the time of leases: the database's, so that nodes agree on it.
func (r *Runner) now() time.Time { return r.app.DB.Now().Add(r.offset) }

func (r *Runner) setClock(ctx context.Context) error {
	if !r.app.DB.Postgres || time.Since(r.measured) < time.Minute {
		return nil
	}
	began := r.app.DB.Now()
	theirs, err := r.app.DB.Clock(ctx)
	if err == nil {
		r.offset, r.measured = theirs.Sub(began), time.Now()
	}
	return err
}

// choose looks for jobs that there is time for, and returns their kinds by id.
func (r *Runner) choose(ctx context.Context) (map[int64]string, error) {
	chosen := map[int64]string{}
	if r.stopping {
		return chosen, nil
	}
	if time.Since(r.polled) >= poll {
		r.polled = time.Now()
		r.want("")
	}
	t, now := r.app.DB.Read(ctx), r.now()
	for _, l := range r.lanes {
		kinds := r.wantedOf(l)
		due, err := l.due(t, kinds, now)
		if err != nil {
			r.want(append(kinds, slices.Collect(maps.Values(chosen))...)...)
			return nil, err
		}
		// ours, though the lease is over
		due = slices.DeleteFunc(due, func(w store.Waiting) bool { return r.hand[w.ID] != nil })
		slices.SortStableFunc(due, func(a, b store.Waiting) int {
			if c := r.served[a.Host].Compare(r.served[b.Host]); c != 0 { // whoever has waited longest for a turn
				return c
			}
			return a.RunAt.Compare(b.RunAt)
		})
		if len(due) > l.room() {
			r.want(kinds...) // there are more
			due = due[:l.room()]
		}
		for _, w := range due {
			chosen[w.ID] = w.Kind
		}
	}
	return chosen, nil
}

// wantedOf takes the wanted kinds of a lane that has room.
func (r *Runner) wantedOf(l *lane) []string {
	if l.room() == 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []string
	for _, kind := range l.kinds {
		if r.wanted[kind] {
			delete(r.wanted, kind)
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

const mostHeads = 1000

// due lists jobs of the lane that may be taken, more than there is room for if there are more.
func (l *lane) due(t *store.Tx, kinds []string, now time.Time) ([]store.Waiting, error) {
	var all []store.Waiting
	for _, kind := range kinds {
		some, err := []store.Waiting(nil), error(nil)
		if l.heads {
			some, err = store.HeadsDue(t, kind, now, mostHeads)
		} else {
			some, err = store.JobsDue(t, kind, now, l.room()+1)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// take hands a job to a worker of its lane, or lets it wait for one.
func (r *Runner) take(w *workers, job *store.TakenJob) {
	r.hand[job.ID] = job
	for _, l := range r.lanes {
		if slices.Contains(l.kinds, job.Kind) {
			l.ready = append(l.ready, job)
			r.begin(w, l)
		}
	}
}

const manyHosts = 10_000

// begin starts workers on what is ready.
func (r *Runner) begin(w *workers, l *lane) {
	for len(l.ready) > 0 && l.busy < l.workers {
		job := l.ready[0]
		l.ready = l.ready[1:]
		l.busy++
		l.running.Add(1)
		if job.Host != nil {
			if len(r.served) >= manyHosts {
				clear(r.served)
			}
			r.served[*job.Host] = time.Now()
		}
		ctx := w.patient
		if l.letGo {
			ctx = w.hasty
		}
		go func() { r.done <- outcome{l, job, r.do(ctx, l, job)} }()
	}
}

// finish notes how a job ended and gives its worker the next one.
func (r *Runner) finish(w *workers, o outcome) {
	o.lane.busy--
	o.lane.running.Add(-1)
	o.lane.count(o.err == nil)
	if o.err != nil && !r.givenBack(o) {
		r.app.Log.Warn("job failed", "job", o.job.ID, "kind", o.job.Kind, "attempt", o.job.Attempts, "dead", o.spent(),
			"error", o.err)
	}
	if o.job.Settled {
		r.forget(o)
	} else {
		r.unsaid = append(r.unsaid, o)
	}
	if !r.stopping {
		r.begin(w, o.lane)
	}
}

// forget lets go of a job that is settled; whoever waits behind it may be next.
func (r *Runner) forget(o outcome) {
	delete(r.hand, o.job.ID)
	if o.lane != nil && (o.job.Line != nil || o.job.Host != nil) {
		r.want(o.lane.kinds...)
		r.hasty = true
	}
}

// givenBack says whether a job ended because the server stops.
func (r *Runner) givenBack(o outcome) bool { return r.stopping && errors.Is(o.err, context.Canceled) }

// settle tells the queue how jobs ended.
func (r *Runner) settle(t *store.Tx) error {
	var done, back []int64
	for _, o := range r.unsaid {
		switch {
		case o.err == nil:
			done = append(done, o.job.ID)
		case r.givenBack(o):
			back = append(back, o.job.ID)
		default:
			at := t.Now.Add(backoff(o.job.Attempts))
			if o.spent() {
				at = time.Time{}
			}
			if err := store.FailJob(t, r.node, o.job.ID, o.err.Error(), at); err != nil {
				return err
			}
		}
	}
	return errors.Join(store.FinishJobs(t, r.node, done), store.ReleaseJobs(t, r.node, back))
}
