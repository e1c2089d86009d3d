package markup

import (
	"html"
	"strings"
)

// wiki writes HTML of Jira's wiki markup, line by line.
type wiki struct {
	b     strings.Builder
	lists string // the markers of the lists that are open: "*#" is a numbered list in one with bullets
	open  string // the element of lines that is open: p, table, or empty
}

func fromWiki(s string) string {
	w := &wiki{}
	lines := strings.Split(s, "\n")
	for n := 0; n < len(lines); n++ {
		n = w.line(lines, n)
	}
	w.close()
	return w.b.String()
}

// close ends whatever is open.
func (w *wiki) close() {
	w.listTo("")
	if w.open != "" {
		if w.open == "table" {
			w.b.WriteString("</tbody>")
		}
		w.b.WriteString("</" + w.open + ">")
		w.open = ""
	}
}

// line writes the line n and returns the last one that it took.
func (w *wiki) line(lines []string, n int) int {
	line := strings.TrimSpace(lines[n])
	switch {
	case line == "":
		w.close()
	case strings.HasPrefix(line, "{code") || strings.HasPrefix(line, "{noformat"):
		return w.verbatim(lines, n)
	case strings.HasPrefix(line, "{quote}"), strings.HasPrefix(line, "{panel"):
		return w.block(lines, n)
	case line == "----" || line == "-----":
		w.close()
		w.b.WriteString("<hr>")
	case len(line) > 3 && line[0] == 'h' && line[1] >= '1' && line[1] <= '6' && line[2] == '.':
		w.close()
		w.element("h"+line[1:2], line[3:])
	case strings.HasPrefix(line, "bq. "):
		w.close()
		w.b.WriteString("<blockquote>")
		w.element("p", line[4:])
		w.b.WriteString("</blockquote>")
	case line[0] == '|':
		w.row(line)
	default:
		if marks, text, ok := listItem(line); ok {
			w.item(marks, text)
			return n
		}
		w.text(line)
	}
	return n
}

func (w *wiki) element(name, text string) {
	w.b.WriteString("<" + name + ">")
	inline(&w.b, strings.TrimSpace(text), 0)
	w.b.WriteString("</" + name + ">")
}

func (w *wiki) text(line string) {
	if w.lists != "" { // a line that goes on below a list's item
		w.b.WriteString("<br>")
		inline(&w.b, line, 0)
		return
	}
	if w.open == "p" {
		w.b.WriteString("<br>")
	} else {
		w.close()
		w.b.WriteString("<p>")
		w.open = "p"
	}
	inline(&w.b, line, 0)
}

// verbatim writes {code} or {noformat}, to its end or to that of the text.
func (w *wiki) verbatim(lines []string, n int) int {
	w.close()
	first := strings.TrimSpace(lines[n])
	name := "{noformat}"
	if strings.HasPrefix(first, "{code") {
		name = "{code}"
	}
	end := strings.IndexByte(first, '}')
	if end < 0 {
		w.text(strings.TrimPrefix(first, "{"))
		return n
	}
	rest := first[end+1:]
	w.b.WriteString("<pre><code>")
	if before, after, closed := strings.Cut(rest, name); closed {
		w.b.WriteString(html.EscapeString(before) + "</code></pre>")
		if strings.TrimSpace(after) != "" {
			w.text(after)
		}
		return n
	}
	written := false
	put := func(s string) {
		if written {
			w.b.WriteByte('\n')
		}
		w.b.WriteString(html.EscapeString(s))
		written = true
	}
	if rest != "" {
		put(rest)
	}
	for n++; n < len(lines); n++ {
		before, _, closed := strings.Cut(lines[n], name)
		if !closed || before != "" {
			put(before)
		}
		if closed {
			break
		}
	}
	w.b.WriteString("</code></pre>")
	return min(n, len(lines)-1)
}

