package db

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Postgres plans by statistics that its autovacuum gathers: once a minute, at best. Of a table that was filled since it
// knows nothing, takes every index over living work items for one of a single row, and reads ten thousand rows a
// hundred times over to count what is below each row of a list. So whoever serves gathers statistics of what has grown,
// and vacuums it as long as it is small: only then can Postgres count by an index alone.

const (
	growthPoll = 2 * time.Second
	fewPages   = 8      // are read whole as fast as by any plan
	cheapPages = 12_800 // 100 MB: what may be vacuumed between two looks
)

// grownQuery finds tables that are more than twice as large as their statistics say, or that have none; ? are fewPages.
const grownQuery = `SELECT relname, size FROM (
		SELECT c.relname, c.oid, c.relpages, pg_relation_size(c.oid) / CAST(current_setting('block_size') AS bigint) AS size
		FROM pg_class c WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind = 'r') t
	WHERE size > ? AND (size > 2 * relpages + ?
		OR pg_stat_get_last_analyze_time(oid) IS NULL AND pg_stat_get_last_autoanalyze_time(oid) IS NULL)`

// FollowGrowth keeps the statistics of tables on Postgres right while they grow fast, until the context ends.
func (d *DB) FollowGrowth(ctx context.Context) {
	if !d.Postgres {
		return // its statements are written so that they need none
	}
	tick := time.NewTicker(growthPoll)
	defer tick.Stop()
	analyzed := map[string]int64{}
	for {
		if err := d.AnalyzeGrown(ctx, analyzed); err != nil && ctx.Err() == nil {
			slog.Warn("statements may be slow: gather statistics of tables that have grown", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// AnalyzeGrown gathers statistics of what has grown. analyzed keeps how many pages a table had when that was last done:
// who does not own the tables can't, and need not try all the time.
func (d *DB) AnalyzeGrown(ctx context.Context, analyzed map[string]int64) error {
	t := d.Read(ctx)
	grown, err := grownTables(t)
	if err != nil {
		return fmt.Errorf("find tables that have grown: %w", err)
	}
	for _, x := range grown {
		if x.pages <= 2*analyzed[x.name] {
			continue
		}
		analyzed[x.name] = x.pages // also where it fails: autovacuum comes by later
		gather := "ANALYZE (SKIP_LOCKED)"
		if x.pages <= cheapPages {
			gather = "VACUUM (ANALYZE, SKIP_LOCKED, TRUNCATE FALSE)"
		}
		if _, err := t.Exec(gather + ` "` + x.name + `"`); err != nil {
			return fmt.Errorf("analyze %s: %w", x.name, err)
		}
	}
	return nil
}

type grownTable struct {
	name  string
	pages int64
}

func grownTables(t *Tx) (grown []grownTable, err error) {
	rows, err := t.Rows(grownQuery, fewPages, fewPages)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x grownTable
		if err := rows.Scan(&x.name, &x.pages); err != nil {
			return nil, err
		}
		grown = append(grown, x)
	}
	return grown, rows.Err()
}
