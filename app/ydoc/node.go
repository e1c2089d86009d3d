package ydoc

// A Node is an element, or a stretch of text.
type Node struct {
	Name     string         // of an element; "" of text
	Attrs    map[string]any // of an element: JSON values, and Undefined
	Children []Node
	Text     []Run // of text
}

// A Run is text with the same marks throughout, or one embedded value.
type Run struct {
	Text  string
	Embed any
	Marks map[string]any
}

// Undefined is JavaScript's undefined, which is not null.
var Undefined any = undefined{}

type undefined struct{}
