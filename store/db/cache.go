package db

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/ristretto/v2"
	"github.com/jackc/pgx/v5"
)

// Cache keeps what every request asks for (sessions, people, roles, settings). Only what can be read again goes in:
// ristretto drops entries as it likes. A write names the keys that it makes wrong (Tx.Forget, or the table itself);
// they are gone when the write answers, and on other nodes of the same Postgres when it tells them.
type Cache struct {
	kept  *ristretto.Cache[string, any]
	seed  maphash.Seed
	locks [64]struct {
		sync.Mutex
		epoch uint64 // moves when a key of this shard is forgotten
	}
	hits, misses atomic.Int64
	off          atomic.Bool // other nodes cannot be heard: answer from the database

	quiet   time.Duration // without a notice, and then it is asked whether anybody is there
	patient time.Duration // that the answer may take

	followers followers // of notices
	node      string    // this one, among those that send notices

	stop context.CancelFunc
	done chan struct{}
}

const (
	cacheEntries = 20_000
	cacheLife    = 10 * time.Minute
	cacheChannel = "sailplane_cache"
	everything   = "*"
)

func newCache() (*Cache, error) {
	kept, err := ristretto.NewCache(&ristretto.Config[string, any]{NumCounters: 100_000, MaxCost: cacheEntries,
		BufferItems: 64, IgnoreInternalCost: true})
	return &Cache{kept: kept, seed: maphash.MakeSeed(), quiet: 15 * time.Second, patient: 5 * time.Second,
		node: NewID()}, err
}

// Cached returns what is kept under the key, or loads and keeps it. Errors are not kept. What is returned is shared: do
// not change it.
func Cached[T any](d *DB, key string, load func() (T, error)) (T, error) {
	if kept, ok := d.Cache.get(key); ok {
		if v, ok := kept.(T); ok {
			return v, nil
		}
	}
	epoch := d.Cache.epoch(key)
	v, err := load()
	if err == nil {
		d.Cache.keep(key, v, epoch)
	}
	return v, err
}

func (c *Cache) get(key string) (any, bool) {
	v, ok := c.kept.Get(key)
	if ok = ok && !c.off.Load(); ok {
		c.hits.Add(1)
	} else {
		c.misses.Add(1)
	}
	return v, ok
}

// epoch is when a key is: it moves when the key, or another one of its shard, is forgotten.
func (c *Cache) epoch(key string) uint64 {
	shard := &c.locks[maphash.String(c.seed, key)%64]
	shard.Lock()
	defer shard.Unlock()
	return shard.epoch
}

// put keeps what was read under the key, unless somebody forgot the key meanwhile.
func (c *Cache) keep(key string, v any, since uint64) {
	shard := &c.locks[maphash.String(c.seed, key)%64]
	shard.Lock()
	defer shard.Unlock()
	if shard.epoch == since {
		c.kept.SetWithTTL(key, v, 1, cacheLife)
	}
}

func (c *Cache) forget(keys ...string) {
	if len(keys) == 0 {
		return
	}
	defer c.followers.tell(Forgotten, strings.Join(keys, "\n"))
	for _, k := range keys {
		if k == everything {
			c.clear()
			return
		}
		shard := &c.locks[maphash.String(c.seed, k)%64]
		shard.Lock()
		shard.epoch++
		c.kept.Del(k)
		shard.Unlock()
	}
	c.kept.Wait() // a value that ristretto was given before, and has not taken yet, would show until it has
}

// Forget drops what this node keeps under the keys: who found that it is out of date reads it again.
func (c *Cache) Forget(keys ...string) { c.forget(keys...) }

func (c *Cache) clear() {
	for i := range c.locks {
		c.locks[i].Lock()
		c.locks[i].epoch++
		defer c.locks[i].Unlock()
	}
	c.kept.Clear()
}

// ForgetAll empties the cache once the transaction has committed: for rare writes that touch many people's entries.
func (t *Tx) ForgetAll() { t.Forget(everything) }

