package store

import (
	"context"

	"github.com/sailplane/sailplane/store/db"
)

// notData are tables that belong to an engine or to a process, or follow from others.
var notData = []string{"schema_migrations", "upgrades", "job_locks", "cache_notices", "limits", "issue_changes",
	"search_projects", "search_issues"}

// CopyRows copies every row of one database into another of either engine, whose schema is there and whose tables are
// empty. progress, if given, hears of each table once it is done.
func CopyRows(ctx context.Context, from, to *DB, progress func(table string, rows int)) error {
	return db.CopyRows(ctx, from, to, notData, progress)
}
