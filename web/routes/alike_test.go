package routes_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// odd is what the fields of bodies are given to see whether both databases say the same: what one of them may not be able to
// keep, to compare or to find.
var odd = []string{`"\u0000"`, `"a\u0000b"`, `"\ud800"`, `"` + strings.Repeat("é", 300) + `"`, `"` + strings.Repeat("a", 5000) + `"`, `2147483648`, `9223372036854775808`, `1e300`, `-1e-320`,
	`0.1`, `12345678901234567890`, `{"a": 12345678901234567890, "b": 1e400}`, `{"n": 1.0, "m": 1e2, "z": null}`, `{"a\u0000": 1}`, `"10%_\\"`, `"Straße İ ǆ"`, `null`, `true`}

// The same requests get the same answers on SQLite and on Postgres, whatever is in them.
func TestTheDatabasesAnswerAlike(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("one database has nobody to agree with")
	}
	on := map[string]*arena{}
	for name, db := range map[string]*store.DB{"sqlite": storetest.SQLite(t), "postgres": storetest.OnPostgres(t)} {
		on[name] = newArena(t, webtest.New(t, apptest.New(t, db)), "turn0")
	}
	for _, op := range changingOps() {
		if endsTheOwner(op) || strings.HasPrefix(op.Path, "/auth/") {
			continue
		}
		for _, field := range bodyFields(op.In) {
			for _, value := range odd {
				body := fmt.Appendf(nil, `{"name":"n",%q:%s}`, field, value)
				lite, pg := on["sqlite"].send(op.Method, op.Path, body), on["postgres"].send(op.Method, op.Path, body)
				if lite != pg {
					t.Errorf("%s %s %.60s\nSQLite   %.300s\nPostgres %.300s", op.Method, op.Path, body, lite, pg)
				}
			}
		}
	}
	for query, path := range alikeReads {
		lite, pg := on["sqlite"].send("GET", path+query, nil), on["postgres"].send("GET", path+query, nil)
		if lite != pg {
			t.Errorf("GET %s%s\nSQLite   %.300s\nPostgres %.300s", path, query, lite, pg)
		}
	}
}

// alikeReads are lists whose order or choice depends on how texts compare.
var alikeReads = map[string]string{
	"?search=10%25_":  "/api/workspaces/{slug}/projects/{project_id:uuid}/search-issues/",
	"":                "/api/workspaces/{slug}/projects/{project_id:uuid}/estimates/",
	"?order_by=name":  "/api/workspaces/{slug}/projects/{project_id:uuid}/issues/",
	"?order_by=-name": "/api/workspaces/{slug}/projects/{project_id:uuid}/issues/",
	"?group_by=labels__id&order_by=labels__name": "/api/workspaces/{slug}/projects/{project_id:uuid}/issues/",
	"?order_by=estimate_point__value":            "/api/workspaces/{slug}/projects/{project_id:uuid}/issues/",
}

// send is an answer to the owner, status and body, without what is made up for each row.
func (r *arena) send(method, path string, body []byte) string {
	c := r.owner
	if strings.HasPrefix(path, "/api/v1/") {
		c = r.key
	}
	path, query, _ := strings.Cut(path, "?")
	path = r.path(path)
	if query != "" {
		path += "?" + query
	}
	a := c.Send(method, path, "application/json", bytes.NewReader(body))
	if a.Status >= 500 {
		r.t.Errorf("%s %s %.100s: %d %.200s", method, path, body, a.Status, a.Raw)
	}
	if method != http.MethodGet && a.Status < 300 {
		return fmt.Sprint(a.Status)
	}
	return fmt.Sprint(a.Status, " ", chance.ReplaceAllString(nameless(string(a.Raw)), ""))
}