// block writes {quote} or {panel} to its end.
func (w *wiki) block(lines []string, n int) int {
	w.close()
	first := strings.TrimSpace(lines[n])
	name := "{panel}"
	if strings.HasPrefix(first, "{quote}") {
		name = "{quote}"
	}
	end := strings.IndexByte(first, '}')
	if end < 0 {
		w.text(strings.TrimPrefix(first, "{"))
		return n
	}
	w.b.WriteString("<blockquote>")
	inner := &wiki{}
	if rest := strings.TrimSpace(first[end+1:]); rest != "" {
		before, _, closed := strings.Cut(rest, name)
		inner.text(before)
		if closed {
			inner.close()
			w.b.WriteString(inner.b.String() + "</blockquote>")
			return n
		}
	}
	for n++; n < len(lines); n++ {
		before, _, closed := strings.Cut(lines[n], name)
		if !strings.HasPrefix(strings.TrimSpace(before), "{quote}") { // quotes in quotes are one
			if s := strings.TrimSpace(before); s != "" && !strings.HasPrefix(s, "{panel") {
				if marks, text, ok := listItem(s); ok {
					inner.item(marks, text)
				} else {
					inner.text(s)
				}
			} else {
				inner.close()
			}
		}
		if closed {
			break
		}
	}
	inner.close()
	w.b.WriteString(inner.b.String() + "</blockquote>")
	return min(n, len(lines)-1)
}

// row writes a line of a table.
func (w *wiki) row(line string) {
	if w.open != "table" {
		w.close()
		w.b.WriteString("<table><tbody>")
		w.open = "table"
	}
	w.b.WriteString("<tr>")
	line = strings.TrimSuffix(strings.TrimSuffix(line, "|"), "|")
	for line != "" {
		name := "td"
		line = line[1:]
		if strings.HasPrefix(line, "|") {
			name, line = "th", line[1:]
		}
		cell := line
		if end := cellEnd(line); end >= 0 {
			cell, line = line[:end], line[end:]
		} else {
			line = ""
		}
		w.b.WriteString("<" + name + "><p>")
		inline(&w.b, strings.TrimSpace(cell), 0)
		w.b.WriteString("</p></" + name + ">")
	}
	w.b.WriteString("</tr>")
}

// cellEnd is where the next cell begins: a bar that is in no link.
func cellEnd(s string) int {
	inLink := false
	for i := range len(s) {
		switch s[i] {
		case '[':
			inLink = strings.IndexByte(s[i:], ']') > 0
		case ']':
			inLink = false
		case '|':
			if !inLink {
				return i
			}
		}
	}
	return -1
}

// deepestList is how deep lists may stand in each other.
const deepestList = 10

// listItem takes the markers off a line of a list.
func listItem(line string) (marks, text string, ok bool) {
	n := 0
	for n < len(line) && (line[n] == '*' || line[n] == '#' || line[n] == '-') {
		n++
	}
	if n == 0 || n > deepestList || n >= len(line) || line[n] != ' ' {
		return "", "", false
	}
	return line[:n], strings.TrimSpace(line[n:]), true
}

func (w *wiki) item(marks, text string) {
	if w.lists == "" {
		w.close()
	}
	same := marks == w.lists
	w.listTo(marks)
	if same {
		w.b.WriteString("</li><li>")
	}
	inline(&w.b, text, 0)
}

func listElement(mark byte) string {
	if mark == '#' {
		return "ol"
	}
	return "ul"
}

// listTo closes and opens lists until those of the markers are open, each with an item.
func (w *wiki) listTo(marks string) {
	common := 0
	for common < len(marks) && common < len(w.lists) && listElement(marks[common]) == listElement(w.lists[common]) {
		common++
	}
	back := len(w.lists) > common
	for n := len(w.lists) - 1; n >= common; n-- {
		w.b.WriteString("</li></" + listElement(w.lists[n]) + ">")
	}
	if back && common > 0 && common == len(marks) {
		w.b.WriteString("</li><li>")
	}
	for n := common; n < len(marks); n++ {
		w.b.WriteString("<" + listElement(marks[n]) + "><li>")
	}
	w.lists = marks
}
