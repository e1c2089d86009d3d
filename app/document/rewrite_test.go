package document

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/ydoc"
)

// editorDocument is a document that an editor wrote.
func editorDocument(t testing.TB, blocks ...Node) []byte {
	t.Helper()
	d := ydoc.New()
	if _, err := d.Replace(Body, doc(blocks...).Yjs(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Replace(TitlePart, TitleTree("A title & more"), 1); err != nil {
		t.Fatal(err)
	}
	binary, err := d.Diff(nil)
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

func opened(t testing.TB, binary []byte) *ydoc.Doc {
	t.Helper()
	d := ydoc.New()
	if err := d.Apply(binary); err != nil {
		t.Fatal(err)
	}
	return d
}

func cleaned(t testing.TB, html string) string {
	t.Helper()
	clean, err := richtext.Clean(html)
	if err != nil {
		t.Fatal(err)
	}
	return clean
}

func said(s string) Node { return para(plainText(s)) }

func embedded(id string) Node {
	return Node{Type: embedName, Attrs: map[string]any{"entity_identifier": id}}
}

func smiling(s string) Node {
	return para(plainText(s), Node{Type: "emoji", Attrs: map[string]any{"name": "smile"}})
}

// What HTML repeats stays as it is, with what HTML cannot say.
func TestRewritten(t *testing.T) {
	top, end := embedded("top"), embedded("end")
	before := []Node{top, said("one"), smiling("two "), said("three"), end}
	html := func(blocks ...Node) string { return cleaned(t, doc(blocks...).HTML()) }
	for name, tc := range map[string]struct {
		html string
		want []Node
	}{
		"nothing": {html(before...), before},
		"one more": {html(append(before[:4:4], said("four"))...),
			[]Node{top, said("one"), smiling("two "), said("three"), end, said("four")}},
		"one between": {html(said("one"), said("new"), smiling("two "), said("three")),
			[]Node{top, said("one"), said("new"), smiling("two "), said("three"), end}},
		"one less":     {html(said("one"), said("three")), []Node{top, said("one"), said("three"), end}},
		"others about": {html(said("a"), smiling("two "), said("b")), []Node{said("a"), smiling("two "), said("b")}},
		"another text": {"<p>other</p>", []Node{said("other")}},
		"no text":      {"", []Node{para()}},
		"wholly unmatched": {"<ul><li>x</li></ul>",
			[]Node{{Type: "bulletList", Content: []Node{{Type: "listItem", Content: []Node{said("x")}}}}}},
	} {
		kept := Kept{Binary: editorDocument(t, before...)}
		now, update, err := Page.Rewritten(kept, tc.html)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		d := opened(t, now.Binary)
		want := Page.FromTree(doc(tc.want...).Yjs())
		if diff := cmp.Diff(want, FromYjs(d)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(asJSON(t, want), unmarshalled(t, now.JSON)); diff != "" {
			t.Errorf("%s, as JSON: %s", name, diff)
		}
		if Title(d) != "A title & more" {
			t.Errorf("%s: the title is %q", name, Title(d))
		}
		open := opened(t, kept.Binary) // an editor that gets the update
		if update != nil && open.Apply(update) != nil || cmp.Diff(FromYjs(d), FromYjs(open)) != "" {
			t.Errorf("%s: the update does not say it", name)
		}
		if name == "nothing" && update != nil {
			t.Error("the same text is a change")
		}
	}
}

func unmarshalled(t testing.TB, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRewrittenWithoutADocument(t *testing.T) {
	for name, tc := range map[string]struct {
		kept Kept
		html string
		want Kept
	}{
		"nothing kept": {Kept{JSON: []byte("{}")}, "<p>x</p>", Kept{JSON: []byte("{}")}},
		"no JSON":      {Kept{}, "<p>x</p>", Kept{}},
		"JSON": {Kept{JSON: []byte(`{"type":"doc"}`)}, "<hr>",
			Kept{JSON: []byte(`{"type":"doc","content":[{"type":"horizontalRule"}]}`)}},
		"no document":    {Kept{Binary: []byte("junk"), JSON: []byte("{}")}, "<hr>", Kept{Binary: []byte("junk"), JSON: []byte("{}")}},
		"JSON of others": {Kept{JSON: []byte(`{"a":1}`)}, "<hr>", Kept{JSON: []byte(`{"a":1}`)}},
	} {
		now, update, err := Page.Rewritten(tc.kept, tc.html)
		if diff := cmp.Diff(tc.want, now); err != nil || update != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	kept := Kept{Binary: editorDocument(t, said("x"))}
	deep := strings.Repeat("<blockquote>", 300) + "x" + strings.Repeat("</blockquote>", 300)
	if now, _, err := Page.Rewritten(kept, deep); !errors.Is(err, ErrTooMuch) || cmp.Diff(kept, now) != "" {
		t.Errorf("a deep text: %v", err)
	}
}

// Whatever was kept, the document says afterwards what the HTML says.
func TestTheDocumentSaysWhatTheHTMLSays(t *testing.T) {
	list := answers(t, "html.jsonl.gz")
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) string {
			return cleaned(t, list[rapid.IntRange(0, len(list)-1).Draw(rt, name)].HTML)
		}
		n, err := FromHTML(draw("first"))
		if err != nil {
			rt.Fatal(err)
		}
		html := draw("second")
		now, _, err := Page.Rewritten(Kept{Binary: editorDocument(t, n.Content...)}, html)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := FromHTML(html)
		if err != nil {
			rt.Fatal(err)
		}
		got := FromYjs(opened(t, now.Binary))
		if got, want := reread(rt, got), reread(rt, want); got != want {
			rt.Fatalf("%q became\n%s", html, cmp.Diff(want, got))
		}
	})
}

// reread is a text as it is in clean HTML.
func reread(t *rapid.T, n Node) string {
	clean, err := richtext.Clean(n.HTML())
	if err != nil {
		t.Fatal(err)
	}
	n, err = FromHTML(clean)
	if err != nil {
		t.Fatal(err)
	}
	return n.HTML()
}

func BenchmarkRewritten(b *testing.B) {
	var html strings.Builder
	for range 5000 {
		html.WriteString("<p>One <strong>of</strong> many lines of a long text, as they are written.</p>")
	}
	n, err := FromHTML(html.String())
	if err != nil {
		b.Fatal(err)
	}
	kept := Kept{Binary: editorDocument(b, n.Content...)}
	b.SetBytes(int64(html.Len()))
	for b.Loop() {
		if _, _, err := Page.Rewritten(kept, html.String()+"<p>more</p>"); err != nil {
			b.Fatal(err)
		}
	}
}
