package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// A transaction that the database gave up for another one's sake (a deadlock, a serialisation failure, a lock that
// nobody gave back in time) has changed nothing and is tried again, so that nobody above knows. Others finish
// meanwhile: each wait is random, and at most twice as long as the one before.
const (
	writeAttempts = 12
	firstPause    = 4 * time.Millisecond
	longestPause  = 250 * time.Millisecond
)

// Write runs fn in one transaction. Once it has committed, stale cache entries are gone and what After kept has run.
//
// fn may be run again from its beginning: what it leaves outside of the transaction must be the same after one run and
// after two. It sets variables and does not add to them; ids that it makes may differ. Forbidden in fn: network,
// hashing, file I/O (on SQLite everybody else waits), and reading or writing but through its Tx (that takes a second
// connection).
func (d *DB) Write(ctx context.Context, actor string, fn func(*Tx) error) error {
	d.nested.check("a write")
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := d.attempt(ctx, actor, fn, d.rehearse.Load() && attempt == 1)
		if !errors.Is(err, ErrBusy) || attempt == writeAttempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(pause) + 1):
		}
		pause = min(2*pause, longestPause)
	}
}

// errRehearsal ends the attempt that Rehearse throws away.
var errRehearsal = fmt.Errorf("a rehearsal: %w", ErrBusy)

// Rehearse makes every transaction be done twice, until it is called with false: the first time it is thrown away, as
// if it had met another one at its end. Tests hold so that fn of Write can be run again.
func (d *DB) Rehearse(on bool) { d.rehearse.Store(on) }

// settle waits until what was committed is on the disk.
func (d *DB) settle() error {
	if d.synced == nil || d.relaxed {
		return nil
	}
	return d.synced.wait()
}

func (d *DB) attempt(ctx context.Context, actor string, fn func(*Tx) error, rehearsal bool) error {
	began := time.Now()
	raw, err := d.write.DB().BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", Mark(err))
	}
	defer raw.Rollback()
	t := d.unit(ctx, raw, d.write.WithContext(ctx).Wrap(raw))
	t.Actor, t.writes = actor, true
	committed := false
	defer func() {
		for i := len(t.undo) - 1; i >= 0 && !committed; i-- {
			t.undo[i]()
		}
	}()
	if err := d.nested.within(func() error { return fn(t) }); err != nil {
		return Mark(err)
	}
	for _, f := range t.last {
		if err := f(t); err != nil {
			return Mark(err)
		}
	}
	if rehearsal {
		return errRehearsal
	}
	if err := errors.Join(t.announce(), t.sendNotices()); err != nil {
		return fmt.Errorf("announce: %w", Mark(err))
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", Mark(err))
	}
	committed = true
	d.Cache.forget(t.stale...)
	if err := d.settle(); err != nil {
		return fmt.Errorf("commit: wait for the disk: %w", err)
	}
	d.writes.Add(1)
	d.writeNanos.Add(int64(time.Since(began)))
	for _, n := range t.notices {
		d.Cache.followers.tell(n.topic, n.text)
	}
	for _, f := range t.after {
		f()
	}
	return nil
}
