package web

import (
	"context"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/sailplane/sailplane/app"
)

// budget is the memory that large requests share. Each takes its part before it is worked on, waits if there is none
// left, and gives it back before its answer goes out: nobody waits for a client that is slow to send or to read.
type budget struct {
	whole int64
	parts *semaphore.Weighted

	mu    sync.Mutex
	taken int // parts that are out
	gc    int // the collector's percentage when there are none
}

const (
	// budgetWait is how long a large request waits for its part.
	budgetWait = 30 * time.Second
	// thriftyGC is the collector's percentage while large requests are under way: the garbage of one is as large as the
	// others.
	thriftyGC = 40
)

var errBusy = app.Refuse(app.Unavailable,
	"The server is busy with other large requests; nothing was changed. Try again in a moment.")

func newBudget(whole int64) *budget {
	return &budget{whole: whole, parts: semaphore.NewWeighted(whole)}
}

// take waits for so much of the budget, or for all of it if that is less. The part must be released, and may be more
// than once.
func (b *budget) take(ctx context.Context, size int64) (release func(), err error) {
	size = min(size, b.whole)
	waiting, cancel := context.WithTimeout(ctx, budgetWait)
	defer cancel()
	if err := b.parts.Acquire(waiting, size); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errBusy
	}
	b.begin()
	return sync.OnceFunc(func() {
		b.end()
		b.parts.Release(size)
	}), nil
}

func (b *budget) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken++; b.taken == 1 && os.Getenv("GOGC") == "" {
		b.gc = debug.SetGCPercent(thriftyGC)
	}
}

func (b *budget) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken--; b.taken == 0 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(b.gc)
	}
}
