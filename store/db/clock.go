package db

import (
	"sync/atomic"
	"time"
)

// Clock says what time it is to everything that works with a database: as the machine does, until a test moves it. It
// may be moved while others read it. It takes times and spans, never a function: what a function reads, the test that
// wrote it could change behind the readers' backs.
type Clock struct{ set atomic.Pointer[setting] }

// setting is how a clock differs from the machine's.
type setting struct {
	stands time.Time     // what it shows for ever; zero: it runs
	ahead  time.Duration // of the machine's, while it runs
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	s := c.setting()
	if s == nil {
		return time.Now()
	}
	if !s.stands.IsZero() {
		return s.stands
	}
	return time.Now().Add(s.ahead)
}

// setting is nil of a clock that was never moved, and of none: that of a DB that was not opened.
func (c *Clock) setting() *setting {
	if c == nil {
		return nil
	}
	return c.set.Load()
}

// Stop lets the clock stand at a time.
func (c *Clock) Stop(at time.Time) { c.set.Store(&setting{stands: at}) }

// Run lets the clock run, so much ahead of the machine's.
func (c *Clock) Run(ahead time.Duration) { c.set.Store(&setting{ahead: ahead}) }

// Advance moves the clock on from what it shows. One that stands goes on standing, one that runs goes on running.
func (c *Clock) Advance(by time.Duration) {
	for {
		old, next := c.set.Load(), setting{}
		if old != nil {
			next = *old
		}
		if next.stands.IsZero() {
			next.ahead += by
		} else {
			next.stands = next.stands.Add(by)
		}
		if c.set.CompareAndSwap(old, &next) {
			return
		}
	}
}

// OwnClock is what Now reads, for tests to move. That of the database's server is Clock.
func (d *DB) OwnClock() *Clock { return d.clock }

// Now is what time it is here, for all that is read and written.
func (d *DB) Now() time.Time { return d.clock.Now() }
