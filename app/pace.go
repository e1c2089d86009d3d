package app

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/store"
)

// Writers wait for each other on SQLite. So long work goes in transactions of few rows, as many as take some five
// milliseconds: a work item takes what belongs to it along, a line of a log nothing. Between two of them, others have
// as long.
var someRows = Steps{First: 8, Largest: 500, Short: 3 * time.Millisecond, Long: 8 * time.Millisecond,
	Rest: 50 * time.Millisecond}

// findMost is how many rows are looked for at a time: looking takes no writer's time.
const findMost = 5000

// Steps says how long work is cut up: how many rows the first step takes and how many any may; that steps shorter than
// Short grow and those longer than Long shrink; and for how long others have the database in between, at most.
type Steps struct {
	First, Largest    int
	Short, Long, Rest time.Duration
}

// Pace is how many rows a step of long work takes, by the time that steps have taken. The zero value begins with few.
type Pace struct {
	Steps Steps // the zero value: those for rows of which nobody waits for the last

	size int
}

// Size is for how many rows the next step is.
func (p *Pace) Size() int {
	if p.Steps == (Steps{}) {
		p.Steps = someRows
	}
	if p.size == 0 {
		p.size = p.Steps.First
	}
	return p.size
}

// Rest sets the size of the next step by how long one took, and lets others have as much time.
func (p *Pace) Rest(ctx context.Context, took time.Duration) error {
	switch size := p.Size(); {
	case took > p.Steps.Long:
		p.size = max(1, size/2)
	case took < p.Steps.Short:
		p.size = min(2*size, p.Steps.Largest)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(took, p.Steps.Rest)):
		return nil
	}
}

// Sweep removes rows in steps, each of which is whole: what a stop or a crash cuts off goes on with what is left.
type Sweep struct {
	App  *App
	Note func(t *store.Tx, n int64) error // writes down, in each step, how many rows it took; nil: nobody wants to know
	Pace
}

// SweepAll removes in steps all rows that may go.
func (a *App) SweepAll(ctx context.Context, all []store.Stale) error {
	w := Sweep{App: a}
	for _, s := range all {
		if err := w.Remove(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes all rows that may go. Files go before their rows, which are what finds them again.
func (w *Sweep) Remove(ctx context.Context, s store.Stale) error {
	for {
		found, err := s.Find(ctx, w.App.DB, findMost)
		if err != nil {
			return err
		}
		removed := int64(0)
		for left := found; len(left) > 0; {
			part := left[:min(w.Size(), len(left))]
			left = left[len(part):]
			n, err := w.removeSome(ctx, s, part)
			if err != nil {
				return err
			}
			removed += n
		}
		if len(found) < findMost || removed == 0 {
			return nil
		}
	}
}

func (w *Sweep) removeSome(ctx context.Context, s store.Stale, part []store.StaleRow) (n int64, err error) {
	for _, row := range part {
		if row.File == "" {
			continue
		}
		if err := w.App.Blob.Delete(ctx, row.File); err != nil {
			return 0, fmt.Errorf("remove a file before its row: %w", err)
		}
	}
	_, err = w.step(ctx, func(t *store.Tx, _ int) (int64, error) {
		n, err = s.Remove(t, part)
		return n, err
	})
	return n, err
}

// Walk lets step remove rows itself, so many at a time, until there are no more, and returns how many it removed.
func (w *Sweep) Walk(ctx context.Context, step func(t *store.Tx, most int) (int64, error)) (total int64, err error) {
	for {
		size := w.Size()
		n, err := w.step(ctx, step)
		if total += n; err != nil || n < int64(size) {
			return total, err
		}
	}
}

// step is one transaction. Only its own time counts: it may have waited for others to begin.
func (w *Sweep) step(ctx context.Context, do func(t *store.Tx, most int) (int64, error)) (n int64, err error) {
	var began time.Time
	err = w.App.DB.Write(ctx, "", func(t *store.Tx) error {
		began = time.Now() // by now nobody else writes
		if n, err = do(t, w.Size()); err != nil || w.Note == nil {
			return err
		}
		return w.Note(t, n)
	})
	if err != nil {
		return 0, err
	}
	return n, w.Rest(ctx, time.Since(began))
}
