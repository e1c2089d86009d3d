// Package document knows the text that Plane's editor writes: its nodes and marks, and how they are read from and
// written as HTML, as JSON and as a Yjs document. The facts are those of the editor of Plane v1.3.1 and of the MIT
// libraries below it (ProseMirror, Tiptap, y-prosemirror); the tables and the code are our own.
package document

import (
	"errors"

	"github.com/sailplane/sailplane/app/ydoc"
)

// A Node is one node of a text, as the editor's JSON has it. Its attributes are JSON values.
type Node struct {
	Type    string         `json:"type"`
	Attrs   map[string]any `json:"attrs,omitempty"`
	Content []Node         `json:"content,omitempty"`
	Marks   []Mark         `json:"marks,omitempty"`
	Text    string         `json:"text,omitempty"`
}

// A Mark is how a stretch of text looks, or where it leads.
type Mark struct {
	Type  string         `json:"type"`
	Attrs map[string]any `json:"attrs,omitempty"`
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

// FromHTML reads HTML as the editor does: what it does not know is left out, what has to be there is made.
func (v Variant) FromHTML(html string) (Node, error) { return Node{}, errors.ErrUnsupported }

// HTML writes the text as the editor does.
func (n Node) HTML() string { return "" }

// FromYjs reads the text of a Yjs document, its fragment "default".
func FromYjs(d *ydoc.Doc) Node { return Node{Type: "doc"} }

// Title returns the plain text of the fragment "title".
func Title(d *ydoc.Doc) string { return "" }

// Yjs returns the text for ydoc.Doc.Replace.
func (n Node) Yjs() []ydoc.Node { return nil }

// TitleYjs returns a title for ydoc.Doc.Replace of the fragment "title".
func TitleYjs(title string) []ydoc.Node { return nil }
