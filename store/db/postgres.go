package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pocketbase/dbx"
)

// postgresConns bounds what one node takes of the server's connections.
const postgresConns = 20

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
	d.read.DB().SetMaxIdleConns(postgresConns / 2)
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
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns / 2)
	d.read = dbx.NewFromDB(pool, "pgx")
	d.write = d.read
	if err := pool.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the Postgres of database.url: %w", err)
	}
	return d.Cache.follow(ctx, cfg)
}
