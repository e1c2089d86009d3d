package v1_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/web/webtest"
)

// sample is a file of the readers' own tests.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile("../../app/importer/reader/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// importForm is the form of an upload: fields in pairs, then the file.
func importForm(t *testing.T, name string, content []byte, fields ...string) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(content)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

// imported is a workspace into which things are imported, by key.
type imported struct {
	place
	t  *testing.T
	s  *webtest.Server
	at string
}

func newImported(t *testing.T, s *webtest.Server, name string) *imported {
	p := newPlace(s, name)
	return &imported{p, t, s, p.base[:strings.Index(p.base, "projects/")] + "imports/"}
}

func (i *imported) send(name string, content []byte, fields ...string) webtest.Answer {
	i.t.Helper()
	contentType, body := importForm(i.t, name, content, fields...)
	return i.key.Send("POST", i.at, contentType, body)
}

func (i *imported) mustSend(name string, content []byte, fields ...string) string {
	i.t.Helper()
	a := i.send(name, content, fields...)
	if a.Status != 201 {
		i.t.Fatalf("%s: %d %s", name, a.Status, a.Raw)
	}
	return i.at + a.ID() + "/"
}

// until waits until the upload has come to a state.
func (i *imported) until(one string, states ...string) webtest.Answer {
	i.t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		a := i.key.Must("GET", one, nil)
		status, _ := a.At("status").(string)
		if slices.Contains(states, status) {
			return a
		}
		if slices.Contains([]string{"failed", "cancelled", "done", "previewed", "undone"}, status) || time.Now().After(end) {
			i.t.Fatalf("it is %s, and should become %v: %s", status, states, a.Raw)
		}
	}
}

// order has something done, and waits until it is.
func (i *imported) order(one, what, state string) webtest.Answer {
	i.t.Helper()
	i.key.Must("POST", one+what+"/", nil)
	return i.until(one, state)
}

// rows counts what an import makes.
func (i *imported) rows() map[string]int {
	i.t.Helper()
	counts := map[string]int{}
	read := i.s.App.DB.Read(context.Background())
	for _, table := range []string{"issues", "issue_comments", "projects", "labels", "import_rows", "workspace_members"} {
		var n int
		if err := read.Select("COUNT(*)").From(table).Where(dbx.HashExp{"workspace_id": i.workspaceID()}).
			Row(&n); err != nil {
			i.t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}

func (i *imported) workspaceID() string {
	i.t.Helper()
	var id string
	slug := strings.Split(strings.TrimPrefix(i.at, "/api/v1/workspaces/"), "/")[0]
	if err := i.s.App.DB.Read(context.Background()).One("SELECT id FROM workspaces WHERE slug = ?", []any{slug}, &id); err != nil {
		i.t.Fatal(err)
	}
	return id
}

// From the file to the report, once more, and back.
func TestAFileIsImportedAndTakenBack(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		for kind, file := range map[string]string{"jira": "jira.csv", "trello": "trello.json", "linear": "linear.csv"} {
			t.Run(kind, func(t *testing.T) {
				i := newImported(t, s, "imp"+kind)
				before := i.rows()
				one := i.mustSend(file, sample(t, file), "kind", kind, "project", "BRT")
				said := i.order(one, "preview", "previewed")
				if diff := i.rows(); !maps.Equal(diff, before) {
					t.Errorf("a preview made %v of %v", diff, before)
				}
				would, _ := said.At("preview.work_items.made").(float64)
				people, _ := said.At("preview.people").([]any)
				if would == 0 || said.At("report") != nil || said.At("import_id") != nil {
					t.Fatalf("%s", said.Raw)
				}
				mapping := map[string]string{}
				for _, p := range people {
					p, _ := p.(map[string]any)
					if name, _ := p["name"].(string); p["is"] == "placeholder" && name != "" {
						mapping[name] = *i.person.User.Email
					}
				}
				i.key.Must("PATCH", one, map[string]any{"mapping": map[string]any{"people": mapping}})
				done := i.order(one, "start", "done")
				if done.At("report.work_items.made") != would {
					t.Errorf("it said %v and made %v", would, done.At("report.work_items.made"))
				}
				for _, p := range done.At("report.people").([]any) {
					if p, _ := p.(map[string]any); p["is"] == "placeholder" {
						t.Errorf("%v is no member in spite of the mapping", p)
					}
				}
				whole := i.rows()
				again := i.order(one, "start", "done")
				if again.At("report.work_items.made") != 0.0 || !maps.Equal(i.rows(), whole) {
					t.Errorf("again: %s\n%v became %v", again.Raw, whole, i.rows())
				}
				other := i.mustSend(file, sample(t, file), "kind", kind, "project", "BRT",
					"mapping", fmt.Sprintf(`{"people": %s}`, jsonOf(t, mapping)))
				i.order(other, "start", "done")
				if now := i.rows(); !maps.Equal(now, whole) {
					t.Errorf("the same file once more: %v became %v", whole, now)
				}
				undone := i.order(one, "undo", "undone")
				if undone.At("progress.removed.issue") != would || undone.At("import_id") != nil {
					t.Errorf("undone: %s", undone.Raw)
				}
				living := func(table string) int {
					n := 0
					err := s.App.DB.Read(t.Context()).Select("COUNT(*)").From(table).
						Where(dbx.HashExp{"workspace_id": i.workspaceID(), "deleted_at": nil}).Row(&n)
					if err != nil {
						t.Fatal(err)
					}
					return n
				}
				if n, p := living("issues"), living("projects"); n != before["issues"] || p != before["projects"] {
					t.Errorf("%d work items and %d projects are left, there were %v", n, p, before)
				}
				i.walk(t, one)
			})
		}
	})
}

// walk is what is left to do with an import that was taken back.
func (i *imported) walk(t *testing.T, one string) {
	t.Helper()
	walk(t, []step{
		{i.key, "POST", one + "undo/", nil, 409, "nothing of it here"},
		{i.key, "POST", one + "cancel/", nil, 409, "Nothing is being done"},
		{i.key, "GET", i.at, nil, 200, `"status":"undone"`},
		{i.key, "DELETE", one, nil, 204, ""},
		{i.key, "GET", one, nil, 404, ""},
		{i.key, "POST", one + "start/", nil, 404, ""},
	})
	keys := 0
	err := i.s.App.Blob.Walk(t.Context(), func(key string, _ int64, _ time.Time) error {
		if strings.Contains(key, "/import-"+strings.Split(one[len(i.at):], "/")[0]) {
			keys++
		}
		return nil
	})
	if err != nil || keys != 0 {
		t.Errorf("%d files are left (%v)", keys, err)
	}
	i.audited(t)
}

// audited looks what the audit log has of it.
func (i *imported) audited(t *testing.T) {
	t.Helper()
	if err := audit.Seal(t.Context(), i.s.App); err != nil { // a server that runs does so by itself
		t.Fatal(err)
	}
	events := map[string]int{}
	err := i.s.App.DB.Read(t.Context()).Each("SELECT event, actor_id FROM audit_entries WHERE workspace_id = ?"+
		" AND target_type = 'import'", []any{i.workspaceID()}, func(rows *sql.Rows) error {
		var event, actor string
		err := rows.Scan(&event, &actor)
		if events[event]++; actor != i.person.User.ID {
			t.Errorf("%s was done by %q", event, actor)
		}
		return err
	})
	want := map[string]int{app.ImportStarted: 3, app.ImportEnded: 3, app.ImportTakenBack: 1}
	if err != nil || !maps.Equal(events, want) {
		t.Errorf("the audit log has %v, want %v (%v)", events, want, err)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	doc, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}
