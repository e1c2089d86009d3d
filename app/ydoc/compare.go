package ydoc

import (
	"strings"
	"unicode/utf8"
)

// A draft is a node to be written, with what tells it from others.
type draft struct {
	Node
	print    string // equal of equal nodes
	attrs    map[string]string
	children []draft
	pieces   []piece
}

// A piece is a run with what tells it from others.
type piece struct {
	text  string
	embed *draft            // a node in a text
	json  string            // an embedded value
	marks map[string]string // as JSON
	key   string            // equal of pieces that may be compared by their text
}

func (p *piece) isText() bool { return p.embed == nil && p.json == "" }

// A drafter makes drafts, and checks the values in them.
type drafter struct{ limits limits }

func (d drafter) nodes(nodes []Node, depth int) ([]draft, error) {
	drafts := make([]draft, len(nodes))
	for i, n := range nodes {
		var err error
		if drafts[i], err = d.node(n, depth); err != nil {
			return nil, err
		}
	}
	return drafts, nil
}

func (d drafter) node(n Node, depth int) (draft, error) {
	dr := draft{Node: n}
	if depth > d.limits.depth {
		return dr, tooDeep(d.limits)
	}
	var err error
	if n.Name == "" {
		if dr.pieces, err = d.pieces(n.Text, depth); err != nil {
			return dr, err
		}
	} else if err = d.element(&dr, depth); err != nil {
		return dr, err
	}
	dr.print = dr.fingerprint()
	return dr, nil
}

func (d drafter) element(dr *draft, depth int) (err error) {
	dr.Name = valid(dr.Name)
	if len(dr.Attrs) > 0 {
		dr.attrs = make(map[string]string, len(dr.Attrs))
	}
	for key, v := range dr.Attrs {
		b, err := appendValue(nil, v, d.limits.values)
		if err != nil {
			return err
		}
		dr.attrs[valid(key)] = string(b)
	}
	dr.children, err = d.nodes(dr.Children, depth+1)
	return err
}

// pieces joins neighbours with the same marks, and leaves out empty texts.
func (d drafter) pieces(runs []Run, depth int) ([]piece, error) {
	var pieces []piece
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			pieces[len(pieces)-1].text = text.String()
			text.Reset()
		}
	}
	for _, r := range runs {
		p, err := d.piece(r, depth)
		if err != nil {
			return nil, err
		}
		if p.isText() && r.Text == "" {
			continue
		}
		if last := len(pieces) - 1; last < 0 || !p.isText() || pieces[last].key != p.key {
			flush()
			pieces = append(pieces, p)
		}
		if p.isText() {
			text.WriteString(valid(r.Text))
		}
	}
	flush()
	return pieces, nil
}

func (d drafter) piece(r Run, depth int) (piece, error) {
	p := piece{}
	for key, v := range r.Marks {
		if v == nil || v == Undefined {
			continue
		}
		b, err := appendJSON(nil, v, d.limits.values)
		if err != nil {
			return p, err
		}
		if p.marks == nil {
			p.marks = map[string]string{}
		}
		p.marks[valid(key)] = string(b)
	}
	key := appendStrings(nil, p.marks)
	switch embed := r.Embed.(type) {
	case nil:
		key = append(key, 't')
	case Node:
		dr, err := d.node(embed, depth+1)
		if err != nil {
			return p, err
		}
		p.embed = &dr
		key = append(append(key, 'n'), dr.print...)
	default:
		b, err := appendJSON(nil, embed, d.limits.values)
		if err != nil {
			return p, err
		}
		p.json = string(b)
		key = append(append(key, 'e'), b...)
	}
	p.key = string(key)
	return p, nil
}

func (dr *draft) fingerprint() string {
	b := appendBytes(nil, dr.Name)
	b = appendStrings(b, dr.attrs)
	b = appendUint(b, uint64(len(dr.children)))
	for i := range dr.children {
		b = appendBytes(b, dr.children[i].print)
	}
	for i := range dr.pieces {
		b = appendBytes(appendBytes(b, dr.pieces[i].key), dr.pieces[i].text)
	}
	return string(b)
}

func appendStrings(b []byte, m map[string]string) []byte {
	b = appendUint(b, uint64(len(m)))
	for _, key := range sortedKeys(m) {
		b = appendBytes(appendBytes(b, key), m[key])
	}
	return b
}

func valid(s string) string { return strings.ToValidUTF8(s, replacement) }

// trimStart takes off both what they begin with alike, and returns how many UTF-16 units that is.
func trimStart(a, b []piece) (_, _ []piece, same uint64) {
	for len(a) > 0 && len(b) > 0 && a[0].key == b[0].key {
		if !a[0].isText() {
			a, b = a[1:], b[1:]
			same++
			continue
		}
		x, y := a[0].text, b[0].text
		n := 0
		for n < min(len(x), len(y)) && x[n] == y[n] {
			n++
		}
		for n > 0 && (n < len(x) && !utf8.RuneStart(x[n]) || n < len(y) && !utf8.RuneStart(y[n])) {
			n--
		}
		same += units([]byte(x[:n]))
		a[0].text, b[0].text = x[n:], y[n:]
		if n < len(x) && n < len(y) {
			break
		}
		if n == len(x) {
			a = a[1:]
		}
		if n == len(y) {
			b = b[1:]
		}
	}
	return a, b, same
}

// trimEnd takes off both what they end with alike.
func trimEnd(a, b []piece) (_, _ []piece) {
	for len(a) > 0 && len(b) > 0 && a[len(a)-1].key == b[len(b)-1].key {
		last, other := &a[len(a)-1], &b[len(b)-1]
		if !last.isText() {
			a, b = a[:len(a)-1], b[:len(b)-1]
			continue
		}
		x, y := last.text, other.text
		n := 0
		for n < min(len(x), len(y)) && x[len(x)-1-n] == y[len(y)-1-n] {
			n++
		}
		for n > 0 && !utf8.RuneStart(x[len(x)-n]) {
			n--
		}
		last.text, other.text = x[:len(x)-n], y[:len(y)-n]
		if n < len(x) && n < len(y) {
			break
		}
		if n == len(x) {
			a = a[:len(a)-1]
		}
		if n == len(y) {
			b = b[:len(b)-1]
		}
	}
	return a, b
}

func (p *piece) units() uint64 {
	if p.isText() {
		return units([]byte(p.text))
	}
	return 1
}
