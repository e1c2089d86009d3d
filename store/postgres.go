package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pocketbase/dbx"
)

// postgresConns bounds what one node takes of the server's connections.
const postgresConns = 20

func (d *DB) openPostgres(ctx context.Context, url string) error {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("database.url: %w", err)
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns / 2)
	d.read = dbx.NewFromDB(pool, "pgx")
	d.write = d.read
	if err := pool.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the Postgres of database.url: %w", err)
	}
	return d.Cache.follow(ctx, cfg)
}
