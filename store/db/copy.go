package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CopyRows copies every row of one database into another of either engine, whose schema is there and whose tables are
// empty, but for some tables. It is one transaction on each side: what is copied is consistent, and a failure leaves
// nothing. progress, if given, hears of each table once it is done.
func CopyRows(ctx context.Context, from, to *DB, but []string, progress func(table string, rows int)) error {
	src, err := from.write.DB().BeginTx(ctx, &sql.TxOptions{Isolation: isolation(from), ReadOnly: from.Postgres})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer src.Rollback()
	return to.Write(ctx, "", func(t *Tx) error {
		if err := t.DeferReferences(); err != nil {
			return err
		}
		tables, err := t.tables(but)
		if err != nil {
			return err
		}
		for _, table := range tables {
			n, err := copyTable(ctx, src, t, table)
			if err != nil {
				return fmt.Errorf("copy %s: %w", table, err)
			}
			if progress != nil {
				progress(table, n)
			}
		}
		return nil
	})
}

func isolation(d *DB) sql.IsolationLevel {
	if d.Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// tables lists the tables but some, those that others refer to first.
func (t *Tx) tables(but []string) ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'
		AND NOT EXISTS (SELECT 1 FROM sqlite_master v WHERE v.sql LIKE 'CREATE VIRTUAL%' AND sqlite_master.name LIKE v.name || '_%') ORDER BY rowid`
	if t.Postgres() {
		query = `SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.oid`
	}
	names, err := t.names(query)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(but, name) }), nil
}

// names runs a query of one column of texts.
func (t *Tx) names(query string, args ...any) ([]string, error) {
	rows, err := t.Rows(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, Mark(rows.Err())
}

func copyTable(ctx context.Context, src *sql.Tx, t *Tx, table string) (int, error) {
	rows, err := src.QueryContext(ctx, `SELECT * FROM "`+table+`"`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	kinds, err := rows.ColumnTypes()
	if err != nil {
		return 0, err
	}
	cols, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	one := "(?" + strings.Repeat(",?", len(cols)-1) + ")"
	head := `INSERT INTO "` + table + `" ("` + strings.Join(cols, `","`) + `") VALUES `
	size := max(1, min(100, 30000/len(cols)))
	n, args := 0, []any{}
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		count := len(args) / len(cols)
		_, err := t.Exec(head+one+strings.Repeat(","+one, count-1), args...)
		n, args = n+count, args[:0]
		return err
	}
	for rows.Next() {
		row, into := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		for i, v := range row {
			args = append(args, portable(v, kinds[i].DatabaseTypeName()))
		}
		if len(args) >= size*len(cols) {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	if err := flush(); err != nil {
		return n, err
	}
	return n, t.recount(table, cols)
}

// portable turns what a driver read into what the other one takes.
func portable(v any, kind string) any {
	switch x := v.(type) {
	case []byte:
		if kind != "BLOB" && kind != "BYTEA" {
			return string(x)
		}
	case int64:
		if kind == "BOOLEAN" {
			return x != 0
		}
	case time.Time:
		if kind == "DATE" {
			return x.Format(time.DateOnly)
		}
	}
	return v
}

// recount lets Postgres count on from the ids that were copied.
func (t *Tx) recount(table string, cols []string) error {
	if !t.Postgres() || !slices.Contains(cols, "id") {
		return nil
	}
	var sequence *string
	if err := t.One("SELECT pg_get_serial_sequence(?, 'id')", []any{table}, &sequence); err != nil || sequence == nil {
		return err
	}
	_, err := t.Exec(`SELECT setval(?::regclass, COALESCE((SELECT MAX(id) FROM "`+table+`"), 0) + 1, false)`, *sequence)
	return err
}

// SetAside renames the schema of a Postgres database, so that an empty one can take its place, and returns its new
// name. Extensions move into the new one: what they give can't be found in a schema of another name.
func (d *DB) SetAside(ctx context.Context) (string, error) {
	// To the millisecond: a script may roll back and restore within a second.
	name := "before_restore_" + strings.ReplaceAll(d.Now().UTC().Format("20060102_150405.000"), ".", "_")
	err := d.Write(ctx, "", func(t *Tx) error {
		var schema string
		if err := t.One("SELECT current_schema()", nil, &schema); err != nil {
			return err
		}
		for _, q := range []string{`ALTER SCHEMA "` + schema + `" RENAME TO "` + name + `"`,
			`CREATE SCHEMA "` + schema + `"`} {
			if _, err := t.Exec(q); err != nil {
				return err
			}
		}
		return t.moveExtensions(name, schema)
	})
	if err != nil {
		return "", fmt.Errorf("set the old data aside: %w", err)
	}
	return name, nil
}

func (t *Tx) moveExtensions(from, to string) error {
	extensions, err := t.names("SELECT extname FROM pg_extension WHERE extnamespace = ?::regnamespace AND extrelocatable",
		`"`+from+`"`)
	if err != nil {
		return err
	}
	for _, e := range extensions {
		if _, err := t.Exec(`ALTER EXTENSION "` + e + `" SET SCHEMA "` + to + `"`); err != nil {
			return err
		}
	}
	return nil
}

// TakeBack undoes SetAside: what has taken the schema's place goes.
func (d *DB) TakeBack(ctx context.Context, name string) error {
	err := d.Write(ctx, "", func(t *Tx) error {
		var schema string
		if err := t.One("SELECT current_schema()", nil, &schema); err != nil {
			return err
		}
		if err := t.moveExtensions(schema, name); err != nil {
			return err
		}
		for _, q := range []string{`DROP SCHEMA "` + schema + `" CASCADE`,
			`ALTER SCHEMA "` + name + `" RENAME TO "` + schema + `"`} {
			if _, err := t.Exec(q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("take the old data back: %w", err)
	}
	return nil
}

// Check asks the database whether its files are sound; Postgres looks after its own.
func (d *DB) Check(ctx context.Context) error { return d.check(ctx, "PRAGMA quick_check(10)") }

// CheckAll is Check, and whether indexes say what the tables do. It reads all of a large database.
func (d *DB) CheckAll(ctx context.Context) error { return d.check(ctx, "PRAGMA integrity_check(10)") }

func (d *DB) check(ctx context.Context, pragma string) error {
	if d.Postgres {
		return d.Ping(ctx)
	}
	faults, err := d.Read(ctx).names(pragma)
	if err != nil {
		return err
	}
	if len(faults) != 1 || faults[0] != "ok" { // the first ones say it
		text, _, _ := strings.Cut(strings.TrimSpace(strings.Join(faults, "; ")), "\n")
		return fmt.Errorf("%w: %s", ErrDamaged, text)
	}
	return nil
}
