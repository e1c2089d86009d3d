package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const exportsPath = "/api/workspaces/ws/export-issues/"

// newest waits for the newest export and returns its row.
func newest(t *testing.T, who *webtest.Client) map[string]any {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); {
		rows := who.Must("GET", exportsPath+"?per_page=1&cursor=1:0:0", nil).At("results").([]any)
		row := rows[0].(map[string]any)
		if row["status"] == "completed" || row["status"] == "failed" {
			return row
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("no export was written")
	return nil
}

// files orders an export and returns what is in it, by the end of the names.
func files(t *testing.T, s *webtest.Server, who *webtest.Client, body map[string]any) map[string][]byte {
	t.Helper()
	who.Must("POST", exportsPath, body)
	url, ok := newest(t, who)["url"].(string)
	if !ok {
		t.Fatal("an export without an address")
	}
	got := s.Stranger().Must("GET", strings.TrimPrefix(url, s.URL), nil)
	book, err := zip.NewReader(bytes.NewReader(got.Raw), int64(len(got.Raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range book.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func only(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	if len(files) != 1 {
		t.Fatalf("files: %v", slices.Sorted(maps.Keys(files)))
	}
	for _, content := range files {
		return content
	}
	return nil
}

func TestExports(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		red := ann.Must("POST", wsProjects, map[string]any{"name": "Red", "identifier": "RED"}).ID()
		blue := ann.Must("POST", wsProjects, map[string]any{"name": "Blue", "identifier": "BLUE"}).ID()
		label := ann.Must("POST", wsProjects+red+"/issue-labels/", map[string]any{"name": "Bög"}).ID()
		one := ann.Must("POST", wsProjects+red+"/issues/",
			map[string]any{"name": "=HYPERLINK(\"x\")", "label_ids": []string{label},
				"assignee_ids": []string{ann.User.ID}}).ID()
		ann.Must("POST", wsProjects+red+"/issues/"+one+"/issue-links/", map[string]any{"url": "https://example.org/it's"})
		ann.Must("POST", wsProjects+red+"/issues/", map[string]any{"name": "\x01two\nlines", "parent_id": one,
			"start_date": "2019-03-04"})
		ann.Must("POST", wsProjects+blue+"/issues/", map[string]any{"name": "@other"})

		rows, err := csv.NewReader(bytes.NewReader(only(t,
			files(t, s, ann, map[string]any{"provider": "csv", "project": []string{red}})))).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("csv: %q, %v", rows, err)
		}
		at := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
		for name, want := range map[string]string{"Identifier": "RED-1", "Name": "'=HYPERLINK(\"x\")", "Assignees": `["ann"]`,
			"Labels": `["B\u00f6g"]`,
			"Links":  `[{"url": "https://example.org/it's", "title": "https://example.org/it's"}]`, "Is Draft": "False",
			"Start Date": "", "Created By Name": "ann"} {
			if got := at(rows[2], name); got != want {
				t.Errorf("csv: %s is %q, want %q", name, got, want)
			}
		}
		if at(rows[1], "Parent") != "RED-1" || at(rows[1], "Start Date") != "2019-03-04" {
			t.Errorf("csv, the newest first: %q", rows[1])
		}

		book, err := excelize.OpenReader(bytes.NewReader(only(t,
			files(t, s, ann, map[string]any{"provider": "xlsx", "project": []string{red}}))))
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := book.GetRows("Sheet1")
		if err != nil || len(sheet) != 3 {
			t.Fatalf("xlsx: %q, %v", sheet, err)
		}
		if diff := cmp.Diff(rows[0], sheet[0]); diff != "" {
			t.Errorf("titles of xlsx and csv (-csv +xlsx):\n%s", diff)
		}
		for name, want := range map[string]string{"Name": "=HYPERLINK(\"x\")", "Sequence Id": "1", "Labels": "Bög",
			"Is Draft": "FALSE",
			"Links":    `{'url': "https://example.org/it's", 'title': "https://example.org/it's"}`} {
			if got := at(sheet[2], name); got != want {
				t.Errorf("xlsx: %s is %q, want %q", name, got, want)
			}
		}
		if formula, err := book.GetCellFormula("Sheet1", "F3"); err != nil || formula != "" {
			t.Errorf("a name became the formula %q, %v", formula, err)
		}

		var docs []map[string]any
		if err := json.Unmarshal(only(t, files(t, s, ann, map[string]any{"provider": "json"})), &docs); err != nil ||
			len(docs) != 3 {
			t.Fatalf("json of all projects: %v, %v", docs, err)
		}
		if diff := cmp.Diff([]any{blue, red}, newest(t, ann)["project"]); diff != "" {
			t.Errorf("all projects (-want +got):\n%s", diff)
		}
		if docs[0]["name"] != "@other" || docs[0]["start_date"] != nil || docs[2]["sequence_id"] != 1.0 ||
			docs[2]["is_draft"] != false {
			t.Errorf("json: %v", docs)
		}
		each := files(t, s, ann, map[string]any{"provider": "csv", "project": []string{red, blue}, "multiple": true})
		if len(each) != 2 {
			t.Errorf("a file a project: %v", slices.Sorted(maps.Keys(each)))
		}
		if got := only(t, files(t, s, bob, map[string]any{"provider": "csv", "project": []string{red}})); len(got) != 0 {
			t.Errorf("from outside the project: %q", got)
		}
		book, err = excelize.OpenReader(bytes.NewReader(only(t,
			files(t, s, bob, map[string]any{"provider": "xlsx", "project": []string{red}}))))
		if err != nil {
			t.Fatal(err)
		}
		if sheet, err := book.GetRows("Sheet1"); err != nil || len(sheet) != 0 {
			t.Errorf("an empty workbook: %q, %v", sheet, err)
		}
	})
}

// Where a project keeps the time that was worked, exports of it tell that too, in every format.
func TestExportsOfWorkedTime(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		item, key := g.item(map[string]any{"name": "i"}), g.ann.WithKey()
		logs := strings.Replace(g.at, "/api/", "/api/v1/", 1) + "work-items/" + item + "/worklogs/"
		key.Must("POST", logs, map[string]any{"duration": 30, "description": "review"})
		key.Must("POST", logs, map[string]any{"duration": 65})
		project := strings.Split(g.at, "/")[5]
		read := func(provider string) string {
			return string(only(t, files(t, s, g.ann, map[string]any{"provider": provider, "project": []string{project}})))
		}
		if got := read("json"); strings.Contains(got, "logged_minutes") || strings.Contains(got, "review") {
			t.Errorf("a project that keeps no time tells: %s", got)
		}
		g.ann.Must("PATCH", g.at, map[string]any{"is_time_tracking_enabled": true})
		var docs []map[string]any
		if err := json.Unmarshal([]byte(read("json")), &docs); err != nil || len(docs) != 1 {
			t.Fatalf("json: %v, %v", docs, err)
		}
		logged, _ := docs[0]["worklogs"].([]any)
		if docs[0]["logged_minutes"] != 95.0 || len(logged) != 2 || logged[0].(map[string]any)["description"] != "review" {
			t.Errorf("json: %v", docs[0])
		}
		if got := read("csv"); !strings.Contains(got, "Logged Minutes,Worklogs") || !strings.Contains(got, ",95,") {
			t.Errorf("csv: %s", got)
		}
		if len(read("xlsx")) == 0 {
			t.Error("an empty workbook")
		}
	})
}

