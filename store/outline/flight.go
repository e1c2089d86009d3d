package outline

import (
	"context"
	"fmt"
	"sync"
)

// flight is work that many wait for and one does at a time.
type flight struct {
	mu      sync.Mutex // held for a moment only
	under   chan struct{}
	begun   uint64 // how many runs have begun
	current uint64 // the last run that ended well
}

// do returns once a run of work that began after the call has ended well, whoever ran it. Who waits gives up with their
// context; when the one who runs gives up, somebody else does it.
func (f *flight) do(ctx context.Context, work func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	wanted := f.begun + 1
	for f.current < wanted {
		if under := f.under; under != nil {
			if err := f.wait(ctx, under); err != nil {
				return err
			}
			continue
		}
		if err := f.run(work); err != nil {
			return err
		}
	}
	return nil
}

func (f *flight) wait(ctx context.Context, under chan struct{}) error {
	f.mu.Unlock()
	defer f.mu.Lock()
	select {
	case <-under:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for what changed: %w", ctx.Err())
	}
}

func (f *flight) run(work func() error) (err error) {
	f.begun++
	run, under := f.begun, make(chan struct{})
	f.under = under
	f.mu.Unlock()
	well := false
	defer func() {
		f.mu.Lock()
		f.under = nil
		if well {
			f.current = run
		}
		close(under)
	}()
	err = work()
	well = err == nil
	return err
}
