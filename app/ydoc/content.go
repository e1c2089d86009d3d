package ydoc

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Content returns the tree of a root fragment. What is neither element nor text, which editors do not write, is left
// out, as is what is deeper than the limit.
func (d *Doc) Content(fragment string) []Node {
	r := d.roots[fragment]
	if r == nil {
		return nil
	}
	return r.children()
}

func (br *branch) children() []Node {
	var nodes []Node
	for it := br.start; it != nil; it = it.right {
		if n, ok := it.node(); ok {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// node returns an element or a text.
func (it *item) node() (Node, bool) {
	if it.deleted || it.branch == nil {
		return Node{}, false
	}
	switch it.branch.ref {
	case refElement:
		return Node{Name: it.branch.name, Attrs: it.branch.attributes(), Children: it.branch.children()}, true
	case refXMLText:
		return Node{Text: it.branch.runs()}, true
	default:
		return Node{}, false
	}
}

func (br *branch) attributes() map[string]any {
	var attrs map[string]any
	for _, it := range br.attrs.all {
		if it.deleted {
			continue
		}
		if attrs == nil {
			attrs = map[string]any{}
		}
		attrs[*it.sub] = it.lastValue()
	}
	return attrs
}

// lastValue returns the last value that an item holds.
func (it *item) lastValue() any {
	data := it.data
	if it.kind == kindAny || it.kind == kindJSON {
		_, data = cut(it.kind, data, it.length, it.length-1)
	}
	r := &reader{b: data}
	switch it.kind {
	case kindAny:
		return r.value()
	case kindJSON:
		return fromJSON(r.bytes())
	case kindEmbed:
		return fromJSON(data)
	case kindBinary:
		return append([]byte{}, data...)
	case kindString:
		_, last := cut(it.kind, data, it.length, it.length-1)
		return string(last)
	default:
		return Undefined
	}
}

func fromJSON(b []byte) any {
	var v any
	if json.Unmarshal(b, &v) != nil { // "undefined", the one text that is no JSON
		return Undefined
	}
	return v
}

// runs returns the text with its marks; neighbours with the same marks are one run.
func (br *branch) runs() []Run {
	var runs []Run
	var text strings.Builder // of the last run
	marks := map[string]any{}
	shared := map[string]any(nil) // what the runs since the last change of marks hold
	flush := func() {
		if text.Len() > 0 {
			runs[len(runs)-1].Text = text.String()
			text.Reset()
		}
	}
	for it := br.start; it != nil; it = it.right {
		if it.deleted {
			continue
		}
		switch it.kind {
		case kindFormat:
			key, value := it.format()
			if value == nil {
				delete(marks, key)
			} else {
				marks[key] = value
			}
			shared = nil
		default:
			if !it.inText() {
				continue
			}
			if shared == nil && len(marks) > 0 {
				shared = clone(marks)
			}
			if it.kind != kindString || text.Len() == 0 || !equal(runs[len(runs)-1].Marks, shared) {
				flush()
				runs = append(runs, Run{Embed: it.embed(), Marks: shared})
			}
			if it.kind == kindString {
				text.Write(it.data)
			}
		}
	}
	flush()
	return runs
}

// inText says whether the item is part of a text, as Yjs's toDelta reads it.
func (it *item) inText() bool {
	return it.kind == kindString || it.kind == kindEmbed || it.kind == kindType
}

// embed returns the value in a text; Undefined stands for null and for what is neither value, element nor text.
func (it *item) embed() any {
	switch it.kind {
	case kindEmbed:
		if v := fromJSON(it.data); v != nil {
			return v
		}
	case kindType:
		if n, ok := it.node(); ok {
			return n
		}
	default:
		return nil
	}
	return Undefined
}

// format returns the mark that begins or, being nil, ends.
func (it *item) format() (key string, value any) {
	r := &reader{b: it.data}
	return string(r.bytes()), fromJSON(r.bytes())
}

func clone(m map[string]any) map[string]any {
	c := make(map[string]any, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }
