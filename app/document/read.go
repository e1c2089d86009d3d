package document

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/sailplane/sailplane/app/richtext"
)

// FromHTML reads HTML as the editor does: what it does not know is left out, what has to be there is made. It does not
// clean: addresses and the like are kept as they are. The error is one of richtext.Clean's.
func (v Variant) FromHTML(s string) (Node, error) {
	if err := richtext.Bound(s); err != nil {
		return Node{}, err
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(strings.ToValidUTF8(s, "\uFFFD")), root)
	if err != nil {
		return Node{}, fmt.Errorf("%w: %w", richtext.ErrInvalid, err)
	}
	r := &reader{schema: v.schema()}
	r.places = []*place{{t: r.doc, solid: true}}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	r.children(root, nil)
	r.at = 0
	r.settle()
	return r.places[0].node(), nil
}

// reader goes through HTML and puts what it finds where it fits. Which places are open changes more slowly than what is
// read: a place that was left is closed when something is put elsewhere, as its last blanks depend on that.
type reader struct {
	*schema
	places     []*place // in one another; doc first
	at         int      // the innermost one that is open
	keepBlanks bool     // within <pre> or a style that keeps blanks
}

// place is a node that is being filled.
type place struct {
	t     *nodeType
	attrs map[string]any
	state int
	solid bool // it is in the HTML, and was not put around something that would not fit
	keep  blanks
	list  []Node
}

// blanks says what happens to blanks and new lines.
type blanks int

const (
	collapse blanks = iota
	keepWidth
	keepAll
)

func (r *reader) top() *place { return r.places[r.at] }

func (r *reader) children(parent *html.Node, marks []Mark) {
	for n := parent.FirstChild; n != nil; n = n.NextSibling {
		switch n.Type {
		case html.TextNode:
			afterBreak := n.PrevSibling != nil && n.PrevSibling.Data == "br" && n.PrevSibling.Type == html.ElementNode
			r.text(n.Data, afterBreak, marks)
		case html.ElementNode:
			r.element(element{n}, marks)
		}
	}
}

const space = " \t\r\n\f"

// text puts a stretch of text.
func (r *reader) text(s string, afterBreak bool, marks []Mark) {
	top := r.top()
	keep := top.keep
	if r.keepBlanks {
		keep = max(keep, keepWidth)
	}
	if keep != keepAll && !top.t.inlineContent() && strings.Trim(s, space) == "" {
		return
	}
	switch keep {
	case keepAll:
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	case keepWidth:
		s = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ").Replace(s)
	default:
		s = collapsed(s)
		if strings.HasPrefix(s, " ") && r.at == len(r.places)-1 && (afterBreak || top.endsInSpace()) {
			s = s[1:]
		}
	}
	if s == "" {
		return
	}
	blank := strings.TrimFunc(s, isBlank) == ""
	r.insert(r.schema.text, Node{Type: "text", Text: s}, marks, blank)
}

func isBlank(c rune) bool { return unicode.IsSpace(c) && c != '\u0085' || c == '\ufeff' }

// collapsed makes one blank of each run of white space.
func collapsed(s string) string {
	var b strings.Builder
	was := false
	for i := range len(s) {
		is := strings.IndexByte(space, s[i]) >= 0
		switch {
		case !is:
			b.WriteByte(s[i])
		case !was:
			b.WriteByte(' ')
		}
		was = is
	}
	return b.String()
}

// endsInSpace says that a blank at the end of what there is would be one too many.
func (p *place) endsInSpace() bool {
	if len(p.list) == 0 {
		return true
	}
	last := p.list[len(p.list)-1].Text
	return last != "" && strings.IndexByte(space, last[len(last)-1]) >= 0
}

func (r *reader) element(e element, marks []Mark) {
	outside := r.keepBlanks
	if e.Data == "pre" || strings.Contains(e.style("white-space"), "pre") {
		r.keepBlanks = true
	}
	if e.Data == "ul" || e.Data == "ol" {
		nestLists(e.Node)
	}
	marks = r.styled(e, marks)
	node := r.nodeOf(e)
	switch mark := r.markOf(e); {
	case mark != nil:
		marks = append(slices.Clip(marks), Mark{Type: mark.name, Attrs: attributes(mark.attrs, e)})
		r.children(e.Node, marks)
	case node != nil && node.leaf():
		n := Node{Type: node.name, Attrs: attributes(node.attrs, e)}
		if !r.insert(node, n, marks, e.Data == "br") && e.Data == "br" && r.top().t.inlineContent() {
			r.text("\n", false, marks)
		}
	case node != nil:
		r.block(node, e, marks)
	case !ignored[e.Data]:
		r.unknown(e, marks)
	}
	r.keepBlanks = outside
}

