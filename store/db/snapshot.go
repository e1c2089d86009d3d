package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Snapshot runs fn with the database as it is at one moment, however long that takes; writers go on meanwhile. fn only
// reads.
func (d *DB) Snapshot(ctx context.Context, fn func(*Tx) error) error {
	d.nested.check("a snapshot")
	raw, err := d.read.DB().BeginTx(ctx, &sql.TxOptions{Isolation: isolation(d), ReadOnly: d.Postgres})
	if err != nil {
		return fmt.Errorf("begin reading: %w", Mark(err))
	}
	defer raw.Rollback()
	return Mark(fn(d.unit(ctx, raw, d.read.WithContext(ctx).Wrap(raw))))
}

// DeferReferences puts off the check of references to the end of the transaction.
func (t *Tx) DeferReferences() error {
	late := "PRAGMA defer_foreign_keys = ON"
	if t.db.Postgres {
		late = "SET CONSTRAINTS ALL DEFERRED"
	}
	if _, err := t.Exec(late); err != nil {
		return fmt.Errorf("put off the check of references: %w", err)
	}
	return nil
}

// Column is a column as the database has it.
type Column struct {
	Name     string
	Kind     Kind
	Required bool   // it may not be NULL
	Refers   string // the table whose id it holds, if the database checks that
}

// Kind is what both engines keep alike in a column. What both read and write as text (ids, documents, days) is Text.
type Kind int

// The kinds of columns.
const (
	Text    Kind = iota
	Time         // with a zone
	Bytes        // BLOB
	Boolean      // of SQLite too
	Integer      // of up to 64 bits
	Real         // of 64 bits
)

var kinds = map[string]Kind{"TIMESTAMP": Time, "TIMESTAMPTZ": Time, "BLOB": Bytes, "BYTEA": Bytes, "BOOLEAN": Boolean,
	"BOOL": Boolean, "INTEGER": Integer, "BIGINT": Integer, "INT4": Integer, "INT8": Integer, "INT2": Integer,
	"DOUBLE PRECISION": Real, "FLOAT8": Real, "REAL": Real}

// TableColumns lists the columns of a table, in its order.
func (t *Tx) TableColumns(table string) ([]Column, error) {
	types, err := t.types(table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	required := `SELECT name FROM pragma_table_info(?) WHERE "notnull" <> 0`
	refers := `SELECT "from" || ' ' || "table" FROM pragma_foreign_key_list(?)`
	if t.Postgres() {
		required = `SELECT column_name FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name = ? AND is_nullable = 'NO'`
		refers = `SELECT a.attname || ' ' || r.relname FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
			WHERE c.contype = 'f' AND c.conrelid = ?::regclass`
	}
	must, err := t.names(required, table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	to, err := t.names(refers, table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	columns := make([]Column, len(types))
	for i, c := range types {
		columns[i] = Column{Name: c.Name(), Kind: kinds[c.DatabaseTypeName()], Required: slices.Contains(must, c.Name())}
		for _, r := range to {
			if column, other, _ := strings.Cut(r, " "); column == c.Name() {
				columns[i].Refers = other
			}
		}
	}
	return columns, nil
}

// types asks a query without rows what its columns are.
func (t *Tx) types(table string) ([]*sql.ColumnType, error) {
	rows, err := t.Rows(`SELECT * FROM "` + table + `" WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	return types, errors.Join(err, rows.Err())
}

// Tables lists the tables of the schema, those that others refer to first.
func (t *Tx) Tables() ([]string, error) { return t.tables(nil) }

// Plain runs a query and gives scan the values of each row as they stand in the columns; see TableColumns. Text is a
// string on both engines, whatever the driver makes of it.
func (t *Tx) Plain(query string, args []any, scan func(values []any) error) error {
	rows, err := t.Rows(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	values, into := make([]any, len(types)), make([]any, len(types))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			values[i] = portable(v, types[i].DatabaseTypeName())
		}
		if err := scan(values); err != nil {
			return err
		}
	}
	return Mark(rows.Err())
}
