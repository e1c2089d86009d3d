package ydoc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

func paragraph(runs ...ydoc.Run) ydoc.Node {
	return ydoc.Node{Name: "paragraph", Children: []ydoc.Node{{Text: runs}}}
}

func bold(text string) ydoc.Run {
	return ydoc.Run{Text: text, Marks: map[string]any{"bold": map[string]any{}}}
}

// What is replaced writes little, and what others write meanwhile in what stays is kept.
func TestReplaceDisturbsLittle(t *testing.T) {
	long := strings.Repeat("long ", 100)
	before := []ydoc.Node{
		paragraph(ydoc.Run{Text: "first " + long}), paragraph(ydoc.Run{Text: "second 😀 "}, bold("is bold"), ydoc.Run{Text: long}),
		{Name: "image", Attrs: map[string]any{"src": long, "width": 3}}, paragraph(ydoc.Run{Text: "last " + long}),
	}
	for name, c := range map[string]struct {
		content []ydoc.Node
		bytes   int // of the update, at most
		want    string
	}{
		"nothing":      {before, 0, ""},
		"one word":     {with(before, 1, paragraph(ydoc.Run{Text: "second 😃 "}, bold("is bold"), ydoc.Run{Text: long})), 30, "second 😃"},
		"a mark":       {with(before, 1, paragraph(ydoc.Run{Text: "second 😀 is bold" + long})), 45, "is bold"},
		"more marks":   {with(before, 1, paragraph(ydoc.Run{Text: "second 😀 "}, bold("is bolder"), ydoc.Run{Text: long})), 30, "bolder"},
		"a block":      {append([]ydoc.Node{paragraph(ydoc.Run{Text: "new"})}, before...), 50, "new"},
		"less":         {append(before[:2:2], before[3]), 30, "last"},
		"an attribute": {with(before, 2, ydoc.Node{Name: "image", Attrs: map[string]any{"src": long, "width": 4}}), 30, "second"},
		"two places": {append(append([]ydoc.Node{paragraph(ydoc.Run{Text: "new"})}, before[:3]...),
			paragraph(ydoc.Run{Text: "LAST " + long})), 80, "LAST"},
		"another name": {with(before, 2, ydoc.Node{Name: "figure"}), 60, "second"},
	} {
		t.Run(name, func(t *testing.T) {
			server, editor := ydoc.New(), ydoc.New()
			start := replaced(t, server, before, 1)
			if err := editor.Apply(start); err != nil {
				t.Fatal(err)
			}
			typed := replaced(t, editor, with(before, 0, paragraph(ydoc.Run{Text: "typed first " + long})), 2)
			update := replaced(t, server, c.content, 3)
			if len(update) > c.bytes {
				t.Errorf("an update of %d bytes, at most %d", len(update), c.bytes)
			}
			if err := errors.Join(server.Apply(typed), editor.Apply(orEmpty(update))); err != nil {
				t.Fatal(err)
			}
			text := string(encoded(plainNodes(server.Content("default"))))
			if !strings.Contains(text, c.want) || !strings.Contains(text, "typed first") {
				t.Errorf("%q and what was typed is not in %s", c.want, text)
			}
			if other := string(encoded(plainNodes(editor.Content("default")))); other != text {
				t.Errorf("the editor has\n%s\nthe server\n%s", other, text)
			}
		})
	}
}

func with(nodes []ydoc.Node, at int, n ydoc.Node) []ydoc.Node {
	nodes = append([]ydoc.Node(nil), nodes...)
	nodes[at] = n
	return nodes
}

func replaced(t *testing.T, d *ydoc.Doc, content []ydoc.Node, client uint64) []byte {
	t.Helper()
	update, err := d.Replace("default", content, client)
	if err != nil {
		t.Fatal(err)
	}
	return update
}

func orEmpty(update []byte) []byte {
	if update == nil {
		return []byte{0, 0}
	}
	return update
}

func TestReplaceRefuses(t *testing.T) {
	deep := ydoc.Node{Name: "p"}
	for range 300 {
		deep = ydoc.Node{Name: "p", Children: []ydoc.Node{deep}}
	}
	values := any("x")
	for range 300 {
		values = []any{values}
	}
	for name, c := range map[string]struct {
		node   ydoc.Node
		client uint64
		want   error
	}{
		"elements that are too deep": {deep, 1, ydoc.ErrTooLarge},
		"values that are too deep":   {ydoc.Node{Name: "p", Attrs: map[string]any{"x": values}}, 1, ydoc.ErrTooLarge},
		"a value that Yjs has not":   {ydoc.Node{Name: "p", Attrs: map[string]any{"x": struct{}{}}}, 1, ydoc.ErrMalformed},
		"a mark that JSON has not":   {paragraph(ydoc.Run{Text: "x", Marks: map[string]any{"x": func() {}}}), 1, ydoc.ErrMalformed},
		"no number of a client":      {paragraph(), 1 << 60, ydoc.ErrMalformed},
		"too much":                   {paragraph(ydoc.Run{Text: strings.Repeat("x", 10_000)}), 1, ydoc.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			d := ydoc.WithLimits(ydoc.Limits{Document: 9_000})
			start := replaced(t, d, []ydoc.Node{paragraph(ydoc.Run{Text: "stays"})}, 1)
			size := d.Size()
			if _, err := d.Replace("default", []ydoc.Node{c.node}, c.client); !errors.Is(err, c.want) {
				t.Errorf("%v, it should be: %v", err, c.want)
			}
			if now := diff(t, d, nil); string(now) != string(start) || d.Size() != size {
				t.Errorf("%x became %x", start, now)
			}
		})
	}
}

// The fragment of the title is apart from that of the text.
func TestFragmentsAreApart(t *testing.T) {
	d := ydoc.New()
	replaced(t, d, []ydoc.Node{paragraph(ydoc.Run{Text: "text"})}, 1)
	if _, err := d.Replace("title", []ydoc.Node{{Name: "heading"}}, 1); err != nil {
		t.Fatal(err)
	}
	if got := d.Content("title"); len(got) != 1 || got[0].Name != "heading" {
		t.Errorf("the title is %s", encoded(plainNodes(got)))
	}
	if got := d.Content("default"); len(got) != 1 || got[0].Name != "paragraph" {
		t.Errorf("the text is %s", encoded(plainNodes(got)))
	}
	if got := d.Content("other"); got != nil {
		t.Errorf("a fragment that is not there has %s", encoded(plainNodes(got)))
	}
}
