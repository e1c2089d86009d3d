package outline_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
	"github.com/sailplane/sailplane/store/storetest"
)

// Every list looks for changes first: however many are kept, it finds the oldest and the newest by an index.
func TestManyChangesAreFoundByAnIndex(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("Postgres only")
	}
	db := storetest.OnPostgres(t)
	f := filled(t, db, 30)
	load(t, db, f.Project.ID)
	// Transactions 9 to 108: even a fresh cluster is past them, so what is looked for is newer than all of these.
	exec(t, db, `INSERT INTO issue_changes (xid, issue_id, project_id)
		SELECT CAST(CAST(9 + n % 100 AS TEXT) AS xid8), i.id, i.project_id FROM generate_series(0, 20000) n CROSS JOIN
		(SELECT id, project_id FROM issues LIMIT 1) i`)
	exec(t, db, "ANALYZE issue_changes")
	if oldest, err := outline.Oldest(db.Read(t.Context())); oldest != 9 || err != nil {
		t.Errorf("the oldest change is of transaction %d, want 9: %v", oldest, err)
	}
	exec(t, db, "UPDATE issues SET priority = 'low'")
	var asked []string
	var args [][]any
	db.Observe(func(_ context.Context, statement string, values []any) {
		if strings.Contains(statement, ofChanges) {
			asked, args = append(asked, statement), append(args, values)
		}
	})
	if ok, err := read(t.Context(), db, f.Project.ID); !ok || err != nil {
		t.Fatalf("the outline: %v, %v", ok, err)
	}
	db.Observe(nil)
	if len(asked) < 2 {
		t.Errorf("%d statements look for changes", len(asked))
	}
	for n, statement := range asked {
		if p := plan(t, db, statement, args[n]); strings.Contains(p, "Seq Scan on issue_changes") {
			t.Errorf("%s\n%s", statement, p)
		}
	}
}

// plan is how Postgres runs a statement.
func plan(t *testing.T, db *store.DB, statement string, args []any) string {
	t.Helper()
	var lines []string
	err := db.Read(t.Context()).Each("EXPLAIN "+statement, args, func(rows *sql.Rows) error {
		var line string
		err := rows.Scan(&line)
		lines = append(lines, line)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
