package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
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

// DeletedBefore returns up to n ids of rows that were deleted before then. The search takes no writer's time.
func (d *DB) DeletedBefore(ctx context.Context, table string, then time.Time, n int) ([]any, error) {
	rows, err := d.Read(ctx).Rows(`SELECT id FROM "`+table+`" WHERE deleted_at < ? LIMIT ?`, Stamped(then), n)
	if err != nil {
		return nil, fmt.Errorf("find deleted rows of %s: %w", table, err)
	}
	defer rows.Close()
	var ids []any
	for rows.Next() {
		var id any
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// RemoveRows removes rows for good, with what refers to them.
func (t *Tx) RemoveRows(table string, ids []any) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.Exec(`DELETE FROM "`+table+`" WHERE id IN (?`+strings.Repeat(",?", len(ids)-1)+")", ids...)
	if err != nil {
		return fmt.Errorf("remove rows of %s: %w", table, err)
	}
	return nil
}
