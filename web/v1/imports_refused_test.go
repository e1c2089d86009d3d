package v1_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/webtest"
)

// What is wrong with an upload is said in words, and nothing of it stays.
func TestWhatIsNoUploadIsRefused(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		i := newImported(t, s, "refusals")
		s.App.Config.Limits.ImportSize = 4000
		csv := sample(t, "linear.csv")
		for _, c := range []struct {
			name   string
			file   []byte
			fields []string
			status int
			says   string
		}{
			{"no kind", csv, nil, 400, `"kind":["This field is required."]`},
			{"an unknown kind", csv, []string{"kind", "abacus"}, 400, `is none of asana, csv`},
			{"an empty file", nil, []string{"kind", "csv"}, 400, "empty"},
			{"too large", bytes.Repeat([]byte("x"), 4001), []string{"kind", "csv"}, 413, "limits.import_size"},
			{"far too large", bytes.Repeat([]byte("x"), 3<<20), []string{"kind", "csv"}, 413, ""},
			{"a mapping that is none", csv, []string{"kind", "csv", "mapping", "["}, 400, `"mapping"`},
			{"a mapping of something else", csv, []string{"kind", "csv", "mapping", `{"colour":"red"}`}, 400, "colour"},
			{"a group that is none", csv, []string{"kind", "csv", "mapping", `{"groups":{"a":"b"}}`}, 400, "groups"},
			{"a long project", csv, []string{"kind", "csv", "project", strings.Repeat("P", 13)}, 400, `"project"`},
		} {
			a := i.send("../../etc/passwd", c.file, c.fields...)
			if a.Status != c.status || !strings.Contains(string(a.Raw), c.says) {
				t.Errorf("%s: %d %s", c.name, a.Status, a.Raw)
			}
		}
		for _, body := range []string{"", "x", "--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\njira\r\n",
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhello"} {
			if a := i.key.Send("POST", i.at, "multipart/form-data; boundary=x", strings.NewReader(body)); a.Status != 400 {
				t.Errorf("%q: %d %s", body, a.Status, a.Raw)
			}
		}
		walk(t, []step{{i.key, "POST", i.at, map[string]any{"kind": "jira"}, 415, ""},
			{i.key, "GET", i.at, nil, 200, `"total_count":0`}})
		err := s.App.Blob.Walk(t.Context(), func(key string, _ int64, _ time.Time) error {
			return fmt.Errorf("%s is left", key)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// Files that are not what they say, bombs and files that are cut are told in words by the preview.
func TestHostileFilesAreToldInWords(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		i := newImported(t, s, "hostile")
		before := i.rows()
		for name, c := range hostileFiles(t) {
			one := i.mustSend(name, c.content, "kind", c.kind)
			for _, what := range []string{"preview", "start"} {
				a := i.order(one, what, "failed")
				if said, _ := a.At("error").(string); !strings.Contains(said, c.says) {
					t.Errorf("%s, %s: %q", name, what, said)
				}
			}
		}
		if after := i.rows(); !maps.Equal(after, before) {
			t.Errorf("%v became %v", before, after)
		}
	})
}

// Only administrators of the workspace import into it, and nobody reaches another's.
func TestWhoImports(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		i, other := newImported(t, s, "who"), newImported(t, s, "whoelse")
		all := newCrowd(t, s, i.place)
		one := i.mustSend("linear.csv", sample(t, "linear.csv"), "kind", "linear", "project", "LIN")
		elsewhere := strings.Replace(one, i.at, other.at, 1)
		var steps []step
		for _, who := range []*webtest.Client{all.guest, all.member, all.outsider} {
			for _, m := range [][2]string{{"GET", i.at}, {"POST", i.at}, {"GET", one}, {"PATCH", one}, {"DELETE", one},
				{"POST", one + "preview/"}, {"POST", one + "start/"}, {"POST", one + "cancel/"}, {"POST", one + "undo/"}} {
				steps = append(steps, step{who, m[0], m[1], nil, 403, ""})
			}
		}
		steps = append(steps, step{other.key, "GET", elsewhere, nil, 404, ""},
			step{other.key, "DELETE", elsewhere, nil, 404, ""},
			step{other.key, "POST", elsewhere + "start/", nil, 404, ""},
			step{other.key, "PATCH", elsewhere, map[string]any{"project": "X"}, 404, ""},
			step{i.key, "PATCH", one, map[string]any{"mapping": map[string]any{"people": []string{"x"}}}, 400, "people"},
			step{i.key, "PATCH", one, map[string]any{"mapping": nil}, 400, "mapping"})
		walk(t, steps)
	})
}

