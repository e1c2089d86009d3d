package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// servingLock is the number of the lock that every serving node shares, and that nobody else may have while one does.
const servingLock int64 = 0x5a11_91a9f

var (
	// ErrServed says that nodes serve from the database.
	ErrServed = errors.New("store: nodes serve from the database")
	// ErrReplaced says that somebody is putting other data into the database.
	ErrReplaced = errors.New("store: the database is being replaced")
)

// Serve says that this process serves from the database, until Close; ErrReplaced while somebody replaces what is in
// it. On SQLite the lock of the data folder says so.
func (d *DB) Serve(ctx context.Context) error {
	if !d.Postgres {
		return nil
	}
	conn, err := d.lockSession(ctx, "SELECT pg_try_advisory_lock_shared($1)", ErrReplaced)
	if err != nil {
		return err
	}
	d.Go(func(ctx context.Context) { d.goOnServing(ctx, conn) })
	return nil
}

// lookAgain is how often the connection that holds the lock is looked at.
const lookAgain = 10 * time.Second

// goOnServing takes the lock again when its connection is lost.
func (d *DB) goOnServing(ctx context.Context, conn *pgx.Conn) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			shutSession(conn)
			return
		case <-tick.C:
		}
		if conn != nil && conn.Ping(ctx) == nil {
			continue
		}
		shutSession(conn)
		var err error
		if conn, err = d.lockSession(ctx, "SELECT pg_try_advisory_lock_shared($1)", ErrReplaced); errors.Is(err, ErrReplaced) {
			slog.Error("the database is being replaced while this node serves from it: stop it", "error", err)
		}
	}
}

// Unserved keeps nodes from serving from a Postgres database until release is called; ErrServed if some do.
func (d *DB) Unserved(ctx context.Context) (release func(), err error) {
	if !d.Postgres {
		return func() {}, nil
	}
	conn, err := d.lockSession(ctx, "SELECT pg_try_advisory_lock($1)", ErrServed)
	return func() { shutSession(conn) }, err
}

// Servers says how many nodes serve from a Postgres database.
func (d *DB) Servers(ctx context.Context) (n int, err error) {
	if !d.Postgres {
		return 0, nil
	}
	err = d.Read(ctx).One(`SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock'
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND classid::bigint = ? AND objid::bigint = ?`, []any{servingLock >> 32, servingLock & 0xffffffff}, &n)
	return n, err
}

// lockSession takes a lock that lasts as long as a connection; refusal is what it fails with when others have it.
func (d *DB) lockSession(ctx context.Context, take string, refusal error) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, d.direct)
	if err != nil {
		return nil, fmt.Errorf("look who serves from the database: %w", d.explain(err))
	}
	var got bool
	err = conn.QueryRow(ctx, take, servingLock).Scan(&got)
	if err == nil && got {
		return conn, nil
	}
	if shut(conn); err == nil {
		return nil, refusal
	}
	return nil, fmt.Errorf("look who serves from the database: %w", Mark(err))
}

// shutSession ends a connection and the locks that it has.
func shutSession(conn *pgx.Conn) {
	if conn != nil {
		shut(conn)
	}
}