// announce tells the other nodes, with the commit, which keys are wrong.
func (t *Tx) announce() error {
	if len(t.stale) == 0 {
		return nil
	}
	keys := strings.Join(t.stale, "\n")
	if !t.db.Postgres {
		if !t.db.Beside {
			return nil
		}
		_, err := t.Exec("INSERT INTO cache_notices (keys) VALUES (?)", keys)
		return err
	}
	if len(keys) > 7900 { // Postgres takes no more than 8,000 bytes in one notice
		keys = everything
	}
	_, err := t.Exec("SELECT pg_notify(?, ?)", cacheChannel, keys)
	return err
}

// follow listens to other nodes, at first by a connection that does. While it cannot, the cache is not used.
func (c *Cache) follow(ctx context.Context, cfg *pgx.ConnConfig, conn *pgx.Conn) {
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop, c.done = stop, make(chan struct{})
	go func() {
		defer close(c.done)
		for {
			err := c.hear(run, conn)
			shut(conn)
			if run.Err() != nil {
				return
			}
			c.off.Store(true)
			slog.Warn("cache off: lost the connection that tells of other nodes' writes", "error", err)
			for conn, err = c.listen(run, cfg); err != nil; conn, err = c.listen(run, cfg) {
				if run.Err() != nil {
					return
				}
				select {
				case <-run.Done():
					return
				case <-time.After(time.Second):
				}
			}
			c.forget(everything)
			c.off.Store(false)
			c.followers.missed()
			slog.Info("cache on again")
		}
	}()
}

// shut closes a connection politely, if the other side still listens.
func shut(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn.Close(ctx)
}

func (c *Cache) listen(ctx context.Context, cfg *pgx.ConnConfig) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patient)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+cacheChannel+"; LISTEN "+noticeChannel); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}

// hear forgets what others say is wrong, until the connection is lost. One that is dead without a word is found by
// asking.
func (c *Cache) hear(ctx context.Context, conn *pgx.Conn) error {
	for {
		n, err := within(ctx, c.quiet, conn.WaitForNotification)
		switch {
		case err == nil && n.Channel == noticeChannel:
			c.heard(n.Payload)
		case err == nil:
			c.forget(strings.Split(n.Payload, "\n")...)
		case ctx.Err() != nil || conn.IsClosed() || !errors.Is(err, context.DeadlineExceeded):
			return err
		default:
			_, err := within(ctx, c.patient, func(ctx context.Context) (any, error) { return conn.Exec(ctx, "SELECT 1") })
			if err != nil {
				return err
			}
		}
	}
}

func within[T any](ctx context.Context, most time.Duration, do func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return do(ctx)
}

func (c *Cache) close() {
	if c.stop != nil {
		c.stop()
		<-c.done
	}
	c.kept.Close()
}

// FollowNotices keeps the cache right while commands write to the same SQLite file (see DB.Beside), until the context
// ends. It is the only reader: what it has read is removed.
func (d *DB) FollowNotices(ctx context.Context) {
	if d.Postgres {
		return // its notices come by themselves
	}
	tick := time.NewTicker(noticePoll)
	defer tick.Stop()
	for {
		if err := d.readNotices(ctx); err != nil && ctx.Err() == nil {
			slog.Error("read cache notices", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const noticePoll = 500 * time.Millisecond

func (d *DB) readNotices(ctx context.Context) error {
	var last *int64
	if err := d.Read(ctx).One("SELECT MAX(id) FROM cache_notices", nil, &last); err != nil || last == nil {
		return err
	}
	rows, err := d.Read(ctx).Rows("SELECT keys FROM cache_notices WHERE id <= ?", *last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var keys string
		if err := rows.Scan(&keys); err != nil {
			return err
		}
		d.Cache.forget(strings.Split(keys, "\n")...)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	return d.Write(ctx, "", func(t *Tx) error {
		_, err := t.Exec("DELETE FROM cache_notices WHERE id <= ?", *last)
		return err
	})
}
