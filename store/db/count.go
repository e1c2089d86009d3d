package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// CountRows counts the rows by table, but for some tables.
func CountRows(ctx context.Context, of *DB, but []string) (map[string]int64, error) {
	t := of.Read(ctx)
	tables, err := t.tables(but)
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	for _, table := range tables {
		var n int64
		if err := t.One(`SELECT COUNT(*) FROM "`+table+`"`, nil, &n); err != nil {
			return nil, fmt.Errorf("count %s: %w", table, err)
		}
		counts[table] = n
	}
	return counts, nil
}

// Written is how many rows of a table were made or changed since some time.
type Written struct {
	Table   string `json:"table"`
	New     int64  `json:"new"`
	Changed int64  `json:"changed"`
}

// WrittenSince counts what was written since then, by table, but for some tables and those where nothing was. What was
// removed for good can't be counted; what has no times isn't either. It knows no table, so that it counts in schemas
// that are newer than this binary.
func WrittenSince(ctx context.Context, of *DB, but []string, at time.Time) ([]Written, error) {
	t := of.Read(ctx)
	tables, err := t.tables(but)
	if err != nil {
		return nil, err
	}
	found := []Written{}
	for _, table := range tables {
		w := Written{Table: table}
		made, err := t.hasColumn(table, "created_at")
		if err != nil {
			return nil, err
		}
		changed, err := t.hasColumn(table, "updated_at")
		if err != nil {
			return nil, err
		}
		if made {
			err = t.One(`SELECT COUNT(*) FROM "`+table+`" WHERE created_at > ?`, []any{Stamped(at)}, &w.New)
		}
		if made && changed {
			err = errors.Join(err, t.One(`SELECT COUNT(*) FROM "`+table+`" WHERE created_at <= ? AND updated_at > ?`,
				[]any{Stamped(at), Stamped(at)}, &w.Changed))
		}
		if err != nil {
			return nil, fmt.Errorf("count what was written to %s: %w", table, err)
		}
		if w.New+w.Changed > 0 {
			found = append(found, w)
		}
	}
	return found, nil
}

func (t *Tx) hasColumn(table, column string) (bool, error) {
	query := "SELECT COUNT(*) FROM pragma_table_info(?) WHERE name = ?"
	if t.Postgres() {
		query = "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ? AND column_name = ?"
	}
	var n int
	if err := t.One(query, []any{table, column}, &n); err != nil {
		return false, fmt.Errorf("columns of %s: %w", table, err)
	}
	return n > 0, nil
}
