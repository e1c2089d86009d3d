package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Writers wait for each other on SQLite. So rows go in transactions of few, as many as take some five milliseconds: a
// work item takes what belongs to it along, a line of a log nothing. Between two of them, others have as long.
const (
	firstSize   = 8
	largestSize = 500
	short       = 3 * time.Millisecond
	long        = 8 * time.Millisecond
	longestRest = 50 * time.Millisecond
)

// findMost is how many rows are looked for at a time: looking takes no writer's time.
const findMost = 5000

// work removes rows of one rule.
type work struct {
	app  *app.App
	rule string
	size int // of the next transaction, in rows
}

// remove removes all rows that may go. Files go before their rows, which are what finds them again.
func (w *work) remove(ctx context.Context, s store.Stale) error {
	for {
		found, err := s.Find(ctx, w.app.DB, findMost)
		if err != nil {
			return err
		}
		removed := int64(0)
		for left := found; len(left) > 0; {
			part := left[:min(w.size, len(left))]
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

func (w *work) removeSome(ctx context.Context, s store.Stale, part []store.StaleRow) (n int64, err error) {
	for _, row := range part {
		if row.File == "" {
			continue
		}
		if err := w.app.Blob.Delete(ctx, row.File); err != nil {
			return 0, fmt.Errorf("remove a file before its row: %w", err)
		}
	}
	var began time.Time
	err = w.app.DB.Write(ctx, "", func(t *store.Tx) error {
		began = time.Now() // by now nobody else writes
		if n, err = s.Remove(t, part); err != nil {
			return err
		}
		return store.NoteCleaned(t, w.rule, n)
	})
	if err != nil {
		return 0, err
	}
	return n, w.rest(ctx, time.Since(began))
}

// walk lets a rule remove its rows itself, so many at a time, and returns how many it removed.
func (w *work) walk(ctx context.Context, step func(context.Context, *app.App, int) (int64, error)) (total int64,
	err error) {
	for {
		began, size := time.Now(), w.size
		n, err := step(ctx, w.app, size)
		total += n
		if err != nil || n < int64(size) {
			return total, err
		}
		if err := w.rest(ctx, time.Since(began)); err != nil {
			return total, err
		}
	}
}

// rest sets the size of the next transaction by how long one took, and lets others have as much time.
func (w *work) rest(ctx context.Context, took time.Duration) error {
	switch {
	case took > long:
		w.size = max(1, w.size/2)
	case took < short:
		w.size = min(2*w.size, largestSize)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(took, longestRest)):
		return nil
	}
}
