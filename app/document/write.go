package document

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// shape is how a node or a mark looks in HTML.
type shape struct {
	tag, class string    // of a heading the tag follows from its level
	extra      string    // further attributes, behind the class
	dataType   string    // the attribute data-type
	inside     [2]string // what stands around the content
}

// htmlAttr is an attribute in HTML; without a name there is none.
type htmlAttr struct {
	name  string
	value any
}

// HTML writes the text as the editor does, and how paragraphs are aligned, which the reference's live server loses. It
// does not clean: what comes from strangers has to go through richtext.Clean.
func (n Node) HTML() string {
	w := writer{schema: Page.schema()}
	if n.Type == "doc" {
		w.list(n.Content)
	} else {
		w.list([]Node{n})
	}
	return w.String()
}

type writer struct {
	strings.Builder
	*schema
}

// list writes nodes. Neighbours share the marks that both have, from the outermost on.
func (w *writer) list(nodes []Node) {
	var open []Mark
	for _, n := range nodes {
		marks := slices.DeleteFunc(slices.Clone(n.Marks), func(m Mark) bool { return w.marks[m.Type] == nil })
		keep := 0
		for keep < len(open) && keep < len(marks) && open[keep].equal(marks[keep]) {
			keep++
		}
		w.close(open[keep:])
		for _, m := range marks[keep:] {
			t := w.marks[m.Type]
			w.tag(t.html.tag, t.html, t.attrs, m.Attrs)
		}
		open = marks
		w.node(n)
	}
	w.close(open)
}

func (w *writer) close(marks []Mark) {
	for _, m := range slices.Backward(marks) {
		w.end(w.marks[m.Type].html.tag)
	}
}

func (w *writer) node(n Node) {
	t := w.nodes[n.Type]
	switch {
	case t == nil:
		w.list(n.Content)
		return
	case t == w.schema.text:
		_, _ = escapes.WriteString(&w.Builder, n.Text)
		return
	}
	name := t.html.tag
	if name == "" {
		name = headingTag(n.Attrs["level"])
	}
	w.tag(name, t.html, t.attrs, n.Attrs)
	if t.leaf() && (name == "br" || name == "img") {
		return
	}
	before, after := t.inside(n)
	w.WriteString(before)
	if t.leaf() {
		_, _ = escapes.WriteString(&w.Builder, leafText(n))
	} else {
		w.list(n.Content)
	}
	w.WriteString(after)
	w.end(name)
}

// inside returns what stands around a node's content.
func (t *nodeType) inside(n Node) (before, after string) {
	switch t.name {
	case "codeBlock":
		class := ""
		if truth(n.Attrs["language"]) {
			class = ` class="language-` + escapes.Replace(shown(n.Attrs["language"])) + `"`
		}
		return "<code" + class + ">", "</code>"
	case "taskItem":
		checked := ""
		if truth(n.Attrs["checked"]) {
			checked = ` checked="checked"`
		}
		return `<label><input type="checkbox"` + checked + `><span></span></label><div>`, "</div>"
	}
	return t.html.inside[0], t.html.inside[1]
}

// leafText is the text that stands for a leaf in HTML.
func leafText(n Node) string {
	if n.Type == "emoji" {
		return emoji(n.Attrs["name"])
	}
	return ""
}

func headingTag(level any) string {
	if n, ok := level.(float64); ok && slices.Contains([]float64{1, 2, 3, 4, 5, 6}, n) {
		return fmt.Sprintf("h%d", int(n))
	}
	return "h1"
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;", `"`, "&quot;",
	"\u00a0", "&nbsp;", "\u00ad", "&shy;")

func (w *writer) tag(name string, s shape, attrs []attribute, values map[string]any) {
	w.WriteString("<" + name)
	if s.class != "" {
		w.WriteString(` class="` + s.class + `"`)
	}
	w.WriteString(s.extra)
	for _, a := range attrs {
		value, ok := values[a.name]
		if !ok {
			continue
		}
		out := htmlAttr{a.name, value}
		if a.write != nil {
			out = a.write(value)
		}
		if out.name != "" {
			w.attr(out)
		}
	}
	if s.dataType != "" {
		w.WriteString(` data-type="` + s.dataType + `"`)
	}
	w.WriteString(">")
}

func (w *writer) end(name string) { w.WriteString("</" + name + ">") }

func (w *writer) attr(a htmlAttr) {
	switch a.value {
	case nil, false:
		return
	case true:
		w.WriteString(" " + a.name)
		return
	}
	w.WriteString(" " + a.name + `="`)
	_, _ = escapes.WriteString(&w.Builder, shown(a.value))
	w.WriteString(`"`)
}

// shown is a value as the editor's language shows it.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			if one != nil {
				parts[i] = shown(one)
			}
		}
		return strings.Join(parts, ",")
	case map[string]any:
		return "[object Object]"
	}
	data, err := json.Marshal(v) // numbers look the same in both languages
	if err != nil {
		return ""
	}
	return string(data)
}

// truth is what a value counts as in a condition.
func truth(v any) bool {
	switch v {
	case nil, false, 0.0, "":
		return false
	}
	return true
}

func writeStart(v any) htmlAttr {
	if v == 1.0 {
		return htmlAttr{}
	}
	return htmlAttr{"start", v}
}

// truly writes a value unless it is empty.
func truly(name string) func(any) htmlAttr {
	return func(v any) htmlAttr {
		if !truth(v) {
			return htmlAttr{}
		}
		return htmlAttr{name, v}
	}
}

// linkClasses writes the classes that every link has, and those of its own.
func linkClasses(v any) htmlAttr {
	list := strings.Split(linkClass, " ")
	if truth(v) {
		for class := range strings.SplitSeq(shown(v), " ") {
			if !slices.Contains(list, class) {
				list = append(list, class)
			}
		}
	}
	return htmlAttr{"class", strings.Join(list, " ")}
}

func safeAddress(v any) htmlAttr {
	if address, ok := v.(string); ok && runs(address) {
		return htmlAttr{"href", ""}
	}
	return htmlAttr{"href", v}
}
