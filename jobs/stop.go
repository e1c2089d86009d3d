package jobs

import (
	"context"
	"time"

	"github.com/sailplane/sailplane/store"
)

// workers is what ends those who do jobs: patient ones may finish what they do when the server stops, hasty ones let go
// of it.
type workers struct {
	patient, hasty context.Context
	end, hurry     context.CancelFunc
}

func newWorkers() *workers {
	w := &workers{}
	w.patient, w.end = context.WithCancel(context.Background())
	w.hasty, w.hurry = context.WithCancel(w.patient)
	return w
}

// close ends the work: nobody begins anything, who waits for a stranger lets go at once, the others after the grace.
// What was not done is given back, to be done after the next start.
func (r *Runner) close(w *workers) {
	r.stopping = true
	for _, l := range r.lanes {
		for _, job := range l.ready {
			r.unsaid = append(r.unsaid, outcome{l, job, context.Canceled})
		}
		l.ready = nil
	}
	w.hurry()
	r.await(w, grace)
	w.end()
	r.await(w, grace/2)
	for _, job := range r.hand { // those that hear nothing end with the process
		if !r.said(job.ID) {
			r.unsaid = append(r.unsaid, outcome{nil, job, context.Canceled})
		}
	}
	if err := r.leave(w); err != nil {
		r.app.Log.Error("jobs: what has been done could not be noted; it is done again", "error", err)
	}
}

// leave settles what is in hand, and gives back what else the node holds.
func (r *Runner) leave(w *workers) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return r.app.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := r.settle(t); err != nil {
			return err
		}
		return store.ReleaseNode(t, r.node)
	})
}

func (r *Runner) said(id int64) bool {
	for _, o := range r.unsaid {
		if o.job.ID == id {
			return true
		}
	}
	return false
}

// await waits for workers, but not for ever.
func (r *Runner) await(w *workers, most time.Duration) {
	late := time.After(most)
	for r.busy() > 0 {
		select {
		case o := <-r.done:
			r.finish(w, o)
		case <-late:
			return
		}
	}
}

func (r *Runner) busy() (n int) {
	for _, l := range r.lanes {
		n += l.busy
	}
	return n
}
