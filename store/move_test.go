package store

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
)

// Whoever adds a table says whether it moves with a workspace, or why it stays.
func TestEveryTableMovesOrStays(t *testing.T) {
	db, err := Open(context.Background(), "", filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	read := db.Read(t.Context())
	tables, err := read.Tables()
	if err != nil || len(tables) < 80 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		n := slices.IndexFunc(movedTables, func(m MovedTable) bool { return m.Name == table })
		if (n >= 0) == (stays[table] != "") {
			t.Errorf("%s: say in store/move.go whether it moves with a workspace (movedTables), or why it stays (stays)", table)
		}
	}
	for _, m := range movedTables {
		columns, err := read.TableColumns(m.Name)
		if err != nil || !slices.Contains(tables, m.Name) {
			t.Errorf("%s: %v", m.Name, err)
		}
		has := func(name string) bool {
			return slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name })
		}
		named := append([]string{m.By, "id"}, m.Left...)
		for column := range m.Soft {
			named = append(named, column)
		}
		for _, column := range named {
			if !has(column) {
				t.Errorf("%s has no %s", m.Name, column)
			}
		}
		if m.By == ofWorkspace && !slices.ContainsFunc(columns,
			func(c Column) bool { return c.Name == ofWorkspace && c.Refers == "workspaces" }) {
			t.Errorf("%s: its workspace is no reference", m.Name)
		}
		for _, c := range columns { // what else a row names goes with it
			if c.Refers != "" && c.Refers != "users" && !slices.ContainsFunc(movedTables,
				func(m MovedTable) bool { return m.Name == c.Refers }) {
				t.Errorf("%s.%s refers to %s, which stays", m.Name, c.Name, c.Refers)
			}
		}
	}
}
