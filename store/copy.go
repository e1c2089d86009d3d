package store

import (
	"context"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// notData are tables that belong to an engine or to a process, or follow from others.
var notData = []string{"schema_migrations", "upgrades", "job_locks", "cache_notices", "limits", "issue_changes",
	"stream_events", "search_projects", "search_issues", "backups"}

// CopyRows copies every row of one database into another of either engine, whose schema is there and whose tables are
// empty. progress, if given, hears of each table once it is done.
func CopyRows(ctx context.Context, from, to *DB, progress func(table string, rows int)) error {
	return db.CopyRows(ctx, from, to, notData, progress)
}

// CountRows counts the rows that CopyRows would copy, by table.
func CountRows(ctx context.Context, of *DB) (map[string]int64, error) {
	return db.CountRows(ctx, of, notData)
}

// WrittenSince is db.WrittenSince of what CopyRows would copy.
func WrittenSince(ctx context.Context, of *DB, at time.Time) ([]Written, error) {
	return db.WrittenSince(ctx, of, notData, at)
}

// Written is db.Written.
type Written = db.Written