func TestWhoSeesExportsAndForHowLong(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob, eve := s.User("ann"), s.User("bob"), s.User("eve")
		workspace(t, s, ann, bob)
		red := ann.Must("POST", wsProjects, map[string]any{"name": "Red", "identifier": "RED"}).ID()
		only(t, files(t, s, ann, map[string]any{"provider": "csv", "project": []string{red}}))
		url := strings.TrimPrefix(newest(t, ann)["url"].(string), s.URL)
		if row := newest(t, bob); row["url"] != nil || row["token"] == "" {
			t.Errorf("another member sees %v", row)
		}
		if a := eve.Do("GET", exportsPath+"?per_page=1&cursor=1:0:0", nil); a.Status != 403 {
			t.Errorf("from outside: %d", a.Status)
		}
		for _, body := range []map[string]any{{}, {"provider": "pdf"}, {"provider": nil}, {"provider": 5},
			{"provider": "csv", "project": "x"}, {"provider": "csv", "project": []string{"x"}},
			{"provider": "csv", "project": []any{1}}} {
			if a := ann.Do("POST", exportsPath, body); a.Status != 400 {
				t.Errorf("%v: %d %s", body, a.Status, a.Raw)
			}
		}
		for body, want := range map[string]string{`{}`: "False", `{"provider":null}`: "None", `{"provider":"CSV"}`: "CSV",
			`{"provider":true}`: "True"} {
			if a := ann.Do("POST", exportsPath, body); a.At("error") != "Provider '"+want+"' not found." {
				t.Errorf("%s: %s", body, a.Raw)
			}
		}
		for _, query := range []string{"", "?per_page=1", "?per_page=1&cursor=x", "?per_page=1&cursor=1:0:0&order_by=url"} {
			if a := ann.Do("GET", exportsPath+query, nil); a.Status != 400 {
				t.Errorf("%s: %d %s", query, a.Status, a.Raw)
			}
		}
		aged := func(days int) {
			t.Helper()
			err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
				_, err := tx.Exec("UPDATE exporters SET created_at = ?", tx.Now.AddDate(0, 0, -days))
				return err
			})
			if err == nil {
				err = retention.Round(context.Background(), s.App, struct{}{})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if aged(6); newest(t, ann)["url"] == nil || ann.Do("GET", url, nil).Status != 200 {
			t.Error("after six days it is gone")
		}
		if aged(7); newest(t, ann)["url"] != nil {
			t.Error("after seven days it still has an address")
		}
		aged(8)
		n := 0
		err := s.App.Blob.Walk(context.Background(), func(string, int64, time.Time) error { n++; return nil })
		if err != nil || n != 0 {
			t.Errorf("after eight days there are %d files, %v", n, err)
		}
		if a := ann.Do("GET", url, nil); a.Status != 404 {
			t.Errorf("after eight days: %d", a.Status)
		}
		if row := newest(t, ann); row["status"] != "completed" || row["url"] != nil {
			t.Errorf("after eight days: %v", row)
		}
	})
}

func TestAnExportThatWasBegunIsWrittenAgain(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		ann.Must("POST", wsProjects, map[string]any{"name": "Red", "identifier": "RED"})
		ann.Must("POST", exportsPath, map[string]any{"provider": "json"})
		row := newest(t, ann)
		for _, status := range []string{"processing", "failed", "completed"} {
			err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
				_, err := tx.Exec("UPDATE exporters SET status = ?", status)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := export.Write(context.Background(), s.App, export.Result{ID: row["id"].(string)}); err != nil {
				t.Errorf("%s: %v", status, err)
			}
		}
		if got := newest(t, ann); got["status"] != "completed" || got["url"] != row["url"] {
			t.Errorf("written again: %v, before: %v", got, row)
		}
	})
}
