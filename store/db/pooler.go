package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Between us and Postgres may be a pooler such as PgBouncer, which in its transaction mode gives the server's
// connection to somebody else after each transaction. What belongs to a connection is then lost: prepared statements,
// LISTEN, locks of the session, settings. So statements are described and not prepared, and what hears and locks goes
// to the server itself, by database.listen_url.

// ErrPooled says that a pooler keeps this node from hearing the others.
var ErrPooled = errors.New("store: a pooler passes no notices on")

// hearingTakes is more than a notice takes to arrive.
const hearingTakes = 2 * time.Second

// mustHear fails with ErrPooled when a pooler in between hears instead of us. One in session mode is like none.
func (d *DB) mustHear(ctx context.Context, hearing *pgx.Conn) error {
	if other, err := behindPooler(ctx, hearing); err != nil || !other {
		return err
	}
	speaking, err := pgx.ConnectConfig(ctx, d.direct)
	if err != nil {
		return fmt.Errorf("reach the Postgres of database.url: %w", d.explain(err))
	}
	defer shut(speaking)
	if _, err := speaking.Exec(ctx, "NOTIFY "+noticeChannel+", 'a node has started'"); err != nil {
		return fmt.Errorf("look for a pooler: %w", Mark(err))
	}
	if _, err := within(ctx, hearingTakes, hearing.WaitForNotification); err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("database.url leads through a pooler that gives its connections to others after each "+
		"transaction (PgBouncer's pool_mode = transaction): name the Postgres server itself in database.listen_url: %w", ErrPooled)
}

// lookForPooler finds out whether database.url leads through a pooler.
func (d *DB) lookForPooler(ctx context.Context, cfg *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("reach the Postgres of database.url: %w", d.explain(err))
	}
	defer shut(conn)
	d.pooled, err = behindPooler(ctx, conn)
	return err
}

// behindPooler says whether somebody else answers for the server: then what it says of its process is not what we were
// told when we came.
func behindPooler(ctx context.Context, conn *pgx.Conn) (bool, error) {
	rows, err := conn.PgConn().Exec(ctx, "SELECT pg_backend_pid()").ReadAll()
	if err != nil || len(rows) != 1 || len(rows[0].Rows) != 1 {
		return false, fmt.Errorf("look for a pooler: %w", Mark(err))
	}
	pid, err := strconv.ParseUint(string(rows[0].Rows[0][0]), 10, 32)
	return err != nil || uint32(pid) != conn.PgConn().PID(), nil
}
