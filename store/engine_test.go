package store_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store/storetest"
)

// The engine knows none of the tables. Commands leave notices for the cache of a running server in one of its own.
func TestTheEngineNamesNoTable(t *testing.T) {
	var tables []string
	rows, err := storetest.SQLite(t).Read(context.Background()).Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'cache_notices'")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Close(); err != nil || len(tables) < 80 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	files, err := filepath.Glob("db/*.go")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	word := regexp.MustCompile(`[a-z_]+`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING && !strings.HasPrefix(s.Value, "`db:") {
				for _, w := range word.FindAllString(s.Value, -1) {
					if slices.Contains(tables, w) {
						t.Errorf("%s names the table %s: %.80s", file, w, s.Value)
					}
				}
			}
			return true
		})
	}
}
