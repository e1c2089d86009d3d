package db

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/sailplane/sailplane/store/diskfree"
)

// Figures are what the engine has done since it was opened, and how large the database is.
type Figures struct {
	Pools                  map[string]sql.DBStats // "read" and "write" on SQLite, "all" on Postgres
	Writes                 int64                  // transactions that have committed
	Writing                time.Duration          // how long they took together, waiting for others among it
	CacheHits, CacheMisses int64
	Bytes                  int64 // of the database
	LogBytes               int64 // of SQLite's log of writes
	FreeBytes              int64 // on the disk of SQLite's file
}

// Figures are those of now. What cannot be told is left 0, and err says why; the rest is right.
func (d *DB) Figures(ctx context.Context) (f Figures, err error) {
	f = Figures{Pools: map[string]sql.DBStats{"all": d.read.DB().Stats()}, Writes: d.writes.Load(),
		Writing: time.Duration(d.writeNanos.Load()), CacheHits: d.Cache.hits.Load(), CacheMisses: d.Cache.misses.Load()}
	if d.Postgres {
		f.Pools["all"] = d.poolFigures()
		return f, d.Read(ctx).One("SELECT pg_database_size(current_database())", nil, &f.Bytes)
	}
	f.Pools = map[string]sql.DBStats{"read": d.read.DB().Stats(), "write": d.write.DB().Stats()}
	info, err := os.Stat(d.Path)
	if err == nil {
		f.Bytes = info.Size()
	}
	if log, err := os.Stat(d.Path + "-wal"); err == nil { // there is none while nobody has written
		f.LogBytes = log.Size()
	}
	free, known := diskfree.Of(filepath.Dir(d.Path))
	if known == nil {
		f.FreeBytes = int64(min(free, 1<<62))
	}
	return f, errors.Join(err, known)
}

// poolFigures are those of the connections to Postgres.
func (d *DB) poolFigures() sql.DBStats {
	s := d.pool.Stat()
	return sql.DBStats{MaxOpenConnections: int(s.MaxConns()), OpenConnections: int(s.TotalConns()),
		InUse: int(s.AcquiredConns()), Idle: int(s.IdleConns()), WaitCount: s.EmptyAcquireCount(),
		WaitDuration: s.EmptyAcquireWaitTime()}
}