// block opens a node for an element, and leaves it again.
func (r *reader) block(t *nodeType, e element, marks []Mark) {
	opened := r.fit(t, false)
	if opened {
		keep := r.top().keep
		if t.plain {
			keep = keepAll
		}
		r.open(&place{t: t, attrs: attributes(t.attrs, e), solid: true, keep: keep})
	}
	began := r.top()
	r.children(e.Node, marks)
	if opened && r.back(began) {
		r.at--
	}
}

// unknown reads what is in an element that the editor does not know.
func (r *reader) unknown(e element, marks []Mark) {
	if !blockTags[e.Data] {
		r.children(e.Node, marks)
		return
	}
	top := r.top()
	if len(top.list) > 0 && r.nodes[top.list[0].Type].inline && r.at > 0 {
		r.at--
		top = r.top()
	}
	r.children(e.Node, marks)
	r.back(top)
}

// fit goes to the nearest place where a node of the type fits, and opens there what has to be around it. A cautious one
// stays within the element that it is in.
func (r *reader) fit(t *nodeType, cautious bool) bool {
	var wrap []*nodeType
	var to *place
	for depth, penalty := r.at, 0; depth >= 0; depth-- {
		p := r.places[depth]
		if found, ok := p.t.around(p.state, t); ok && (to == nil || len(wrap) > len(found)+penalty) {
			wrap, to = found, p
			if len(found) == 0 {
				break
			}
		}
		if p.solid {
			if cautious {
				break
			}
			penalty += 2
		}
	}
	if to == nil {
		return false
	}
	r.back(to)
	for _, outer := range wrap {
		r.open(&place{t: outer, attrs: complete(outer.attrs, nil), keep: r.top().keep})
	}
	return true
}

// insert puts a leaf where it fits.
func (r *reader) insert(t *nodeType, n Node, marks []Mark, cautious bool) bool {
	if !r.fit(t, cautious) {
		return false
	}
	r.settle()
	top := r.top()
	top.state = begun
	if t == r.schema.text && !top.t.plain { // a Yjs document knows marks of text only
		for _, m := range marks {
			n.Marks = r.marked(n.Marks, m)
		}
	}
	top.list = append(top.list, n)
	return true
}

func (r *reader) open(p *place) {
	r.settle()
	r.top().state = begun
	r.places = append(r.places, p)
	r.at++
}

// back leaves all places within one.
func (r *reader) back(to *place) bool {
	for i := r.at; i >= 0; i-- {
		if r.places[i] == to {
			r.at = i
			return true
		}
		if r.keepBlanks {
			r.places[i].keep = max(r.places[i].keep, keepWidth)
		}
	}
	return false
}

// settle closes the places that were left.
func (r *reader) settle() {
	for i := len(r.places) - 1; i > r.at; i-- {
		outer := r.places[i-1]
		outer.list = append(outer.list, r.places[i].node())
	}
	r.places = r.places[:r.at+1]
}

// node is what was put into a place, with what has to be there.
func (p *place) node() Node {
	n := Node{Type: p.t.name, Attrs: p.attrs}
	if last := len(p.list) - 1; p.keep == collapse && last >= 0 && p.list[last].Type == "text" {
		if p.list[last].Text = strings.TrimRight(p.list[last].Text, space); p.list[last].Text == "" {
			p.list = p.list[:last]
		}
	}
	n.Content = joined(p.list)
	if p.t.holds.lacks(p.state) {
		n.Content = append(n.Content, p.t.holds.next(p.state)[0].filled())
	}
	return n
}

// joined makes one text of neighbours with the same marks.
func joined(list []Node) []Node {
	var out []Node
	for i := 0; i < len(list); {
		n := list[i]
		end := i + 1
		for n.Type == "text" && end < len(list) && list[end].Type == "text" && equalMarks(n.Marks, list[end].Marks) {
			end++
		}
		if end > i+1 {
			var b strings.Builder
			for _, part := range list[i:end] {
				b.WriteString(part.Text)
			}
			n.Text = b.String()
		}
		out = append(out, n)
		i = end
	}
	return out
}

// nestLists puts a list that stands directly in a list into the item before it, as browsers show it.
func nestLists(list *html.Node) {
	var item *html.Node
	for n := list.FirstChild; n != nil; n = n.NextSibling {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case (n.Data == "ul" || n.Data == "ol") && item != nil:
			list.RemoveChild(n)
			item.AppendChild(n)
			n = item
		case n.Data == "li":
			item = n
		default:
			item = nil
		}
	}
}
