package db

import (
	"context"
	"log/slog"
)

// LookForDamage checks the file of SQLite once, beside those who read and write, and says in the log, and to whoever
// asks whether the node is ready, that it is damaged.
func (d *DB) LookForDamage(ctx context.Context) {
	if d.Postgres {
		return
	}
	if err := d.Check(ctx); err != nil && ctx.Err() == nil {
		slog.Error("the database is damaged; stop the server, keep a copy of the folder, and restore a backup: "+
			"sailplane backup restore FILE --force", "error", err)
		d.damaged.Store(&err)
	}
}
