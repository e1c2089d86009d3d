package routes_test

import (
	"database/sql"
	"testing"

	"github.com/sailplane/sailplane/store"
)

// eachRow hands over every row of a query, with its columns' names.
func eachRow(t *testing.T, read *store.Tx, query string, args []any, do func(cols []string, row []any)) {
	t.Helper()
	err := read.Each(query, args, func(rows *sql.Rows) error {
		cols, err := rows.Columns()
		if err != nil {
			return err
		}
		row, into := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		do(cols, row)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}
