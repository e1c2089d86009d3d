package document

import (
	"strings"

	"github.com/sailplane/sailplane/app/ydoc"
)

const embedName = "issue-embed-component"

// attribute is one attribute of a node or mark.
type attribute struct {
	name  string
	value any                      // without one; ydoc.Undefined stands for none at all
	read  func(e element) any      // from HTML, nil for none; without one plainValue of the same name
	write func(value any) htmlAttr // to HTML; without one the attribute of the same name
}

// unwritten is how attributes go to HTML that show in another way, or not at all.
func unwritten(any) htmlAttr { return htmlAttr{} }

func as(name string) func(any) htmlAttr { return func(v any) htmlAttr { return htmlAttr{name, v} } }

// plainly lists attributes that are in HTML by their own names and have no value by themselves.
func plainly(names ...string) []attribute {
	list := make([]attribute, len(names))
	for i, name := range names {
		list[i] = attribute{name: name}
	}
	return list
}

// optionally lists attributes that are not there at all unless they are given.
func optionally(names ...string) []attribute {
	list := plainly(names...)
	for i := range list {
		list[i].value = ydoc.Undefined
	}
	return list
}

func defaults(list []attribute, values map[string]any) []attribute {
	for i := range list {
		if v, ok := values[list[i].name]; ok {
			list[i].value = v
		}
	}
	return list
}

var (
	textAlign = attribute{name: "textAlign", read: func(e element) any {
		switch align := e.style("text-align"); align {
		case "left", "center", "right":
			return align
		}
		return nil
	}, write: func(v any) htmlAttr {
		if align, ok := v.(string); ok && (align == "left" || align == "center" || align == "right") {
			return htmlAttr{"style", "text-align: " + align}
		}
		return htmlAttr{}
	}}
	span     = []attribute{{name: "colspan", value: 1.0}, {name: "rowspan", value: 1.0}}
	colwidth = attribute{name: "colwidth", value: []any{150.0}, read: func(e element) any {
		if width, ok := leadingInt(e.attr("colwidth")); ok {
			return []any{width}
		}
		return nil
	}}
)

// contents says what each node holds: groups or names, "+" for one or more, a name before a blank comes first.
var contents = map[string]string{
	"doc": "block+", "paragraph": "inline", "heading": "inline", "bulletList": "listItem+", "orderedList": "listItem+",
	"listItem": "paragraph block", "taskList": "taskItem+", "taskItem": "paragraph block", "blockquote": "block+",
	"codeBlock": "text", "table": "tableRow+", "tableRow": "tableCell|tableHeader", "tableCell": "block+",
	"tableHeader": "block+", "calloutComponent": "block+",
}

func rule(text string, nodes map[string]*nodeType, blocks, inlines []*nodeType) content {
	if text == "" {
		return content{}
	}
	first, rest, both := strings.Cut(text, " ")
	if !both {
		first, rest = "", first
	}
	rest, some := strings.CutSuffix(rest, "+")
	c := content{first: nodes[first], some: some}
	switch rest {
	case "block":
		c.rest = blocks
	case "inline":
		c.rest = inlines
	default:
		for name := range strings.SplitSeq(rest, "|") {
			c.rest = append(c.rest, nodes[name])
		}
	}
	return c
}

