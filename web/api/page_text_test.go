package api_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// written is a document as an editor writes it, in base64.
func written(t *testing.T, html string) string {
	t.Helper()
	n, err := document.FromHTML(html)
	if err != nil {
		t.Fatal(err)
	}
	d := ydoc.New()
	if _, err := d.Replace(document.Body, n.Yjs(), 7); err != nil {
		t.Fatal(err)
	}
	binary, err := d.Diff(nil)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(binary)
}

// shows is what an editor shows of a document.
func shows(t *testing.T, binary []byte) string {
	t.Helper()
	if len(binary) == 0 {
		return ""
	}
	d := ydoc.New()
	if err := d.Apply(binary); err != nil {
		t.Fatal(err)
	}
	return document.FromYjs(d).PlainText()
}

// Whoever changes only the HTML of a page, by whatever door, changes what editors show; who sends a document is
// believed.
func TestHTMLOfAPageIsWhatEditorsShow(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		project := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		page := project + "pages/" + ann.Must("POST", project+"pages/",
			map[string]any{"name": "One", "description_html": "<p>first</p>"}).ID() + "/"
		see := func(want string) {
			t.Helper()
			if got := shows(t, ann.Must("GET", page+"description/", nil).Raw); got != want {
				t.Errorf("editors show %q, want %q", got, want)
			}
		}
		said := func() string { return ann.Must("GET", page, nil).At("description_html").(string) }
		embed := `<issue-embed-component entity_identifier="i1"></issue-embed-component>`

		ann.Must("PATCH", page+"description/", map[string]any{"description_html": "<p>second</p>"})
		see("") // there is no document: an editor makes it from the HTML
		ann.Must("PATCH", page+"description/", map[string]any{"description_html": "<p>an</p><p>editor</p>",
			"description_binary": written(t, "<p>an</p>"+embed+"<p>editor</p>"),
			"description_json":   map[string]any{"type": "doc"}})
		see("an\neditor")
		ann.Must("PATCH", page, map[string]any{"description_html": "<p>an</p><p>editor</p><p>a script<script>x</script></p>"})
		see("an\neditor\na script")
		ann.Must("PATCH", page+"description/", map[string]any{"description_html": said() + "<p>another</p>"})
		see("an\neditor\na script\nanother")
		d := ydoc.New()
		if err := d.Apply(ann.Must("GET", page+"description/", nil).Raw); err != nil {
			t.Fatal(err)
		}
		if kinds := document.FromYjs(d).Content; len(kinds) != 5 || kinds[1].Type != "issue-embed-component" {
			t.Errorf("a work item that HTML cannot say is gone: %v", kinds)
		}

		versions := ann.Must("GET", page+"versions/", nil).JSON().([]any)
		last := ann.Must("GET", page+"versions/"+versions[0].(map[string]any)["id"].(string)+"/", nil)
		binary, err := base64.StdEncoding.DecodeString(last.At("description_binary").(string))
		if err != nil || shows(t, binary) != "an\neditor\na script\nanother" {
			t.Errorf("the version shows %q, %v", shows(t, binary), err)
		}
		if !strings.Contains(string(last.Raw), `"text":"another"`) {
			t.Errorf("the version's JSON: %s", last.Raw)
		}
		ann.Must("PATCH", page+"description/", map[string]any{"description_html": "<p>x</p>",
			"description_binary": written(t, "<p>believed</p>")})
		see("believed")
		ann.Must("PATCH", page+"description/", map[string]any{"description_html": "", "description_binary": ""})
		see("")
	})
}

// A text that no document can hold is refused, and changes nothing.
func TestHTMLThatNoDocumentHolds(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		project := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		page := project + "pages/" + ann.Must("POST", project+"pages/", map[string]any{"name": "One"}).ID() + "/"
		ann.Must("PATCH", page+"description/", map[string]any{"description_html": "<p>kept</p>",
			"description_binary": written(t, "<p>kept</p>")})
		deep := strings.Repeat("<blockquote>", 250) + "x" + strings.Repeat("</blockquote>", 250)
		for _, path := range []string{page, page + "description/"} {
			a := ann.Do("PATCH", path, map[string]any{"description_html": deep})
			if a.Status != 400 || a.At("description_html") == nil {
				t.Errorf("PATCH %s: %d %s", path, a.Status, a.Raw)
			}
		}
		if got := shows(t, ann.Must("GET", page+"description/", nil).Raw); got != "kept" {
			t.Errorf("editors show %q", got)
		}
	})
}

// A work item's document and JSON, which come with imports, say what a new HTML says; so does a draft.
func TestHTMLOfAWorkItemIsWhatItsDocumentSays(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, items := tracker(t, s)
		key := ann.WithKey()
		program := "/api/v1" + items[len("/api"):]
		old := map[string]any{"type": "doc", "content": []any{}}
		id := ann.Must("POST", items, map[string]any{"name": "item", "description_html": "<p>x</p>",
			"description_json": old}).ID()
		drafts := "/api/workspaces/work/draft-issues/"
		draft := ann.Must("POST", drafts, map[string]any{"name": "draft", "description_json": old}).ID()
		binary, err := base64.StdEncoding.DecodeString(written(t, "<p>x</p>"))
		if err != nil {
			t.Fatal(err)
		}
		kept := dbx.Params{"description_binary": binary}
		if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			if err := store.DraftIssues.SetWhere(tx, kept, dbx.HashExp{"id": draft}); err != nil {
				return err
			}
			return store.Issues.SetWhere(tx, kept, dbx.HashExp{"id": id})
		}); err != nil {
			t.Fatal(err)
		}
		for text, change := range map[string]func(map[string]any){
			"by the app":  func(body map[string]any) { ann.Must("PATCH", items+id+"/", body) },
			"by a script": func(body map[string]any) { key.Must("PATCH", program+id+"/", body) },
		} {
			change(map[string]any{"description_html": "<p>" + text + "</p>"})
			row, err := store.Issues.Find(s.App.DB.Read(t.Context()), id)
			if err != nil {
				t.Fatal(err)
			}
			sayTheSame(t, text, row.DescriptionBinary, row.DescriptionJSON)
		}
		ann.Must("PATCH", items+id+"/", map[string]any{"description_html": "<p>y</p>",
			"description_json": map[string]any{"a": 1}})
		row, err := store.Issues.Find(s.App.DB.Read(t.Context()), id)
		if err != nil {
			t.Fatal(err)
		}
		sent := strings.ReplaceAll(string(row.DescriptionJSON), " ", "")
		if shown := shows(t, row.DescriptionBinary); sent != `{"a":1}` || shown != "y" {
			t.Errorf("JSON that was sent: %s, %q", sent, shown)
		}
		ann.Must("PATCH", drafts+draft+"/", map[string]any{"description_html": "<p>drafted</p>"})
		d, err := store.DraftIssues.Find(s.App.DB.Read(t.Context()), draft)
		if err != nil {
			t.Fatal(err)
		}
		sayTheSame(t, "drafted", d.DescriptionBinary, d.DescriptionJSON)
	})
}

func sayTheSame(t *testing.T, want string, binary []byte, data store.JSON) {
	t.Helper()
	n, err := document.FromJSON(data)
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if diff := cmp.Diff([]string{want, want}, []string{shows(t, binary), n.PlainText()}); diff != "" {
		t.Error(diff)
	}
}
