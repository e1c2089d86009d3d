package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/ydoc"
)

func para(content ...Node) Node {
	return Node{Type: "paragraph", Attrs: map[string]any{"textAlign": nil}, Content: content}
}

func doc(content ...Node) Node { return Node{Type: "doc", Content: content} }

func plainText(s string) Node { return Node{Type: "text", Text: s} }

// What differs from the reference on purpose: its editor would fail, or lose what people wrote.
func TestWhereWeDiffer(t *testing.T) {
	link := map[string]any{"href": "123", "target": "_blank", "rel": "noopener noreferrer nofollow", "class": linkClass}
	for name, tc := range map[string]struct {
		html string
		want Node
	}{
		"an address of digits stays a text": {`<a href="123">x</a>`,
			doc(para(Node{Type: "text", Text: "x", Marks: []Mark{{Type: "link", Attrs: link}}}))},
		"a start that is no number is 1": {`<ol start="x"><li></li></ol>`, doc(Node{Type: "orderedList",
			Attrs: map[string]any{"start": 1.0, "type": nil}, Content: []Node{{Type: "listItem", Content: []Node{para()}}}})},
	} {
		got, err := FromHTML(tc.html)
		if diff := cmp.Diff(tc.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	kept := Page.FromTree([]ydoc.Node{{Name: "paragraph", Children: []ydoc.Node{
		{Text: []ydoc.Run{{Text: "words", Marks: map[string]any{"tomorrows": map[string]any{}}}}}}}})
	if diff := cmp.Diff(doc(para(plainText("words"))), kept); diff != "" {
		t.Errorf("text with a mark that is not known: %s", diff)
	}
}

func TestAlignmentIsInHTML(t *testing.T) {
	const in = `<p style="text-align:center">a</p><h2 style="TEXT-ALIGN: Right !important">b</h2><p style="text-align:top">c</p>`
	n, err := FromHTML(in)
	want := `<p class="editor-paragraph-block" style="text-align: center">a</p>` +
		`<h2 class="editor-heading-block" style="text-align: right">b</h2><p class="editor-paragraph-block">c</p>`
	if err != nil || n.HTML() != want {
		t.Errorf("%v %s", err, n.HTML())
	}
}

func TestPlainTextAndMentions(t *testing.T) {
	one := `<mention-component entity_identifier="u1" entity_name="user_mention"></mention-component>`
	n, err := FromHTML("<h1>Plan</h1><ul><li>buy <b>tea</b><br>now</li></ul><p>" + one + " and " + one +
		`<mention-component entity_identifier="7" entity_name="issue"></mention-component><mention-component></mention-component>`)
	if err != nil {
		t.Fatal(err)
	}
	n.Content = append(n.Content, para(Node{Type: "emoji", Attrs: map[string]any{"name": "tada"}}))
	if got, want := n.PlainText(), "Plan\nbuy tea\nnow\n@u1 and @u1@7@null\n🎉"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	want := []richtext.Mention{{Name: "user_mention", Identifier: "u1"}, {Name: "issue", Identifier: "7"}}
	if diff := cmp.Diff(want, n.Mentions()); diff != "" {
		t.Error(diff)
	}
}

func TestEmojis(t *testing.T) {
	for name, want := range map[any]string{"smile": "😄", "+1": "👍", "thumbsup": "👍", "nope": ":nope:", "": "::",
		nil: ":null:", "😄": ":😄:", "smile happy": ":smile happy:", "\n": ":\n:"} {
		if got := emoji(name); got != want {
			t.Errorf("%v: %q, want %q", name, got, want)
		}
	}
}

func TestWhatIsTooMuch(t *testing.T) {
	if _, err := FromHTML(strings.Repeat("<blockquote>", 600)); !errors.Is(err, richtext.ErrInvalid) {
		t.Errorf("deep HTML: %v", err)
	}
	if _, err := FromHTML(strings.Repeat("<p>x</p>", 200_000)); !errors.Is(err, richtext.ErrElements) {
		t.Errorf("many elements: %v", err)
	}
	deep := strings.Repeat(`{"type":"blockquote","content":[`, 3000) + strings.Repeat("]}", 3000)
	n, err := FromJSON([]byte(`{"type":"doc","content":[` + deep + `]}`))
	if err != nil || strings.Count(n.HTML(), "<blockquote>") != maxDepth {
		t.Errorf("deep JSON: %v, %d", err, strings.Count(n.HTML(), "<blockquote>"))
	}
	tree := ydoc.Node{Name: "blockquote"}
	for range 3000 {
		tree = ydoc.Node{Name: "blockquote", Children: []ydoc.Node{tree}}
	}
	if n := Page.FromTree([]ydoc.Node{tree}); len(n.Content) > 0 {
		t.Error("a quote without an innermost text is kept")
	}
	for _, bad := range []string{"", "[]", `{"type":"paragraph"}`, `{"type":1}`} {
		if _, err := FromJSON([]byte(bad)); err == nil {
			t.Errorf("%q is a text", bad)
		}
	}
}

// drawNode draws a node that fits its place.
func drawNode(t *rapid.T, s *schema, kind *nodeType, depth int) Node {
	n := Node{Type: kind.name, Attrs: complete(kind.attrs, drawAttrs(t, kind.attrs))}
	if kind == s.text {
		n.Text = rapid.StringMatching(`[a-c <&"😀\x{a0}]{1,8}`).Draw(t, "text")
		return n
	}
	if kind.leaf() {
		return n
	}
	state, last := empty, Node{}
	for range rapid.IntRange(0, 3).Draw(t, "count") {
		may := kind.holds.next(state)
		inner := drawNode(t, s, rapid.SampledFrom(shallow(may, depth)).Draw(t, "kind"), depth-1)
		if inner.Type == "text" && !kind.plain {
			inner.Marks = drawMarks(t, s)
		}
		if state = begun; inner.Type != "text" || last.Type != "text" { // neighbours with the same marks are one text
			n.Content = append(n.Content, inner)
		}
		last = inner
	}
	if kind.holds.lacks(state) {
		n.Content = append(n.Content, kind.holds.next(state)[0].filled())
	}
	return n
}

func shallow(may []*nodeType, depth int) []*nodeType {
	var list []*nodeType
	for _, one := range may {
		if depth > 0 || one.leaf() || one.inlineContent() {
			list = append(list, one)
		}
	}
	if list == nil {
		return may[:1]
	}
	return list
}

func drawAttrs(t *rapid.T, list []attribute) map[string]any {
	given := map[string]any{}
	for _, a := range list {
		if a.name == "textAlign" {
			given[a.name] = rapid.SampledFrom([]any{nil, "left", "center"}).Draw(t, a.name)
		} else if rapid.Bool().Draw(t, a.name) {
			given[a.name] = rapid.SampledFrom([]any{nil, true, 2.0, "x", `"<é>`, []any{100.0}, a.value}).Draw(t, "value")
		}
	}
	return given
}

func drawMarks(t *rapid.T, s *schema) []Mark {
	var marks []Mark
	for _, m := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"link", "bold", "italic", "underline", "code",
		"customColor"}), rapid.ID[string]).Draw(t, "marks") {
		marks = s.marked(marks, Mark{Type: m, Attrs: complete(s.marks[m].attrs, drawAttrs(t, s.marks[m].attrs))})
	}
	return marks
}

