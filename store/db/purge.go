package db

import (
	"context"
	"fmt"
	"slices"
)

// SoftTables lists the tables whose rows are deleted softly, those that nothing refers to first.
func (d *DB) SoftTables(ctx context.Context) ([]string, error) {
	t := d.Read(ctx)
	all, err := t.tables(nil)
	if err != nil {
		return nil, err
	}
	var soft []string
	for _, table := range all {
		query := "SELECT COUNT(*) FROM pragma_table_info(?) WHERE name = 'deleted_at'"
		if d.Postgres {
			query = "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ? AND column_name = 'deleted_at'"
		}
		var n int
		if err := t.One(query, []any{table}, &n); err != nil {
			return nil, fmt.Errorf("look at %s: %w", table, err)
		}
		if n > 0 {
			soft = append(soft, table)
		}
	}
	slices.Reverse(soft)
	return soft, nil
}
