package markup

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/richtext"
)

func TestHTML(t *testing.T) {
	for _, c := range []struct {
		form       record.Form
		body, want string
	}{
		{record.Plain, "", "<p></p>"},
		{record.Plain, "a <b>\r\nc\n\nd", "<p>a &lt;b&gt;<br>c</p><p>d</p>"},
		{record.HTML, `<p onclick="x">a<script>1</script></p>`, "<p>a</p>"},
		{record.Markdown, "**bold** <script>x</script>\n\n- a\n- b", "<p><strong>bold</strong> x</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
		{record.Markdown, "[x](javascript:alert(1))", `<p><a href="" rel="noopener noreferrer">x</a></p>` + "\n"},
		{record.Markdown, "- [x] a\n- [ ] b", "<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>\n"},
		{record.Wiki, "h2. Title\ntext *bold* and _em_ x*y\nmore",
			"<h2>Title</h2><p>text <strong>bold</strong> and <em>em</em> x*y<br>more</p>"},
		{record.Wiki, " * a\n * b\n ** c\n * d\n# e", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul><ol><li>e</li></ol>"},
		{record.Wiki, "||a||b||\n|c|[d|http://x.test/]|",
			`<table><tbody><tr><th><p>a</p></th><th><p>b</p></th></tr><tr><td><p>c</p></td><td><p><a href="http://x.test/" rel="noopener noreferrer">d</a></p></td></tr></tbody></table>`},
		{record.Wiki, "{code:go}\nif a < b {\n}\n{code}\nafter", "<pre><code>if a &lt; b {\n}</code></pre><p>after</p>"},
		{record.Wiki, "{quote}\nsaid\n{quote}", "<blockquote><p>said</p></blockquote>"},
		{record.Wiki, "{{mono}} [~ann] !shot.png|thumbnail! {color:red}r{color}", "<p><code>mono</code> @ann <em>shot.png</em> r</p>"},
		{record.Wiki, "[x|javascript:alert(1)] <img src=x onerror=1>", "<p>[x|javascript:alert(1)] &lt;img src=x onerror=1&gt;</p>"},
		{record.Wiki, "{code}open", "<pre><code>open</code></pre>"},
	} {
		if got, cut := HTML(record.Text{Body: c.body, Form: c.form}); got != c.want || cut {
			t.Errorf("%q:\n got %s (%v)\nwant %s", c.body, got, cut, c.want)
		}
	}
}

// A text that was written to take long, or to become large, does neither.
func TestHTMLIsBounded(t *testing.T) {
	for _, one := range []string{"*a ", "{{", "[a", "!a", "> ", "* ", "- ", "_a_ ", "[a](", "`", "<b>", "|a", "\\", "**a", "![", "{quote}\n",
		"h1. a\n", "* a\n** b\n", "1. ", "\n\n", "~~a", "<div>"} {
		body := strings.Repeat(one, 200_000/len(one))
		for _, form := range []record.Form{record.Plain, record.Markdown, record.Wiki, record.HTML} {
			if got, _ := HTML(record.Text{Body: body, Form: form}); len(got) > 40*len(body) {
				t.Errorf("%q in form %d became %d bytes", one, form, len(got))
			}
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("h1. a\n* b *c* [d|http://e]\n{code}x{code}\n||f|g|", 2)
	f.Add("# a\n\n- [ ] *b*\n\n| a |\n|---|\n", 1)
	f.Add("<a href='javascript:x'>", 3)
	f.Fuzz(func(t *testing.T, body string, form int) {
		got, _ := HTML(record.Text{Body: body, Form: record.Form(form & 3)})
		if richtext.Harmful(got) {
			t.Errorf("%q became %q", body, got)
		}
	})
}
