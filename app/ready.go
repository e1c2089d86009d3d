package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sailplane/sailplane/store"
)

const (
	readyTime = 2 * time.Second  // that what is asked may take
	filesGood = 10 * time.Second // for which a look at the file store is good: strangers may ask as often as they like
	filesBad  = time.Second      // the same when something was wrong
)

// readiness remembers the last look at the file store.
type readiness struct {
	mu    sync.Mutex
	at    time.Time
	fault error
}

// Ready returns what this node lacks to serve, in general words, and why: the database, its schema, the disk or the
// file store. What many nodes share and what does not keep this one from serving, such as a backlog of jobs, is no
// matter.
func (a *App) Ready(ctx context.Context) (lack string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	if err := a.DB.Ready(ctx); errors.Is(err, store.ErrBehind) {
		return "the database has an older schema", err
	} else if err != nil {
		return "the database cannot be used", err
	}
	if err := a.filesReady(ctx); err != nil {
		return "files cannot be kept", err
	}
	return "", nil
}

func (a *App) filesReady(ctx context.Context) error {
	a.ready.mu.Lock()
	defer a.ready.mu.Unlock()
	good := filesGood
	if a.ready.fault != nil {
		good = filesBad
	}
	if time.Since(a.ready.at) >= good {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime) // whoever asks next hears of it, too
		defer cancel()
		a.ready.fault = a.Blob.Check(ctx)
		a.ready.at = time.Now()
	}
	return a.ready.fault
}

// FilesFault is why files cannot be kept; nil when they can.
func (a *App) FilesFault(ctx context.Context) error { return a.filesReady(ctx) }
