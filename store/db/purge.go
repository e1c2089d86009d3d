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

// Cascade is a column that refers to a row of another table, with which its own rows go.
type Cascade struct{ Table, Column string }

// Cascades lists what goes with rows of a table, as far as its rows have ids: those tables first to whose rows nothing
// refers.
func (d *DB) Cascades(ctx context.Context, of string) ([]Cascade, error) {
	t := d.Read(ctx)
	all, err := t.tables(nil)
	if err != nil {
		return nil, err
	}
	query := `SELECT f."from" FROM pragma_foreign_key_list(?) f WHERE f."table" = ? AND f.on_delete = 'CASCADE'
		AND EXISTS (SELECT 1 FROM pragma_table_info(?) c WHERE c.name = 'id') ORDER BY f."from"`
	if d.Postgres {
		query = `SELECT a.attname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid AND c.relname = ?
			JOIN pg_class p ON p.oid = f.confrelid AND p.relname = ?
			JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
			WHERE f.contype = 'f' AND f.confdeltype = 'c' AND f.connamespace = current_schema()::regnamespace
			AND EXISTS (SELECT 1 FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id' AND c.relname = ?) ORDER BY a.attname`
	}
	var list []Cascade
	for _, table := range slices.Backward(all) {
		if table == of {
			continue
		}
		columns, err := t.names(query, table, of, table)
		if err != nil {
			return nil, fmt.Errorf("look at what goes with rows of %s: %w", of, err)
		}
		for _, column := range columns {
			list = append(list, Cascade{table, column})
		}
	}
	return list, nil
}
