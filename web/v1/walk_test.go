package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// step is a request and what has to come of it: a status, and, where says is not empty, an answer in which it stands.
type step struct {
	who          *webtest.Client
	method, path string
	body         any
	status       int
	says         string
}

// walk takes steps, one after the other.
func walk(t *testing.T, steps []step) {
	t.Helper()
	for _, to := range steps {
		a := to.who.Do(to.method, to.path, to.body)
		if a.Status != to.status || !strings.Contains(string(a.Raw), to.says) {
			t.Errorf("%s %s %v: %d %.400s, want %d %s", to.method, to.path, to.body, a.Status, a.Raw, to.status, to.says)
		}
	}
}

// results are the rows of a page.
func results(t *testing.T, a webtest.Answer) []map[string]any {
	t.Helper()
	list, ok := a.At("results").([]any)
	if !ok {
		t.Fatalf("no page: %d %s", a.Status, a.Raw)
	}
	rows := make([]map[string]any, len(list))
	for i := range list {
		rows[i], _ = list[i].(map[string]any)
	}
	return rows
}

// column is one key of all rows of a page.
func column(t *testing.T, a webtest.Answer, key string) []any {
	t.Helper()
	out := []any{}
	for _, row := range results(t, a) {
		out = append(out, row[key])
	}
	return out
}

// project is the id of the place's project.
func (p place) project() string { return strings.Split(p.base, "/")[6] }
