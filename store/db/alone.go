package db

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"

	"github.com/sailplane/sailplane/store/durable"
)

// aloneLock is the number of the lock in Postgres: any will do that nobody else takes.
const aloneLock int64 = 0x5a11_91a9e

// Alone runs do while no other process on the same database runs something by Alone: what is done at a start. It may
// span transactions. Do must not ask for it again.
func (d *DB) Alone(ctx context.Context, do func() error) error {
	if !d.Postgres {
		return AloneIn(ctx, filepath.Dir(d.Path), do)
	}
	conn, err := pgx.ConnectConfig(ctx, d.direct) // the lock is the session's
	if err != nil {
		return fmt.Errorf("wait for those who start as well: %w", d.explain(err))
	}
	defer shut(conn)
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", aloneLock); err != nil {
		return fmt.Errorf("wait for those who start as well: %w", Mark(err))
	}
	err = do()
	_, unlocked := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", aloneLock)
	return errors.Join(err, Mark(unlocked))
}

// AloneIn is Alone for what is made in a folder, a SQLite database among it. What do has made is on the disk
// afterwards.
func AloneIn(ctx context.Context, dir string, do func() error) error {
	lock := flock.New(filepath.Join(dir, "starting"))
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return fmt.Errorf("wait for those who start as well: %w", err)
	}
	return errors.Join(do(), durable.SyncFolder(dir), lock.Unlock())
}
