package store

import (
	"context"
	"fmt"
	"hash/maphash"
	"strconv"
	"sync"
	"time"
)

// Limits count how often something happened within a window that begins with the first time. On SQLite there is one
// server, which counts in memory; the nodes of a Postgres count together in a table (limits), which its log leaves
// out.
type Limits struct {
	db   *DB
	mu   sync.Mutex
	seed maphash.Seed
	kept map[time.Duration]*shard
}

// LimitsOf are those of a database.
func LimitsOf(d *DB) *Limits {
	return Singleton(d.Read(context.Background()), func(d *DB) *Limits {
		return &Limits{db: d, seed: maphash.MakeSeed(), kept: map[time.Duration]*shard{}}
	})
}

// counter is how often, and until when that counts.
type counter struct {
	n    int
	ends time.Time
}

// shard keeps the tallies of one length of window. Two generations take turns, so that what has ended goes without
// being looked for; when one is full, whoever is new shares a tally with some others.
type shard struct {
	young, old map[string]counter
	turned     time.Time
}

const (
	shardSize      = 50_000
	sharedCounters = 1024
)

// LockRow counts once more and says how many are left of most (negative: one too many) and when counting begins anew.
// What is refused counts too, but puts nothing off.
func (l *Limits) Take(ctx context.Context, key string, most int, window time.Duration) (left int, ends time.Time,
	err error) {
	now := Stamped(l.db.Now())
	if !l.db.Postgres {
		t := l.keep(key, window, now, func(t counter) counter { return counter{t.n + 1, t.ends} })
		return most - t.n, t.ends, nil
	}
	// Who has used everything up here need not be counted any more.
	if t := l.keep(key, window, now, func(t counter) counter { return t }); t.n > most {
		return most - t.n, t.ends, nil
	}
	var t counter
	err = l.db.Read(ctx).One(`INSERT INTO limits (key, count, ends_at) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET
		count = CASE WHEN limits.ends_at <= ? THEN 1 ELSE limits.count + 1 END,
		ends_at = CASE WHEN limits.ends_at <= ? THEN excluded.ends_at ELSE limits.ends_at END RETURNING count, ends_at`,
		[]any{key, now.Add(window), now, now}, &t.n, &t.ends)
	if err != nil {
		return 0, t.ends, fmt.Errorf("count %s: %w", key, err)
	}
	l.keep(key, window, now, func(counter) counter { return t })
	return most - t.n, t.ends, nil
}

// Give takes back what LockRow has counted.
func (l *Limits) Give(ctx context.Context, key string, window time.Duration) error {
	now := Stamped(l.db.Now())
	l.keep(key, window, now, func(t counter) counter { return counter{max(t.n-1, 0), t.ends} })
	if !l.db.Postgres {
		return nil
	}
	_, err := l.db.Read(ctx).Exec("UPDATE limits SET count = count - 1 WHERE key = ? AND count > 0 AND ends_at > ?", key,
		now)
	if err != nil {
		return fmt.Errorf("count %s: %w", key, err)
	}
	return nil
}

// Sweep deletes up to so many counts that have ended from the table, and returns how many.
func (l *Limits) Sweep(t *Tx, most int) (int64, error) {
	if !l.db.Postgres {
		return 0, nil
	}
	r, err := t.Exec("DELETE FROM limits WHERE key IN (SELECT key FROM limits WHERE ends_at <= ? LIMIT ?)",
		Stamped(l.db.Now()), most)
	if err != nil {
		return 0, fmt.Errorf("forget counts of requests: %w", err)
	}
	return r.RowsAffected()
}

// keep replaces the tally in memory by what change makes of it.
func (l *Limits) keep(key string, window time.Duration, now time.Time, change func(counter) counter) counter {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.kept[window]
	if s == nil {
		s = &shard{turned: now}
		l.kept[window] = s
	}
	if age := now.Sub(s.turned); age >= window {
		s.young, s.old, s.turned = nil, s.young, now
		if age >= 2*window {
			s.old = nil
		}
	}
	if s.young == nil {
		s.young = map[string]counter{}
	}
	if _, known := s.young[key]; !known && len(s.young) >= shardSize {
		key = "crowd:" + strconv.FormatUint(maphash.String(l.seed, key)%sharedCounters, 10)
	}
	t, known := s.young[key]
	if !known {
		t = s.old[key]
	}
	if !t.ends.After(now) {
		t = counter{0, now.Add(window)}
	}
	t = change(t)
	s.young[key] = t
	return t
}

// Count is how many tallies are in memory.
func (l *Limits) Count() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.kept {
		n += len(s.young) + len(s.old)
	}
	return n
}
