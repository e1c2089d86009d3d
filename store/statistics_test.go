package store_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// A project that was filled a moment ago is listed as fast as any other: what is below a row is found by its index.
func TestStatisticsFollowGrowth(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("Postgres only")
	}
	db := storetest.OnPostgres(t)
	exec := func(query string) {
		t.Helper()
		err := db.Write(t.Context(), "", func(tx *store.Tx) error { _, err := tx.Exec(query); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	exec("ALTER TABLE issues SET (autovacuum_enabled = false)")
	storetest.Fill(t, db, 3000)
	exec("SET LOCAL synchronous_commit = on; SELECT pg_logical_emit_message(true, '', '')") // so that all before it is on the disk
	plan := func(query string) string {
		t.Helper()
		rows, err := db.Read(t.Context()).Rows("EXPLAIN " + query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var lines []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	tables := map[string]int64{}
	if err := db.AnalyzeGrown(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	if tables["issues"] == 0 {
		t.Error("the table has grown, and nobody has seen it")
	}
	below := "SELECT (SELECT COUNT(*) FROM issues x WHERE x.parent_id = i.id AND " + store.CountedBelow("x", "i") +
		") FROM issues i WHERE i.deleted_at IS NULL AND i.project_id = (SELECT id FROM projects LIMIT 1)"
	if p := plan(below); !strings.Contains(p, "issues_parent") {
		t.Errorf("what is below a work item is not found by its index:\n%s", p)
	}
	count := "SELECT COUNT(*) FROM issues i WHERE i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft" +
		" AND i.project_id = (SELECT project_id FROM issues LIMIT 1)"
	if p := plan(count); !strings.Contains(p, "Index Only Scan") && !heldUp(t, db) {
		t.Errorf("a project is not counted by an index alone:\n%s", p)
	}
	seen := tables["issues"]
	if err := db.AnalyzeGrown(t.Context(), tables); err != nil || tables["issues"] != seen {
		t.Errorf("analyzed again though nothing has grown: %d, %v", tables["issues"], err)
	}
}

// heldUp says whether the table was vacuumed and its pages could not all be marked, since somebody else on the server
// had still to see what was there before. A table that nobody has vacuumed is a fault.
func heldUp(t *testing.T, db *store.DB) bool {
	t.Helper()
	var vacuumed, pages, marked int64
	err := db.Read(t.Context()).One(`SELECT s.vacuum_count, c.relpages, c.relallvisible FROM pg_stat_user_tables s
		JOIN pg_class c ON c.oid = s.relid WHERE s.relid = 'issues'::regclass`, nil, &vacuumed, &pages, &marked)
	if err != nil {
		t.Fatal(err)
	}
	return vacuumed > 0 && marked < pages
}
