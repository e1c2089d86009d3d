package main

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// Pages and letters are made by gomponents, which escapes texts and attributes and leaves alone where links lead. So an
// address that is not ours goes through app.SafeLink; and nothing is passed on as it is but where it is said here.

// raw are the files that write HTML of their own making as it is: the style of letters, and the scripts of the shell.
var raw = []string{"app/mail/page.go", "web/frontend_shell_page.go"}

const markup = "maragu.dev/gomponents"

func TestMarkupIsSafe(t *testing.T) {
	links := 0
	for _, room := range []string{"app", "jobs", "web"} {
		for _, s := range sources(t, room) {
			if s.imports("text/template") || s.imports("html/template") {
				t.Errorf("%s imports a template package: to execute one makes the binary 7 MB larger", s.path)
			}
			if !s.imports(markup) {
				continue
			}
			ast.Inspect(s.tree, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				f, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				switch of, _ := f.X.(*ast.Ident); {
				case of == nil:
				case of.Name == "h" && slices.Contains([]string{"Href", "Src", "Action", "FormAction"}, f.Sel.Name):
					if links++; !leadsHere(call.Args[0]) {
						t.Errorf("%s: h.%s of what may lead anywhere; use app.SafeLink", s.path, f.Sel.Name)
					}
				case of.Name == "g" && (f.Sel.Name == "Raw" || f.Sel.Name == "Rawf") && !slices.Contains(raw, s.path):
					t.Errorf("%s: g.%s of what nobody escapes", s.path, f.Sel.Name)
				}
				return true
			})
		}
	}
	if links < 10 {
		t.Errorf("only %d links were looked at", links)
	}
}

// leadsHere tells whether an address begins with words of ours, or was looked at by SafeLink.
func leadsHere(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.Ident: // a constant
		return e.Name == "Home" || strings.HasSuffix(e.Name, "Path")
	case *ast.BinaryExpr:
		return leadsHere(e.X)
	case *ast.CallExpr:
		f, ok := e.Fun.(*ast.SelectorExpr)
		return ok && f.Sel.Name == "SafeLink"
	}
	return false
}
