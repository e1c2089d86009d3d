package main

import (
	"context"
	"testing"

	"github.com/sailplane/sailplane/store"
)

// checkWhole looks into the database: it is sound, everything acknowledged is there, and no work item is there in part.
func checkWhole(t *testing.T, db *store.DB, acknowledged []string) {
	t.Helper()
	ctx := context.Background()
	read := db.Read(ctx)
	if !db.Postgres {
		checkPages(t, read)
	}
	there := map[string]int{}
	rows, err := read.Rows("SELECT id, sequence_id FROM issues")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	numbers := map[int]bool{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			t.Fatal(err)
		}
		there[id], numbers[n] = n, true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, id := range acknowledged {
		if there[id] == 0 {
			t.Errorf("%s was acknowledged and is not there", id)
		}
	}
	for n := 1; n <= len(there); n++ {
		if !numbers[n] {
			t.Errorf("%d items, but none has number %d", len(there), n)
			break
		}
	}
	for what, query := range map[string]string{
		"items without exactly one row of their sequence": `SELECT COUNT(*) FROM issues i WHERE 1 <> (SELECT COUNT(*) FROM issue_sequences s WHERE s.issue_id = i.id AND s.sequence = i.sequence_id)`,
		"sequence rows without an item":                   `SELECT COUNT(*) FROM issue_sequences s WHERE NOT EXISTS (SELECT 1 FROM issues i WHERE i.id = s.issue_id)`,
		"items without exactly one row of history":        `SELECT COUNT(*) FROM issues i WHERE 1 <> (SELECT COUNT(*) FROM issue_activities a WHERE a.issue_id = i.id AND a.verb = 'created')`,
	} {
		var n int
		if err := read.One(query, nil, &n); err != nil {
			t.Fatal(err)
		}
		if n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}

func checkPages(t *testing.T, read *store.Tx) {
	t.Helper()
	var verdict string
	if err := read.One("PRAGMA integrity_check", nil, &verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %s %v", verdict, err)
	}
	rows, err := read.Rows("PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		t.Error("foreign_key_check finds a row that names another one which is not there")
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}
