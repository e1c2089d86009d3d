package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pocketbase/dbx"
)

// DefaultConnections bounds what one node takes of a Postgres server's connections, unless told otherwise.
const DefaultConnections = 20

// DefaultPatience is how long somebody waits for a connection to Postgres, unless told otherwise.
const DefaultPatience = 10 * time.Second

// Connections bounds what this process takes of a Postgres server's connections.
func Connections(n int) Option { return func(d *DB) { d.Connections = n } }

// Patience is how long somebody waits for a connection to Postgres, a new one or one that others use.
func Patience(most time.Duration) Option { return func(d *DB) { d.patience = most } }

// ListenAt is the URL of the Postgres server itself, where the other one leads through a pooler.
func ListenAt(url string) Option { return func(d *DB) { d.listenURL = url } }

// Bounds are how long things may take on a connection to Postgres; 0 is for ever.
type Bounds struct {
	Statement time.Duration // a statement runs
	Lock      time.Duration // it waits for a lock
	Idle      time.Duration // a transaction does nothing
}

// explain says of a server that has no room for a connection whose room it is.
func (d *DB) explain(err error) error {
	if isCrowded(err) {
		err = fmt.Errorf("it has no room for another connection (by max_connections there, or by the limit of the role or "+
			"of the database; each node takes up to %d, as database.connections says, and two to hear of the others): %w",
			d.Connections, err)
	}
	return Mark(err)
}

const tooManyConnections = "53300"

func isCrowded(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == tooManyConnections
}

// LimitStatements sets bounds for connections that are made from now on; those that are idle are closed. They are the
// second bounds: the first is the context of whoever asks, which also holds on SQLite. But a server of Postgres does
// not notice when a node is gone, and would go on for nobody. What takes long for good reason (migrations, backups)
// runs before, or in processes that have set no limit. A pooler hands connections on with what was set on them, also to
// those processes: there its own settings say it.
func (d *DB) LimitStatements(l Bounds) {
	if d.pool != nil && !d.pooled {
		d.limits.Store(&l)
		d.pool.Reset()
	}
}

// likeDisksOfToday takes reading a page anywhere to cost little more than reading the next one, unless somebody has
// said how that is here: by what Postgres assumes, it reads a whole table rather than most of an index.
const likeDisksOfToday = `SELECT set_config('random_page_cost', '1.1', false) FROM pg_settings
	WHERE name = 'random_page_cost' AND source = 'default'`

// prepare is done on every new connection. Compiling a statement takes ten times as long as running most of ours; the
// planner only knows when it is too late.
func (d *DB) prepare(ctx context.Context, conn *pgx.Conn) error {
	set := "SET jit = off; " + likeDisksOfToday
	if l := d.limits.Load(); l != nil {
		set += fmt.Sprintf("; SET statement_timeout = %d; SET lock_timeout = %d", l.Statement.Milliseconds(),
			l.Lock.Milliseconds())
		set += fmt.Sprintf("; SET idle_in_transaction_session_timeout = %d", l.Idle.Milliseconds())
	}
	_, err := conn.Exec(ctx, set)
	return err
}

func (d *DB) openPostgres(ctx context.Context, url string) error {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("database.url: %w", err)
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.ConnectTimeout = d.patience
	d.direct = cfg.ConnConfig
	if d.listenURL != "" {
		if d.direct, err = pgx.ParseConfig(d.listenURL); err != nil {
			return fmt.Errorf("database.listen_url: %w", err)
		}
		d.direct.RuntimeParams["timezone"], d.direct.ConnectTimeout = "UTC", d.patience
	}
	if err := d.follow(ctx, cfg.ConnConfig); err != nil {
		return err
	}
	if d.pooled && !strings.Contains(url, "default_query_exec_mode") {
		// The next connection has not what was prepared on this one.
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	cfg.MaxConns, cfg.MaxConnIdleTime, cfg.AfterConnect = int32(d.Connections), time.Minute, d.prepare
	if d.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), cfg); err != nil {
		return fmt.Errorf("database.url: %w", err)
	}
	connections := sql.OpenDB(connector{stdlib.GetPoolConnector(d.pool), d})
	connections.SetMaxIdleConns(0) // they wait in the pool
	d.read = dbx.NewFromDB(connections, "pgx")
	d.write = d.read
	if err := connections.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the Postgres of database.url: %w", d.explain(err))
	}
	return nil
}

// follow begins to hear of other nodes, and finds out whether a pooler is in between.
func (d *DB) follow(ctx context.Context, cfg *pgx.ConnConfig) error {
	setting := "database.url"
	if d.listenURL != "" {
		setting = "database.listen_url"
	}
	hearing, err := d.Cache.listen(ctx, d.direct)
	if err != nil {
		return fmt.Errorf("reach the Postgres of %s: %w", setting, d.explain(err))
	}
	if d.listenURL == "" {
		err = d.mustHear(ctx, hearing)
	} else {
		err = d.lookForPooler(ctx, cfg)
	}
	if err != nil {
		shut(hearing)
		return err
	}
	d.Cache.follow(ctx, d.direct, hearing)
	return nil
}

// connector hands out connections of the pool.
type connector struct {
	driver.Connector
	d *DB
}

// crowdedPause is how long the server is left in peace that has no room for another connection; meanwhile one of ours
// may become free.
const crowdedPause = 25 * time.Millisecond

// Connect waits for a connection that is free or can be made, but not for ever: ErrCrowded.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	patient, cancel := context.WithTimeout(ctx, c.d.patience)
	defer cancel()
	for {
		conn, err := c.Connector.Connect(patient)
		full := isCrowded(err)
		if err == nil || !full && patient.Err() == nil || ctx.Err() != nil {
			return conn, err
		}
		used := c.d.pool.Stat()
		switch {
		case full && used.TotalConns() > 0 && patient.Err() == nil:
			select {
			case <-patient.Done():
			case <-time.After(crowdedPause):
			}
		case full:
			return nil, c.d.explain(err)
		case used.AcquiredConns() >= used.MaxConns():
			return nil, &marked{ErrCrowded, fmt.Errorf("all %d connections of this node were in use for %s "+
				"(database.connections, database.connect_seconds)", used.MaxConns(), c.d.patience)}
		case used.TotalConns() > 0: // it was the server that had no room
			return nil, &marked{ErrCrowded, fmt.Errorf("no connection became free for %s: %w", c.d.patience, err)}
		default:
			return nil, &marked{ErrDown, err}
		}
	}
}

// closing is how long Close waits for connections that are in use.
const closing = 5 * time.Second

func (d *DB) closePool() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.pool.Close()
	}()
	select {
	case <-done:
	case <-time.After(closing):
	}
}