// nodeTable lists the nodes. Their order decides what is put around a node that does not fit.
// Plane: packages/editor/src/core/extensions
func nodeTable() []nodeType {
	image := plainly("src", "alt", "title", "width", "height", "aspectRatio", "alignment")
	component := plainly("src", "alt", "title", "id", "width", "height", "aspectRatio", "alignment", "status")
	return []nodeType{
		{name: "paragraph", block: true, attrs: []attribute{textAlign},
			html: shape{tag: "p", class: "editor-paragraph-block"}},
		{name: "mention", inline: true, attrs: plainly("id", "entity_identifier", "entity_name"),
			html: shape{tag: "mention-component"}},
		{name: "bulletList", block: true, html: shape{tag: "ul", class: "list-disc pl-7 space-y-(--list-spacing-y)"}},
		{name: "doc"},
		{name: "hardBreak", inline: true, html: shape{tag: "br"}},
		{name: "heading", block: true, attrs: []attribute{textAlign, {name: "level", value: 1.0, write: unwritten}},
			html: shape{class: "editor-heading-block"}},
		{name: "listItem", html: shape{tag: "li", class: "not-prose space-y-2"}},
		{name: "orderedList", block: true, attrs: []attribute{
			{name: "start", value: 1.0, read: start, write: writeStart}, {name: "type", read: text("type")}},
			html: shape{tag: "ol", class: "list-decimal pl-7 space-y-(--list-spacing-y)"}},
		{name: "text", inline: true},
		{name: "emoji", inline: true, attrs: []attribute{{name: "name", write: as("data-name")}},
			html: shape{tag: "span", dataType: "emoji"}},
		{name: "blockquote", block: true, html: shape{tag: "blockquote"}},
		{name: "horizontalRule", block: true, html: shape{tag: "div", class: "py-4 border-strong-1",
			dataType: "horizontalRule", inside: [2]string{"<div>", "</div>"}}},
		{name: "image", block: true, html: shape{tag: "img"},
			attrs: defaults(image, map[string]any{"width": "35%", "alignment": "left"})},
		{name: "imageComponent", block: true, html: shape{tag: "image-component"}, attrs: defaults(component,
			map[string]any{"width": "35%", "height": "auto", "alignment": "left", "status": "pending"})},
		{name: "taskList", block: true, html: shape{tag: "ul", class: "not-prose pl-2 space-y-2", dataType: "taskList"}},
		{name: "taskItem", attrs: []attribute{{name: "checked", value: false, read: func(e element) any {
			checked, has := e.lookup("data-checked")
			return has && (checked == "" || checked == "true")
		}, write: as("data-checked")}}, html: shape{tag: "li", class: "flex", dataType: "taskItem"}},
		{name: "codeBlock", block: true, plain: true, html: shape{tag: "pre"},
			attrs: []attribute{{name: "language", read: language, write: unwritten}}},
		{name: "table", block: true, html: shape{tag: "table", inside: [2]string{"<tbody>", "</tbody>"}}},
		{name: "tableHeader", html: shape{tag: "th"}, attrs: append(span[:2:2], colwidth,
			attribute{name: "background", value: "none"})},
		{name: "tableCell", html: shape{tag: "td"}, attrs: append(append(span[:2:2], colwidth),
			plainly("background", "textColor")...)},
		{name: "tableRow", html: shape{tag: "tr"}, attrs: plainly("background", "textColor")},
		{name: "calloutComponent", block: true, html: shape{tag: "div"}, attrs: callout()},
		{name: embedName, block: true, html: shape{tag: embedName}, attrs: optionally("entity_identifier",
			"project_identifier", "workspace_identifier", "id", "entity_name")},
	}
}

func callout() []attribute {
	list := append(plainly("id"), optionally("data-icon-color", "data-icon-name", "data-emoji-unicode", "data-emoji-url",
		"data-logo-in-use", "data-background", "data-block-type")...)
	return defaults(list, map[string]any{"data-emoji-unicode": "128161", "data-logo-in-use": "emoji",
		"data-emoji-url":  "https://cdn.jsdelivr.net/npm/emoji-datasource-apple/img/apple/64/1f4a1.png",
		"data-block-type": calloutType})
}

const (
	calloutType = "callout-component"
	linkClass   = "text-accent-secondary underline underline-offset-[3px] hover:text-accent-primary transition-colors " +
		"cursor-pointer"
	codeClass = "rounded-sm bg-layer-3 px-[6px] py-[1.5px] font-code font-medium text-(--extended-color-orange-600) " +
		"border-[0.5px] border-subtle"
)

// markTable lists the marks, the outermost first.
func markTable() []markType {
	return []markType{
		{name: "link", html: shape{tag: "a"}, attrs: []attribute{{name: "target", value: "_blank"},
			{name: "rel", value: "noopener noreferrer nofollow"}, {name: "class", value: linkClass, write: linkClasses},
			{name: "href", read: text("href"), write: safeAddress}}},
		{name: "textStyle", html: shape{tag: "span"}},
		{name: "bold", html: shape{tag: "strong"}},
		{name: "italic", html: shape{tag: "em"}},
		{name: "strike", html: shape{tag: "s"}},
		{name: "underline", html: shape{tag: "u"}},
		{name: "code", alone: true, html: shape{tag: "code", class: codeClass, extra: ` spellcheck="false"`}},
		{name: "customColor", html: shape{tag: "span"}, attrs: []attribute{
			{name: "color", read: text("data-text-color"), write: truly("data-text-color")},
			{name: "backgroundColor", read: text("data-background-color"), write: truly("data-background-color")}}},
	}
}
