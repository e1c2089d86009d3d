package document

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app/ydoc"
)

// answer is what the editor of Plane v1.3.1 made of a text of ours. Its packages/editor was bundled and run with the
// DOM of jsdom, a browser's, and its yjs-utils for what it writes.
type answer struct {
	HTML    string // random, of all nodes and marks, nested rightly and wrongly
	Yjs     []byte // or a random Yjs document, also with what may not be there
	Variant Variant
	JSON    any    // the text, once it went through a Yjs document
	Out     string // and as HTML
}

func answers(t testing.TB, file string) []answer {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var list []answer
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	if err := lines.Err(); err != nil || len(list) < 200 {
		t.Fatalf("%d answers, %v", len(list), err)
	}
	return list
}

// asJSON is a text as it arrives at who asked for its JSON.
func asJSON(t testing.TB, n Node) any {
	t.Helper()
	data, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// differs says how two values differ, and quickly that they do not.
func differs(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
}

var alignment = regexp.MustCompile(` style="text-align: (left|center|right)"`)

// serverHTML is the HTML without what the reference's live server loses: how paragraphs are aligned.
func serverHTML(n Node) string { return alignment.ReplaceAllString(n.HTML(), "") }

func TestHTMLIsReadAsTheEditorReadsIt(t *testing.T) {
	for _, a := range answers(t, "html.jsonl.gz") {
		got, err := a.Variant.FromHTML(a.HTML)
		if err != nil {
			t.Fatalf("%q: %v", a.HTML, err)
		}
		if diff := differs(a.JSON, asJSON(t, got)); diff != "" {
			t.Errorf("%q: %s", a.HTML, diff)
		}
		if html := serverHTML(got); html != a.Out {
			t.Errorf("%q\n got %q\nwant %q", a.HTML, html, a.Out)
		}
	}
}

func TestTreesAreReadAsTheEditorReadsThem(t *testing.T) {
	for _, a := range answers(t, "trees.jsonl.gz") {
		d := ydoc.New()
		if err := d.Apply(a.Yjs); err != nil {
			t.Fatal(err)
		}
		got := a.Variant.FromTree(d.Content(Body))
		if diff := differs(a.JSON, asJSON(t, got)); diff != "" {
			t.Error(diff)
		}
		if html := serverHTML(got); html != a.Out {
			t.Errorf(" got %q\nwant %q", html, a.Out)
		}
	}
}

func TestJSONIsReadAsItWasWritten(t *testing.T) {
	for _, file := range []string{"html.jsonl.gz", "trees.jsonl.gz"} {
		for _, a := range answers(t, file) {
			data, err := json.Marshal(a.JSON)
			if err != nil {
				t.Fatal(err)
			}
			n, err := FromJSON(data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := differs(a.JSON, asJSON(t, n)); diff != "" {
				t.Error(diff)
			}
			if diff := differs(n, Page.FromTree(n.Yjs())); diff != "" {
				t.Errorf("by way of a tree: %s", diff)
			}
		}
	}
}
