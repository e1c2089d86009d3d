package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// mostUnnamed is how many values a struct may be made of without their fields' names.
const mostUnnamed = 4

// literals looks for structs that are made of many values in the order of their fields: nobody sees there which is
// which, and two that change places compile.
type literals struct {
	set   *token.FileSet
	files map[string][]*ast.File // by folder
	types map[string]ast.Expr    // by folder and name
	found []string
}

func TestLongLiteralsNameTheirFields(t *testing.T) {
	l := &literals{set: token.NewFileSet(), files: map[string][]*ast.File{}, types: map[string]ast.Expr{}}
	if err := filepath.WalkDir("..", l.read); err != nil {
		t.Fatal(err)
	}
	for dir, files := range l.files {
		for _, f := range files {
			l.check(dir, f)
		}
	}
	for _, at := range l.found {
		t.Errorf("%s: more than %d values of a struct without their fields' names", strings.TrimPrefix(at, "../"),
			mostUnnamed)
	}
	if len(l.types) < 100 {
		t.Errorf("only %d types are known: the walk does not reach the rooms", len(l.types))
	}
}

func (l *literals) read(name string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	if entry.IsDir() && len(entry.Name()) > 2 && strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" {
		return filepath.SkipDir
	}
	if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
		return nil
	}
	f, err := parser.ParseFile(l.set, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "../")
	l.files[dir] = append(l.files[dir], f)
	ast.Inspect(f, func(n ast.Node) bool {
		if t, ok := n.(*ast.TypeSpec); ok {
			l.types[dir+"."+t.Name.Name] = t.Type
		}
		return true
	})
	return nil
}

func (l *literals) check(dir string, f *ast.File) {
	imports := map[string]string{}
	for _, i := range f.Imports {
		if own, ok := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module); ok {
			imports[path.Base(own)] = own
			if i.Name != nil {
				imports[i.Name.Name] = own
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if c, ok := n.(*ast.CompositeLit); ok && c.Type != nil {
			l.literal(c, c.Type, dir, imports)
		}
		return true
	})
}

// literal checks one, and the ones within that leave out their type.
func (l *literals) literal(c *ast.CompositeLit, of ast.Expr, dir string, imports map[string]string) {
	of, dir = l.resolve(of, dir, imports)
	var element ast.Expr
	switch of := of.(type) {
	case *ast.StructType:
		if len(c.Elts) > mostUnnamed {
			if _, named := c.Elts[0].(*ast.KeyValueExpr); !named {
				l.found = append(l.found, l.set.Position(c.Pos()).String())
			}
		}
		return
	case *ast.ArrayType:
		element = of.Elt
	case *ast.MapType:
		element = of.Value
	default:
		return
	}
	if pointer, ok := element.(*ast.StarExpr); ok {
		element = pointer.X
	}
	for _, e := range c.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Value
		}
		if inner, ok := e.(*ast.CompositeLit); ok && inner.Type == nil {
			l.literal(inner, element, dir, imports)
		}
	}
}

// resolve follows names to what they stand for; nil for what is not ours.
func (l *literals) resolve(of ast.Expr, dir string, imports map[string]string) (ast.Expr, string) {
	for range 10 {
		switch v := of.(type) {
		case *ast.Ident:
			of = l.types[dir+"."+v.Name]
		case *ast.SelectorExpr:
			from, ok := v.X.(*ast.Ident)
			if !ok || imports[from.Name] == "" {
				return nil, dir
			}
			dir = imports[from.Name]
			of = l.types[dir+"."+v.Sel.Name]
		case *ast.IndexExpr:
			of = v.X
		default:
			return of, dir
		}
	}
	return nil, dir
}
