package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// EachForeignTable gives visit every table of the schema public of a Postgres database that is none of ours, as of one
// moment: its columns, and its rows as COPY writes them as text. Nothing is written there.
func EachForeignTable(ctx context.Context, url string,
	visit func(table string, columns []string, r io.Reader) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("reach the database to read from: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	// Times and bytes are written in the one form that is read.
	if _, err := tx.Exec(ctx, "SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'"); err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT t.table_name, string_agg(c.column_name, E'\n' ORDER BY c.ordinal_position)
		FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
		WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY 1 ORDER BY 1`)
	if err != nil {
		return fmt.Errorf("list its tables: %w", err)
	}
	type table struct{ Name, Columns string }
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil {
		return fmt.Errorf("list its tables: %w", err)
	}
	for _, of := range tables {
		columns := strings.Split(of.Columns, "\n")
		quoted := make([]string, len(columns))
		for i, name := range columns {
			quoted[i] = pgx.Identifier{name}.Sanitize()
		}
		from := pgx.Identifier{"public", of.Name}.Sanitize()
		if err := copyOut(ctx, conn, "COPY "+from+" ("+strings.Join(quoted, ", ")+") TO STDOUT", func(r io.Reader) error {
			return visit(of.Name, columns, r)
		}); err != nil {
			return fmt.Errorf("read %s: %w", of.Name, err)
		}
	}
	return nil
}

// copyOut gives visit what COPY writes.
func copyOut(ctx context.Context, conn *pgx.Conn, statement string, visit func(r io.Reader) error) error {
	r, w := io.Pipe()
	copied := make(chan error, 1)
	go func() {
		_, err := conn.PgConn().CopyTo(ctx, w, statement)
		w.CloseWithError(err)
		copied <- err
	}()
	err := visit(r)
	r.CloseWithError(errors.Join(err, io.ErrClosedPipe))
	if failed := <-copied; err == nil {
		err = failed
	}
	return err
}
