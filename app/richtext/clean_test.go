package richtext

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"
)

type sample struct {
	In, Out string
	Error   bool
}

func samples(t *testing.T, file string) []sample {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// testdata/clean.json holds what nh3 0.2.18 makes of each input.
func TestClean(t *testing.T) {
	for _, s := range samples(t, "clean.json") {
		got, err := Clean(s.In)
		if err != nil {
			t.Errorf("%q: %v", s.In, err)
		}
		if diff := cmp.Diff(s.Out, got); diff != "" {
			t.Errorf("%q: %s", s.In, diff)
		}
	}
}

// testdata/normalise.json holds what lxml 6.1.0 and then nh3 make of each input.
func TestNormalise(t *testing.T) {
	for _, s := range samples(t, "normalise.json") {
		got, err := Normalise(s.In)
		if s.Error {
			if err == nil {
				t.Errorf("%q: no error", s.In)
			}
			continue
		}
		if err == nil {
			got, err = Clean(got)
		}
		if err != nil || got != s.Out {
			t.Errorf("%q: got %q, %v, want %q", s.In, got, err, s.Out)
		}
	}
}

func TestCleanRefuses(t *testing.T) {
	if _, err := Clean(strings.Repeat("x", MaxSize+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if _, err := Clean(strings.Repeat("<div>", 100_000)); !errors.Is(err, ErrInvalid) {
		t.Errorf("too deep: %v", err)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"<p>First <b>words</b> &amp; more</p>": "First words & more",
		"<p>x</p><script>alert(1)</script>":    "xalert(1)",
		"<p></p>":                              "",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestMentions(t *testing.T) {
	one := `<mention-component entity_identifier="1" entity_name="user_mention"></mention-component>`
	got := Mentions("<p>" + one + one + `<mention-component entity_identifier=2 entity_name=issue />`)
	if diff := cmp.Diff([]Mention{{"user_mention", "1"}, {"issue", "2"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBinary(t *testing.T) {
	for in, want := range map[string]error{
		"AQIDBP8A": nil, "": nil, "not base64!": ErrBase64, "YWJj": ErrBinaryShort,
		"PGh0bWw+PHNjcmlwdD4=": ErrBinarySuspicious,
	} {
		if _, err := Binary(in); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", in, err, want)
		}
	}
}

func BenchmarkClean(b *testing.B) {
	for b.Loop() {
		_, _ = Clean(`<p class="editor">One paragraph with <b>bold</b> text &amp; a <a href="https://example.com">link</a>.</p>`)
	}
}

// On well-formed text a second cleaning changes nothing. nh3 itself promises no more: it drops a newline after <pre>
// each time, and what stood in an unknown tag may mean something else once that is gone (<p><object><p>).
func TestCleanTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.Custom(func(t *rapid.T) string { return drawBlocks(t, 3) }).Draw(t, "html")
		once, err := Clean(in)
		if err != nil {
			t.Skip()
		}
		if twice, err := Clean(once); err != nil || twice != once {
			t.Fatalf("%q became %q, %v", once, twice, err)
		}
		if strings.Contains(once, "javascript:") || strings.Contains(once, "onclick") || strings.Contains(once, "<script") {
			t.Fatalf("%q is left of %q", once, in)
		}
	})
}

var attributes = []string{"", ` class="editor"`, ` id='a"b'`, ` style="color: red"`, ` onclick="alert(1)"`,
	` href="https://x.org/?a=1&amp;b=2"`, ` href="javascript:alert(1)"`, ` src="/a b.png"`,
	` title="&lt;i&gt; &amp;amp; &quot;"`, ` data-id=1 data-id=2`, ` colspan="2" unknown`,
	` entity_identifier="1" entity_name="user_mention"`}

// drawText draws text as it stands in HTML, and no word that is looked for.
func drawText(t *rapid.T) string {
	text := rapid.StringMatching(`[a-d <>&"'\n\x{a0}ü😀;#]{0,12}`).Draw(t, "text")
	return html.EscapeString(text)
}

func drawTag(t *rapid.T, inside func(*rapid.T) string, names ...string) string {
	tag := rapid.SampledFrom(names).Draw(t, "tag")
	open := "<" + tag + rapid.SampledFrom(attributes).Draw(t, "attribute") + ">"
	if voidTags[tag] {
		return open
	}
	return open + inside(t) + "</" + tag + ">"
}

func drawMany(t *rapid.T, most int, one func(*rapid.T) string) string {
	var b strings.Builder
	for range rapid.IntRange(0, most).Draw(t, "count") {
		b.WriteString(one(t))
	}
	return b.String()
}

// drawBlocks draws blocks, lists and tables; tags that are not allowed unwrap to what may stand there.
func drawBlocks(t *rapid.T, depth int) string {
	inside := func(t *rapid.T) string { return drawInline(t, depth) }
	blocks := func(t *rapid.T) string { return drawBlocks(t, depth-1) }
	return drawMany(t, 3, func(t *rapid.T) string {
		kinds := 5
		if depth == 0 {
			kinds = 2
		}
		switch rapid.IntRange(0, kinds).Draw(t, "kind") {
		case 0:
			return drawTag(t, inside, "p", "h1", "h3")
		case 1:
			return drawTag(t, inside, "hr", "image-component", "figure")
		case 2:
			return "<pre language=go>x" + drawText(t) + "</pre><script>javascript:" + strings.ReplaceAll(drawText(t), "/", "") +
				"</script>"
		case 3:
			return drawTag(t, blocks, "div", "blockquote", "section", "details", "article")
		case 4:
			return drawTag(t, func(t *rapid.T) string {
				return drawMany(t, 3, func(t *rapid.T) string { return drawTag(t, blocks, "li") })
			}, "ul", "ol")
		}
		return drawTag(t, func(t *rapid.T) string {
			row := func(t *rapid.T) string {
				return drawTag(t, func(t *rapid.T) string { return drawTag(t, blocks, "td", "th") }, "tr")
			}
			return "<tbody>" + drawMany(t, 2, row) + "</tbody>"
		}, "table")
	})
}

// drawInline draws what stands in a line.
func drawInline(t *rapid.T, depth int) string {
	return drawMany(t, 3, func(t *rapid.T) string {
		if depth == 0 || rapid.Bool().Draw(t, "plain") {
			return drawText(t)
		}
		if rapid.Bool().Draw(t, "leaf") {
			return drawTag(t, drawText, "a", "code")
		}
		return drawTag(t, func(t *rapid.T) string { return drawInline(t, depth-1) }, "strong", "em", "s", "u", "span", "sub",
			"mention-component", "label", "input", "img", "br", "blink", "x-y")
	})
}

func FuzzClean(f *testing.F) {
	f.Add(`<p>a<b>b<svg><a href="javascript:x">`)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Clean(s)
		if err != nil {
			return
		}
		nodes, err := parse(got, atom.Div)
		if err != nil {
			return
		}
		for _, root := range nodes {
			for n := range root.Descendants() {
				if n.Type == html.ElementNode && (n.Namespace != "" || !allowedTags[n.Data]) {
					t.Fatalf("%q left <%s> in %q", s, n.Data, got)
				}
			}
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("<p>a &amp; b")
	f.Fuzz(func(_ *testing.T, s string) { Text(s); Mentions(s) })
}

func FuzzNormalise(f *testing.F) {
	f.Add("a<p>b")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := Normalise(s); (got == "") != (err != nil) {
			t.Fatalf("%q: %q, %v", s, got, err)
		}
	})
}
