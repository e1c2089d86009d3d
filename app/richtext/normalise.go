package richtext

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ErrEmpty says that the v1 API was sent HTML with nothing in it; its text is the one that clients see.
var ErrEmpty = errors.New("Invalid HTML passed")

var (
	// blockTags are those that have the wrapper be a <div>. lxml: html/defs.py
	blockTags = set(`address blockquote caption center col colgroup dd del dir div dl dt fieldset form h1 h2 h3 h4 h5 h6 hr ins
		isindex legend li menu noscript ol optgroup option p pre table tbody td tfoot th thead tr ul`)
	// headTags open a whole document, which lxml does not wrap.
	headTags = set("base link meta script style title")
)

// Normalise brings the HTML into the form that the v1 API keeps: one element, several nodes wrapped in <div>,
// or in <span> where none is a block. It does not clean. Misnested markup
// is repaired by the HTML5 rules and links are left as sent, where lxml repairs in its own way and percent-encodes.
// Plane: api/serializers/issue.py (lxml.html.fromstring)
func Normalise(s string) (string, error) {
	if err := Bound(s); err != nil {
		return "", err
	}
	nodes, err := parse(s, atom.Body)
	if err != nil {
		return "", err
	}
	nodes = trimLeft(nodes)
	if len(nodes) == 0 {
		return "", ErrEmpty
	}
	var b strings.Builder
	wrapper := wrapperOf(s, nodes)
	if wrapper != "" {
		b.WriteString("<" + wrapper + ">")
	}
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return "", fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	if wrapper != "" {
		b.WriteString("</" + wrapper + ">")
	}
	return b.String(), nil
}

// trimLeft drops what comes before the first element or text: blanks and comments.
func trimLeft(nodes []*html.Node) []*html.Node {
	for len(nodes) > 0 {
		n := nodes[0]
		if n.Type == html.ElementNode {
			break
		}
		if n.Type == html.TextNode {
			if n.Data = strings.TrimLeft(n.Data, " \t\r\n\f"); n.Data != "" {
				break
			}
		}
		nodes = nodes[1:]
	}
	return nodes
}

// wrapperOf names the element to wrap the nodes in, "" for none.
func wrapperOf(s string, nodes []*html.Node) string {
	start := strings.ToLower(strings.TrimSpace(s[:min(len(s), 256)]))
	document := strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<!doctype")
	if document || nodes[0].Type == html.ElementNode && headTags[nodes[0].Data] || single(nodes) {
		return ""
	}
	for _, n := range nodes {
		if hasBlock(n) {
			return "div"
		}
	}
	return "span"
}

// single reports whether the nodes are one element and at most blanks.
func single(nodes []*html.Node) bool {
	for i, n := range nodes {
		blank := n.Type == html.TextNode && strings.TrimSpace(n.Data) == ""
		if (i == 0) != (n.Type == html.ElementNode) || i > 0 && !blank {
			return false
		}
	}
	return true
}

func hasBlock(n *html.Node) bool {
	if n.Type == html.ElementNode && blockTags[n.Data] {
		return true
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && blockTags[d.Data] {
			return true
		}
	}
	return false
}
