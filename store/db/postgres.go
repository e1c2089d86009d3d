package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pocketbase/dbx"
)

// DefaultConnections bounds what one node takes of a Postgres server's connections, unless told otherwise.
const DefaultConnections = 20

// Connections bounds what this process takes of a Postgres server's connections.
func Connections(n int) Option { return func(d *DB) { d.Connections = n } }

// explain says of a server that has no room for a connection whose room it is.
func (d *DB) explain(err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Code == tooManyConnections {
		err = fmt.Errorf("it has no room for another connection (max_connections there; each node takes up to %d, "+
			"as database.connections says, and one to hear of the others): %w", d.Connections, err)
	}
	return Mark(err)
}

const tooManyConnections = "53300"

// LimitStatements bounds how long a statement may run, and a transaction do nothing, on connections that are made from
// now on; those that are idle are closed. It is the second bound: the first is the context of whoever asks, which also
// holds on SQLite. But a server of Postgres does not notice when a node is gone, and would go on for nobody. What takes
// long for good reason (migrations, backups) runs before, or in processes that have set no limit.
func (d *DB) LimitStatements(limit time.Duration) {
	if !d.Postgres {
		return
	}
	d.statementLimit.Store(limit.Milliseconds())
	d.read.DB().SetMaxIdleConns(0)
	d.read.DB().SetMaxIdleConns(max(1, d.Connections/2))
}

// likeDisksOfToday takes reading a page anywhere to cost little more than reading the next one, unless somebody has
// said how that is here: by what Postgres assumes, it reads a whole table rather than most of an index.
const likeDisksOfToday = `SELECT set_config('random_page_cost', '1.1', false) FROM pg_settings
	WHERE name = 'random_page_cost' AND source = 'default'`

func (d *DB) openPostgres(ctx context.Context, url string) error {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("database.url: %w", err)
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// Compiling a statement takes ten times as long as running most of ours; the planner only knows when it is too late.
		set := "SET jit = off; " + likeDisksOfToday
		if limit := d.statementLimit.Load(); limit > 0 {
			set += fmt.Sprintf("; SET statement_timeout = %d; SET idle_in_transaction_session_timeout = %d", limit, limit)
		}
		_, err := conn.Exec(ctx, set)
		return err
	}))
	pool.SetMaxOpenConns(d.Connections)
	pool.SetMaxIdleConns(max(1, d.Connections/2))
	d.read = dbx.NewFromDB(pool, "pgx")
	d.write = d.read
	if err := pool.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the Postgres of database.url: %w", d.explain(err))
	}
	return d.Cache.follow(ctx, cfg)
}
