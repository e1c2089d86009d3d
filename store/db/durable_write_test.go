package db

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Whoever waits is served by something that began after they came, and many by one.
func TestGroupsServeThoseWhoCameBefore(t *testing.T) {
	var began, ended atomic.Int64
	g := group{do: func() error {
		began.Add(1)
		time.Sleep(time.Millisecond)
		ended.Add(1)
		return nil
	}}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 20 {
				before := began.Load()
				if err := g.wait(); err != nil {
					t.Error(err)
				}
				if ended.Load() <= before {
					t.Error("served by what had begun before")
				}
			}
		})
	}
	all.Wait()
	if n := began.Load(); n > 500 {
		t.Errorf("%d rounds for 1,000 that waited", n)
	}
}

func TestGroupsTellOfFailures(t *testing.T) {
	broken := errors.New("broken")
	g := group{do: func() error { return broken }}
	for range 2 {
		if err := g.wait(); !errors.Is(err, broken) {
			t.Error(err)
		}
	}
}
