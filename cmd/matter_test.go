package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The direction of imports says which rooms know each other. What a room may know of the world is held here: rules know
// no HTTP but where they call out, web reads no tables, and SQL is written in store.

// source is a file of the module that is no test and sets up none.
type source struct {
	path string // below the module's root
	tree *ast.File
}

// sources parses the files of a room.
func sources(t *testing.T, room string) (all []source) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(os.DirFS(root), room, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasSuffix(path, "test") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.SkipObjectResolution)
		all = append(all, source{path, tree})
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("read %s: %d files, %v", room, len(all), err)
	}
	return all
}

func (s source) imports(path string) bool {
	return slices.ContainsFunc(s.tree.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
}

// callsOut are the files of app that ask others over HTTP: those that people and administrators name. No other knows
// HTTP.
var callsOut = []string{
	"app/frontend/registry.go",
	"app/issue/link_fetch.go",
	"app/oidc/outside.go",
	"app/outside.go",
	"app/service/assistant.go",
	"app/service/picture.go",
	"app/service/service.go",
	"app/user/avatar.go",
	"app/user/provider.go",
	"app/webhook/deliver.go",
}

func TestRulesKnowNoHTTP(t *testing.T) {
	var found []string
	for _, s := range sources(t, "app") {
		if s.imports("net/http") {
			found = append(found, s.path)
		}
	}
	for _, path := range found {
		if !slices.Contains(callsOut, path) {
			t.Errorf("%s imports net/http; only what calls out may: rules return an app.Error, web says how it looks", path)
		}
	}
	for _, path := range callsOut {
		if !slices.Contains(found, path) {
			t.Errorf("%s does not call out any more; take it off the list", path)
		}
	}
}

// tables are the names of the store's tables.
func tables(t *testing.T) map[string]bool {
	found := map[string]bool{}
	for _, s := range sources(t, "store") {
		ast.Inspect(s.tree, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			call, ok := v.Values[0].(*ast.CallExpr)
			if !ok {
				return true
			}
			f := call.Fun
			if index, ok := f.(*ast.IndexExpr); ok {
				f = index.X
			}
			if strings.HasSuffix(nameOf(f), "NewTable") {
				found[v.Names[0].Name] = true
			}
			return true
		})
	}
	if len(found) < 50 {
		t.Fatalf("found only %d tables in the store", len(found))
	}
	return found
}

// nameOf is a name, with its package if it has one.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return nameOf(e.X) + "." + e.Sel.Name
	}
	return ""
}

func TestWebReadsNoTables(t *testing.T) {
	tables := tables(t)
	for _, s := range sources(t, "web") {
		if s.imports("github.com/pocketbase/dbx") {
			t.Errorf("%s builds conditions; they belong to a rule in app", s.path)
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				name := nameOf(n)
				table, of := strings.CutPrefix(name, "store.")
				if of && tables[table] || name == "store.Tx" {
					t.Errorf("%s uses %s; reading and writing tables belongs to a rule in app", s.path, name)
				}
			case *ast.CallExpr: // c.Read() and c.Write(func(…) …) give access to the database
				name := nameOf(n.Fun)
				if name == "c.Read" || name == "c.Write" || strings.HasSuffix(name, ".DB.Read") ||
					strings.HasSuffix(name, ".DB.Write") {
					t.Errorf("%s calls %s; the database belongs to rules in app", s.path, name)
				}
			}
			return true
		})
	}
}

// sqlText fits what only SQL says. Names of columns and orders ("created_at DESC") are the store's words and may stand
// in rules.
var sqlText = regexp.MustCompile(`(?i)\bselect\b.+\bfrom\b|\binsert into\b|\bdelete from\b|\bupdate \w+ set\b|\bis (not )?null\b|` +
	`\bexists ?\(|\b(not )?in ?\((select|\?|')|\bcoalesce\(|\b(inner|left) join\b|\[\[\w|\{:\w+\}`)

func TestSQLIsWrittenInStore(t *testing.T) {
	for _, room := range []string{"app", "web", "jobs", "cmd"} {
		for _, s := range sources(t, room) {
			ast.Inspect(s.tree, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					name := nameOf(n.Fun)
					if name == "dbx.NewExp" || strings.HasSuffix(name, ".NewQuery") {
						t.Errorf("%s calls %s; conditions in SQL belong to store (see store/condition.go)", s.path, name)
					}
				case *ast.BasicLit:
					if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && sqlText.MatchString(text) {
						t.Errorf("%s has SQL text: %.80q", s.path, text)
					}
				}
				return true
			})
		}
	}
}

// TestResultsAreReadAfterTheWrite finds return v, c.Write(func(…) { v = … }): the language does not say whether v is
// read before or after the call.
func TestResultsAreReadAfterTheWrite(t *testing.T) {
	for _, room := range []string{"app", "web", "jobs", "cmd"} {
		for _, s := range sources(t, room) {
			ast.Inspect(s.tree, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 1 {
					if name := changedByLiteral(r.Results); name != "" {
						t.Errorf("%s returns %s beside the call that changes it; call first, then return", s.path, name)
					}
				}
				return true
			})
		}
	}
}

// changedByLiteral is a variable among results that a function literal among the arguments of another result may
// change.
func changedByLiteral(results []ast.Expr) string {
	changed := map[string]bool{}
	for _, e := range results {
		call, ok := e.(*ast.CallExpr)
		if !ok {
			continue
		}
		for _, arg := range call.Args {
			if f, ok := arg.(*ast.FuncLit); ok {
				ast.Inspect(f.Body, func(n ast.Node) bool {
					if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
						for _, left := range a.Lhs {
							changed[base(left)] = true
						}
					}
					if c, ok := n.(*ast.CallExpr); ok && strings.HasSuffix(nameOf(c.Fun), ".Insert") { // which sets ids and times
						for _, arg := range c.Args {
							changed[base(arg)+"."] = true
						}
					}
					return true
				})
			}
		}
	}
	for _, e := range results {
		if base(e) == "" {
			continue
		}
		if _, selects := e.(*ast.SelectorExpr); selects && changed[base(e)+"."] || changed[base(e)] {
			return base(e)
		}
	}
	return ""
}

// base is the variable that an expression begins with.
func base(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if e.Name == "_" || e.Name == "nil" || e.Name == "err" {
			return ""
		}
		return e.Name
	case *ast.SelectorExpr:
		return base(e.X)
	case *ast.StarExpr:
		return base(e.X)
	case *ast.UnaryExpr:
		return base(e.X)
	}
	return ""
}
