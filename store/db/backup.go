package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/sailplane/sailplane/store/durable"
)

// CopyTo writes a consistent copy of a SQLite database to a file that does not exist yet, while others write.
func (d *DB) CopyTo(ctx context.Context, file string) error {
	if d.Postgres {
		return fmt.Errorf("copy the database: this is Postgres, which has pg_dump for that")
	}
	// A connection that may only query can't VACUUM INTO; the writer's would keep everybody waiting.
	own, err := Open(ctx, "", d.Path)
	if err != nil {
		return fmt.Errorf("open for copying: %w", err)
	}
	defer own.Close()
	private, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // VACUUM INTO takes an empty one
	if err != nil {
		return fmt.Errorf("make the copy of the database: %w", err)
	}
	private.Close()
	if _, err := own.write.DB().ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return fmt.Errorf("copy the database: %w", Mark(err))
	}
	return durable.SyncFile(file)
}

// Clock returns the database's time: that of the Postgres server, or when the SQLite file was last written.
func (d *DB) Clock(ctx context.Context) (time.Time, error) {
	var at time.Time
	if d.Postgres {
		err := d.Read(ctx).One("SELECT clock_timestamp()", nil, &at)
		return at, err
	}
	for _, file := range []string{d.Path, d.Path + "-wal"} {
		info, err := os.Stat(file)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return at, err
		}
		if info.ModTime().After(at) {
			at = info.ModTime()
		}
	}
	return at, nil
}
