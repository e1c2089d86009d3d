package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// rowsIn are the rows of a list, whether it comes in pages or whole.
func rowsIn(a webtest.Answer) (rows []map[string]any) {
	list, plain := a.JSON().([]any)
	if !plain {
		list, _ = a.At("results").([]any)
	}
	for _, row := range list {
		if row, ok := row.(map[string]any); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// column is one field of the rows of a list, in their order, with spaces between.
func column(a webtest.Answer, field string) string {
	var values []string
	for _, row := range rowsIn(a) {
		var value any = row
		for key := range strings.SplitSeq(field, ".") {
			inner, _ := value.(map[string]any)
			value = inner[key]
		}
		values = append(values, fmt.Sprint(value))
	}
	return strings.Join(values, " ")
}

// inOrder is the same without the order of the list.
func inOrder(words string) string {
	return strings.Join(slices.Sorted(strings.FieldsSeq(words)), " ")
}

// list is a list that somebody reads, and what it has to have in one of its fields.
type list struct {
	who         *webtest.Client
	path, field string
	want        string
}

// read reads lists; paths that begin with no slash are below base. The order counts unless the field begins with a ~.
func read(t *testing.T, base string, lists ...list) {
	t.Helper()
	for n, l := range lists {
		path, got, want := l.path, "", l.want
		if !strings.HasPrefix(path, "/") {
			path = base + path
		}
		a := l.who.Do("GET", path, nil)
		if field, any := strings.CutPrefix(l.field, "~"); any {
			got, want = inOrder(column(a, field)), inOrder(want)
		} else {
			got = column(a, field)
		}
		if a.Status != 200 || got != want {
			t.Errorf("list %d: %s of %s as %s: %d %q, want %q", n, l.field, l.path, l.who.User.Username, a.Status, got, want)
		}
	}
}

// values are fields of one answer with spaces between, in the order in which they are asked for.
func values(a webtest.Answer, fields string) string {
	var all []string
	for field := range strings.FieldsSeq(fields) {
		all = append(all, fmt.Sprint(a.At(field)))
	}
	return strings.Join(all, " ")
}

// encoded is a value as JSON again.
func encoded(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}
