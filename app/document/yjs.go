package document

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app/ydoc"
)

// maxDepth is how deep nodes may stand in one another, as ydoc has it; deeper ones of trees and JSON are left out.
const maxDepth = 200

// FromYjs reads the text of a Yjs document, its fragment Body, as the editor of pages does.
func FromYjs(d *ydoc.Doc) Node { return Page.FromTree(d.Content(Body)) }

// FromTree reads the content of a fragment as the editor does: a node with anything in it that may not be there is left
// out. (An editor that is open deletes it.)
func (v Variant) FromTree(list []ydoc.Node) Node {
	s := v.schema()
	root := Node{Type: "doc"}
	for _, y := range list {
		if n, ok := s.fromElement(y, 1); ok {
			root.Content = append(root.Content, n)
		}
	}
	return root
}

func (s *schema) fromElement(y ydoc.Node, depth int) (Node, bool) {
	t := s.nodes[y.Name]
	if t == nil || t == s.text || depth > maxDepth {
		return Node{}, false
	}
	n := Node{Type: t.name, Attrs: complete(t.attrs, y.Attrs)}
	for _, child := range y.Children {
		if child.Name == "" {
			n.Content = append(n.Content, s.fromText(child.Text)...)
		} else if inner, ok := s.fromElement(child, depth+1); ok {
			n.Content = append(n.Content, inner)
		}
	}
	n.Content = joined(n.Content)
	return n, s.fits(t, n.Content)
}

// fits says whether a node of the type may hold that content.
func (s *schema) fits(t *nodeType, list []Node) bool {
	state := empty
	for _, n := range list {
		if !t.holds.allows(state, s.nodes[n.Type]) || t.plain && len(n.Marks) > 0 {
			return false
		}
		state = begun
	}
	return !t.holds.lacks(state)
}

func (s *schema) fromText(runs []ydoc.Run) []Node {
	var list []Node
	for _, r := range runs {
		if r.Text == "" {
			continue
		}
		n := Node{Type: "text", Text: r.Text}
		for _, key := range slices.Sorted(maps.Keys(r.Marks)) {
			t, value := s.marks[markName(key)], r.Marks[key]
			twice := func(m Mark) bool { return m.Type == t.name }
			if t == nil || value == nil || slices.ContainsFunc(n.Marks, twice) {
				continue
			}
			given, _ := value.(map[string]any)
			n.Marks = append(n.Marks, Mark{Type: t.name, Attrs: complete(t.attrs, given)})
		}
		slices.SortFunc(n.Marks, func(a, b Mark) int { return s.marks[a.Type].rank - s.marks[b.Type].rank })
		list = append(list, n)
	}
	return list
}

// hashed is how the editor names a mark of which a text may have several: with a hash of its values.
var hashed = regexp.MustCompile(`(?s)^(.*)--[a-zA-Z0-9+/=]{8}$`)

func markName(key string) string {
	if m := hashed.FindStringSubmatch(key); m != nil {
		return m[1]
	}
	return key
}

// Title returns the plain text of the fragment TitlePart.
func Title(d *ydoc.Doc) string {
	var parts []string
	for _, block := range d.Content(TitlePart) {
		var b strings.Builder
		words(&b, block, 1)
		if part := strings.TrimSpace(b.String()); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

func words(b *strings.Builder, y ydoc.Node, depth int) {
	for _, r := range y.Text {
		b.WriteString(r.Text)
	}
	for _, child := range y.Children {
		if depth < maxDepth {
			words(b, child, depth+1)
		}
	}
}

// TitleTree returns a title for ydoc.Doc.Replace of the fragment TitlePart.
func TitleTree(title string) []ydoc.Node {
	n := Node{Type: "heading", Attrs: map[string]any{"level": 1.0}}
	if title != "" {
		n.Content = []Node{{Type: "text", Text: title}}
	}
	return Node{Type: "doc", Content: []Node{n}}.Yjs()
}

// Yjs returns the text for ydoc.Doc.Replace. Attributes without a value are there as undefined, as the editor writes
// them: nodes that did not change look the same then.
func (n Node) Yjs() []ydoc.Node { return Page.schema().trees(n.Content) }

func (s *schema) trees(list []Node) []ydoc.Node {
	var out []ydoc.Node
	for i := 0; i < len(list); i++ {
		if list[i].Type != "text" {
			if t := s.nodes[list[i].Type]; t != nil {
				out = append(out, ydoc.Node{Name: t.name, Attrs: t.yjsAttrs(list[i].Attrs),
					Children: s.trees(list[i].Content)})
			}
			continue
		}
		var runs []ydoc.Run
		for ; i < len(list) && list[i].Type == "text"; i++ {
			runs = append(runs, ydoc.Run{Text: list[i].Text, Marks: yjsMarks(list[i].Marks)})
		}
		i--
		out = append(out, ydoc.Node{Text: runs})
	}
	return out
}

func (t *nodeType) yjsAttrs(given map[string]any) map[string]any {
	var values map[string]any
	for _, a := range t.attrs {
		v, ok := given[a.name]
		if !ok {
			v = a.value
		}
		if v == nil {
			continue
		}
		if values == nil {
			values = map[string]any{}
		}
		values[a.name] = v
	}
	return values
}

func yjsMarks(marks []Mark) map[string]any {
	if len(marks) == 0 {
		return nil
	}
	values := make(map[string]any, len(marks))
	for _, m := range marks {
		attrs := m.Attrs
		if attrs == nil {
			attrs = map[string]any{}
		}
		values[m.Type] = attrs
	}
	return values
}
