package document

import (
	"maps"
	"slices"
	"strings"
)

// Which node an element is; those that depend on more than their names are in nodeOf.
var nodeTags = map[string]string{
	"p": "paragraph", "mention-component": "mention", "ul": "bulletList", "br": "hardBreak",
	"li": "listItem", "ol": "orderedList", "blockquote": "blockquote", "hr": "horizontalRule",
	"image-component": "imageComponent", "pre": "codeBlock", "table": "table", "th": "tableHeader", "td": "tableCell",
	"tr": "tableRow", embedName: embedName, "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading",
	"h5": "heading", "h6": "heading"}

// Which mark an element is; those that depend on more than their names are in markOf.
var markTags = map[string]string{"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "s": "strike",
	"del": "strike", "strike": "strike", "u": "underline", "code": "code"}

// blockTags are the elements that end a line of text though the editor does not know them.
var blockTags = set(`address article aside blockquote canvas dd div dl fieldset figcaption figure footer form h1 h2 h3 h4
	h5 h6 header hgroup hr li noscript ol output p pre section table tfoot ul`)

// ignored are the elements whose content is no text.
var ignored = set("head noscript object script style title template")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// nodeOf says which node an element is, if any.
func (s *schema) nodeOf(e element) *nodeType {
	name := nodeTags[e.Data]
	switch kind := e.attr("data-type"); e.Data {
	case "ul":
		if kind == "taskList" {
			name = kind
		}
	case "li":
		if kind == "taskItem" {
			name = kind
		}
	case "div":
		if kind == "horizontalRule" {
			name = kind
		} else if e.attr("data-block-type") == calloutType {
			name = "calloutComponent"
		}
	case "img":
		if src, ok := e.lookup("src"); ok && !strings.HasPrefix(src, "data:") {
			name = "image"
		}
	}
	return s.nodes[name]
}

// markOf says which mark an element is, if any. A span is one always, and thus never an emoji.
func (s *schema) markOf(e element) *markType {
	name := markTags[e.Data]
	switch e.Data {
	case "b":
		if e.style("font-weight") == "normal" {
			name = ""
		}
	case "i":
		if e.style("font-style") == "normal" {
			name = ""
		}
	case "a":
		if href, ok := e.lookup("href"); ok && !runs(href) {
			name = "link"
		}
	case "span":
		name = "customColor"
		if _, styled := e.lookup("style"); styled {
			name = "textStyle"
		}
	}
	return s.marks[name]
}

// runs says whether an address is a script or a document of its own.
func runs(address string) bool {
	address = strings.ToLower(address)
	return strings.HasPrefix(address, "javascript:") || strings.HasPrefix(address, "data:") ||
		strings.HasPrefix(address, "vbscript:")
}

// attributes reads the attributes of a node or a mark from an element.
func attributes(list []attribute, e element) map[string]any {
	given := map[string]any{}
	if len(e.Data) == 2 && e.Data[0] == 'h' && e.Data != "hr" {
		given["level"] = float64(e.Data[1] - '0')
	}
	for _, a := range list {
		read := a.read
		if read == nil {
			read = plainValue(a.name)
		}
		if v := read(e); v != nil {
			given[a.name] = v
		}
	}
	return complete(list, given)
}

// styled returns the marks that hold inside an element with that style.
func (s *schema) styled(e element, marks []Mark) []Mark {
	if _, ok := e.lookup("style"); !ok {
		return marks
	}
	add := func(name string) { marks = append(slices.Clip(marks), Mark{Type: name}) }
	without := func(name string) {
		marks = slices.DeleteFunc(slices.Clone(marks), func(m Mark) bool { return m.Type == name })
	}
	switch weight := e.style("font-weight"); {
	case weight == "400":
		without("bold")
	case heavy(weight):
		add("bold")
	}
	switch e.style("font-style") {
	case "normal":
		without("italic")
	case "italic":
		add("italic")
	}
	line := e.style("text-decoration")
	if strings.Contains(line, "line-through") {
		add("strike")
	}
	if strings.Contains(line, "underline") {
		add("underline")
	}
	return marks
}

func heavy(weight string) bool {
	if weight == "bold" || weight == "bolder" {
		return true
	}
	return len(weight) >= 3 && weight[0] >= '5' && strings.Trim(weight, "0123456789") == ""
}

// marked adds a mark to those of a text, in its place: it takes the place of one of its type, and code bears no others.
func (s *schema) marked(marks []Mark, m Mark) []Mark {
	t := s.marks[m.Type]
	list := make([]Mark, 0, len(marks)+1)
	placed := false
	for _, other := range marks {
		switch o := s.marks[other.Type]; {
		case other.equal(m):
			return marks
		case t.alone || o == t:
			continue
		case o.alone:
			return marks
		case !placed && o.rank > t.rank:
			list, placed = append(list, m), true
		}
		list = append(list, other)
	}
	if !placed {
		list = append(list, m)
	}
	return list
}

func (m Mark) equal(o Mark) bool {
	return m.Type == o.Type && equalValues(m.Attrs, o.Attrs)
}

func equalMarks(a, b []Mark) bool { return slices.EqualFunc(a, b, Mark.equal) }

func equalValues(a, b map[string]any) bool { return maps.EqualFunc(a, b, equalValue) }

func equalValue(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equalValue)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && equalValues(a, b)
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}
