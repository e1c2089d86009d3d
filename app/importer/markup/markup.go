// Package markup makes the editor's HTML of what people wrote in other trackers. Whatever it makes goes through the
// house's sanitizer.
package markup

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/richtext"
)

// most is how long a text may be in bytes; of a longer one the beginning is taken.
const most = 1 << 20

// Empty is the text of nothing.
const Empty = "<p></p>"

// HTML returns a text as the editor's HTML, clean, and whether some of it was left out: it is too long, or cannot be
// shown.
func HTML(t record.Text) (clean string, cut bool) {
	body := strings.ReplaceAll(strings.ToValidUTF8(t.Body, "\uFFFD"), "\x00", "")
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	if len(body) > most {
		body, cut = begin(body, most), true
	}
	if strings.TrimSpace(body) == "" {
		return Empty, cut
	}
	var made string
	switch t.Form {
	case record.Markdown:
		made = fromMarkdown(body)
	case record.Wiki:
		made = fromWiki(body)
	case record.HTML:
		made = body
	default:
		made = fromPlain(body)
	}
	clean, err := richtext.Clean(made)
	if err != nil { // too many elements, or too deep: the words stay
		cut = true
		if clean, err = richtext.Clean(fromPlain(begin(body, most/16))); err != nil {
			return Empty, true
		}
	}
	if clean == "" {
		clean = Empty
	}
	return clean, cut
}

func begin(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// fromPlain makes a paragraph of what is between empty lines, and a break of every other line's end.
func fromPlain(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.Trim(s, "\n"), "\n\n") {
		part = strings.Trim(part, "\n")
		b.WriteString("<p>")
		b.WriteString(strings.ReplaceAll(html.EscapeString(part), "\n", "<br>"))
		b.WriteString("</p>")
	}
	return b.String()
}

// markdown leaves raw HTML out; what is left goes through the sanitizer all the same.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))

// What the parser of Markdown is not given, because its time grows with the square of it: quotes and lists that stand
// deep in each other, and thousands of links. Nobody writes so; the words of such a text stay, without the marks.
const (
	deepest   = 40
	mostLinks = 2000
)

func fromMarkdown(s string) string {
	if strings.Count(s, "](") > mostLinks || strings.Count(s, "[") > 10*mostLinks || deep(s) {
		return fromPlain(s)
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(s), &b); err != nil {
		return fromPlain(s)
	}
	return tasks(b.String())
}

// deep says whether a line begins with more quotes or lists in each other than anybody writes.
func deep(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		n := 0
		for i := 0; i < len(line) && n <= deepest && strings.IndexByte(">-*+.) \t0123456789", line[i]) >= 0; i++ {
			if strings.IndexByte(">-*+.)", line[i]) >= 0 {
				n++
			}
		}
		if n > deepest && strings.Trim(line, "-* \t.+") != "" {
			return true
		}
	}
	return false
}

// tasks turns the boxes of a task list into the editor's.
func tasks(s string) string {
	if !strings.Contains(s, `type="checkbox"`) {
		return s
	}
	s = strings.ReplaceAll(s, `<input checked="" disabled="" type="checkbox"> `, "☑ ")
	return strings.ReplaceAll(s, `<input disabled="" type="checkbox"> `, "☐ ")
}

// Checklist is a list of things to do as the editor has it.
func Checklist(b *strings.Builder, item string, done bool) {
	mark := "false"
	if done {
		mark = "true"
	}
	b.WriteString(`<li data-checked="` + mark + `" data-type="taskItem"><label><input type="checkbox"`)
	if done {
		b.WriteString(` checked="checked"`)
	}
	b.WriteString(`><span></span></label><div><p>` + html.EscapeString(item) + `</p></div></li>`)
}
