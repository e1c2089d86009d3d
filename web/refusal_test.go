package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

func TestRefusalsLookLikeTheReferences(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		body   string
	}{
		{app.ErrUnauthenticated, 401, `{"detail":"Authentication credentials were not provided."}`},
		{app.ErrDenied, 403, `{"detail":"You do not have permission to perform this action."}`},
		{app.ErrForbidden, 403, `{"error":"You don't have the required permissions."}`},
		{app.NoMatch("Label"), 404, `{"detail":"No Label matches the given query."}`},
		{fmt.Errorf("read a label: %w", store.ErrNotFound), 404, `{"error":"The required object does not exist."}`},
		{store.ErrUnique, 400, `{"error":"The payload is not valid"}`},
		{store.ErrBusy, 503, `{"error":"Others are changing the same; nothing was changed. Try again in a moment."}`},
		{app.DuplicateOf("There is one", "x"), 409, `{"error":"There is one","id":"x"}`},
		{app.Field("name", "Too long."), 400, `{"name":["Too long."]}`},
		{app.BadParam("cursor", "Error in parsing"), 400, `{"detail":"Error in parsing"}`},
		{&app.Error{Kind: app.Invalid, Param: "filters", Code: "bad", Text: "No."}, 400, `{"code":"bad","message":"No."}`},
		{&app.Error{Kind: app.Invalid, Text: "No.", Code: "NO"}, 400, `{"code":"NO","error":"No."}`},
		{&app.Error{Kind: app.Invalid, Text: "No.", Code: "INVALID_ASSET"}, 400, `{"error":"No.","status":false}`},
		{&app.Error{Kind: app.Conflict, Text: "No.", Code: "ASSET_EXISTS"}, 409, `{"message":"No."}`},
		{&app.Error{Kind: app.Unreachable, Text: "Nobody."}, 502, `{"error":"Nobody."}`},
		{app.Coded("INVALID_EMAIL", "email", "x"), 400, `{"email":"x","error_code":5005,"error_message":"INVALID_EMAIL"}`},
		{app.Coded("NO_SUCH_NAME"), 500, `{"error":"Something went wrong please try again later"}`},
		{errors.New("a fault of ours"), 500, `{"error":"Something went wrong please try again later"}`},
		{Detail(405, "No."), 405, `{"detail":"No."}`},
	} {
		status, body := failure(c.err)
		raw, err := json.Marshal(body)
		if err != nil || status != c.status || string(raw) != c.body {
			t.Errorf("%v: %d %s %v, want %d %s", c.err, status, raw, err, c.status, c.body)
		}
	}
}

func TestEveryKindHasAStatus(t *testing.T) {
	for _, spec := range constants(t, "../app/error.go", "Kind") {
		if statuses[app.Kind(spec)] == 0 {
			t.Errorf("the kind %q has no status", spec)
		}
	}
}

// constants are the values of a file's typed text constants.
func constants(t *testing.T, file, kind string) (values []string) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			name, typed := v.Type.(*ast.Ident)
			if s := text(v.Values[0]); typed && name.Name == kind && s != "" {
				values = append(values, s)
			}
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("%s has no constants of type %s", file, kind)
	}
	return values
}

func text(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// TestNamedRefusalsHaveANumber reads which names the rules refuse by: one without a number would become a 500.
func TestNamedRefusalsHaveANumber(t *testing.T) {
	seen := 0
	look := func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || f.Sel.Name != "Coded" {
				return true
			}
			seen++
			if begins, ends := around(call.Args[0]); !anyNumbered(begins, ends) {
				t.Errorf("%s: no number for a name that begins with %q and ends with %q", path, begins, ends)
			}
			return true
		})
		return nil
	}
	if err := errors.Join(filepath.WalkDir("../app", look), filepath.WalkDir(".", look)); err != nil || seen < 40 {
		t.Errorf("found %d named refusals: %v", seen, err)
	}
}

// around is what a name that is put together of parts is known to begin and to end with.
func around(e ast.Expr) (begins, ends string) {
	sum, ok := e.(*ast.BinaryExpr)
	if !ok {
		return text(e), text(e)
	}
	begins, _ = around(sum.X)
	_, ends = around(sum.Y)
	return begins, ends
}

func anyNumbered(begins, ends string) bool {
	for name := range numbers {
		if strings.HasPrefix(name, begins) && strings.HasSuffix(name, ends) {
			return true
		}
	}
	return false
}
