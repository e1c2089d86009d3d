package store

import (
	"context"
	"fmt"
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
	if _, err := own.write.DB().ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return fmt.Errorf("copy the database: %w", mark(err))
	}
	return nil
}
