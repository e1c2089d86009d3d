// Package document knows the text that Plane's editor writes: its nodes and marks, and how they are read from and
// written as HTML, as JSON and as a Yjs document. The facts are those of the editor of Plane v1.3.1 and of the MIT
// libraries below it (ProseMirror, Tiptap, y-prosemirror); the tables and the code are our own.
package document

import (
	"encoding/json"
	"fmt"
)

// A Node is one node of a text, as the editor's JSON has it. Its attributes are JSON values. The whole text is a node
// of type "doc".
type Node struct {
	Type    string         `json:"type"`
	Attrs   map[string]any `json:"attrs,omitzero"`
	Content []Node         `json:"content,omitempty"`
	Marks   []Mark         `json:"marks,omitempty"`
	Text    string         `json:"text,omitempty"`
}

// A Mark is how a stretch of text looks, or where it leads.
type Mark struct {
	Type  string         `json:"type"`
	Attrs map[string]any `json:"attrs,omitzero"`
}

// Variant is one of the two editors. They differ in one node: only Page has embedded work items.
type Variant string

// The names of the variants are those of /live/convert-document/.
const (
	Rich Variant = "rich"     // of descriptions and comments
	Page Variant = "document" // of pages
)

// Fragments of a Yjs document.
const (
	Body      = "default"
	TitlePart = "title"
)

// FromHTML reads HTML as the editor of pages does.
func FromHTML(html string) (Node, error) { return Page.FromHTML(html) }

// FromJSON reads the editor's JSON. Nodes and marks that the editor of pages does not know are left out, attributes
// that are missing get their values; the content is not checked.
func FromJSON(data []byte) (Node, error) {
	var n Node
	if err := json.Unmarshal(data, &n); err != nil {
		return Node{}, fmt.Errorf("read a text: %w", err)
	}
	if n.Type != "doc" {
		return Node{}, fmt.Errorf("read a text: its type is %q and not doc", n.Type)
	}
	return Node{Type: n.Type, Content: Page.schema().known(n.Content, 1)}, nil
}

func (s *schema) known(list []Node, depth int) []Node {
	if depth > maxDepth {
		return nil
	}
	var out []Node
	for _, n := range list {
		t := s.nodes[n.Type]
		if t == nil || t == s.doc || (t == s.text) != (n.Text != "") {
			continue
		}
		k := Node{Type: n.Type, Attrs: complete(t.attrs, n.Attrs), Text: n.Text, Content: s.known(n.Content, depth+1)}
		for _, m := range n.Marks {
			if mt := s.marks[m.Type]; mt != nil {
				k.Marks = append(k.Marks, Mark{Type: m.Type, Attrs: complete(mt.attrs, m.Attrs)})
			}
		}
		out = append(out, k)
	}
	return out
}