// Of two starts at once one is refused; so is all else that would come in its way.
func TestOneImportAtATime(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		i := newImported(t, s, "once")
		var all []string
		for range 3 {
			all = append(all, i.mustSend("linear.csv", sample(t, "linear.csv"), "kind", "linear", "project", "LIN"))
		}
		var mu sync.Mutex
		statuses := map[int]int{}
		var ended sync.WaitGroup
		for n := range 6 {
			ended.Go(func() {
				a := i.key.Do("POST", all[n%3]+"start/", nil)
				mu.Lock()
				defer mu.Unlock()
				statuses[a.Status]++
			})
		}
		ended.Wait()
		if statuses[202] == 0 || statuses[202]+statuses[409] != 6 {
			t.Errorf("%v", statuses)
		}
		for _, one := range all {
			if status := i.key.Must("GET", one, nil).At("status"); status != "uploaded" {
				i.until(one, "done")
			}
		}
		if n := i.rows()["import_rows"]; n == 0 {
			t.Error("nothing was imported")
		}
	})
}

type hostileFile struct {
	kind    string
	content []byte
	says    string
}

// hostileFiles are some that nobody should send.
func hostileFiles(t *testing.T) map[string]hostileFile {
	t.Helper()
	packed := func(name string, content []byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	spaces := append([]byte("["), bytes.Repeat([]byte(" "), 64<<20)...)
	whole := packed("data.json", []byte("[]"))
	return map[string]hostileFile{
		"bomb.zip":    {"vikunja", packed("data.json", spaces), "far larger"},
		"dots.zip":    {"vikunja", packed("../../../evil.json", []byte("[]")), "data.json"},
		"cut.zip":     {"vikunja", whole[:len(whole)-10], "no zip"},
		"picture.csv": {"jira", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "zero bytes"},
		"text.json":   {"trello", []byte("Summary,Issue key\n"), "no JSON"},
		"cut.json":    {"github", []byte(`[{"number": 1, "title": "x"`), ""},
		"table.csv":   {"linear", []byte("a,b\n1,2\n"), "no head"},
		"bomb.xlsx":   {"csv", packed("xl/workbook.xml", bytes.Repeat([]byte("<"), 64<<20)), ""},
	}
}

// Who administers a workspace is not in all of its projects: an upload is its sender's, and a project that is here
// takes work items only from who administers it.
func TestAnImportKeepsToItsProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		i := newImported(t, s, "within")
		i.key.Must("POST", i.workspace+"projects/", map[string]any{"name": "Secret", "identifier": "SECRET", "network": 0})
		one := i.mustSend("linear.csv", sample(t, "linear.csv"), "kind", "linear", "project", "SECRET")
		second := *i
		second.key = i.place.join(t, s, "second", app.Admin, app.Nobody).WithKey()
		walk(t, []step{
			{second.key, "GET", one, nil, 404, ""},
			{second.key, "POST", one + "start/", nil, 404, ""},
			{second.key, "GET", i.at, nil, 200, `"results":[]`},
		})
		own := second.mustSend("linear.csv", sample(t, "linear.csv"), "kind", "linear", "project", "SECRET")
		for _, what := range []string{"preview", "start"} {
			second.key.Must("POST", own+what+"/", nil)
			if a := second.until(own, "failed"); !strings.Contains(string(a.Raw), "administers the project SECRET") {
				t.Errorf("%s: %s", what, a.Raw)
			}
		}
		if n := i.rows()["issues"]; n != 0 {
			t.Errorf("%d work items were made", n)
		}
		i.order(one, "start", "done")
	})
}