// A text goes through a tree and through JSON and is the same. (A tree does not say null: such values are the
// attribute's own afterwards.)
func TestTreesAndJSONKeepATexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Page.schema()
		n := Page.FromTree(drawNode(t, s, s.doc, 3).Yjs())
		if diff := differs(n, Page.FromTree(n.Yjs())); diff != "" {
			t.Fatalf("tree: %s", diff)
		}
		data, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		back, err := FromJSON(data)
		if diff := differs(n, back); err != nil || diff != "" {
			t.Fatalf("JSON: %v %s", err, diff)
		}
		if _, err := FromHTML(n.HTML()); err != nil {
			t.Fatalf("HTML: %v", err)
		}
	})
}

// FuzzHTML holds that whatever HTML becomes is a text that the editor takes, and that writing and reading it settles.
func FuzzHTML(f *testing.F) {
	for _, a := range answers(f, "html.jsonl.gz")[:50] {
		f.Add(a.HTML)
	}
	f.Add("<pre>\n\n<b> x</pre><table>a<td><li><h1><hr>b<ul><ol>c")
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 1<<14 {
			return
		}
		n, err := FromHTML(in)
		if err != nil {
			return
		}
		s := Page.schema()
		if !s.fits(s.doc, n.Content) {
			t.Fatalf("%q: %v does not fit", in, n)
		}
		if diff := differs(n.Content, Page.FromTree(n.Yjs()).Content); diff != "" {
			t.Fatalf("%q is no text of the editor: %s", in, diff)
		}
		if count := count(n); count > 40*(len(in)+10) {
			t.Fatalf("%d nodes of %d bytes", count, len(in))
		}
		_, _ = n.PlainText(), n.Mentions()
		settles(t, n)
	})
}

func count(n Node) int {
	total := 0
	n.walk(func(Node) { total++ })
	return total
}

// settles holds that the HTML of a text is read as a text that does not change any more.
func settles(t *testing.T, n Node) {
	t.Helper()
	once, err := FromHTML(n.HTML())
	for range 3 { // blanks at the ends of lines go, and what stood beside them
		if err != nil {
			return
		}
		var again Node
		if again, err = FromHTML(once.HTML()); err == nil && again.HTML() == once.HTML() {
			return
		}
		once = again
	}
	t.Fatalf("%q does not settle: %q", n.HTML(), once.HTML())
}

// FuzzTree holds that any Yjs document is read, and that what is read is written.
func FuzzTree(f *testing.F) {
	for _, a := range answers(f, "trees.jsonl.gz")[:50] {
		f.Add(a.Yjs)
	}
	f.Fuzz(func(t *testing.T, update []byte) {
		d := ydoc.New()
		if d.Apply(update) != nil {
			return
		}
		n := Page.FromTree(FromYjs(d).Yjs()) // null, which trees do not say, is the attribute's own value
		_ = Title(d)
		if diff := differs(n, Page.FromTree(n.Yjs())); diff != "" {
			t.Fatal(diff)
		}
		if _, err := json.Marshal(n); err != nil {
			t.Fatal(err)
		}
		if !utf8.ValidString(n.HTML()) || !utf8.ValidString(n.PlainText()) {
			t.Fatalf("%q is no text", n.HTML())
		}
	})
}

func BenchmarkFromHTML(b *testing.B) {
	var html strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&html, "<p>One <strong>%d</strong> of many</p><ul><li>item</li></ul>", i)
	}
	b.SetBytes(int64(html.Len()))
	for b.Loop() {
		n, err := FromHTML(html.String())
		if err != nil {
			b.Fatal(err)
		}
		_ = n.HTML()
	}
}
