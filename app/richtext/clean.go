// Package richtext cleans, checks and reads the HTML that people write in descriptions and comments.
package richtext

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxSize is the largest HTML or binary document in bytes. Plane: utils/content_validator.py
const MaxSize = 10 << 20

var (
	// ErrTooLarge says that the HTML is over MaxSize; its text is the one that clients see.
	ErrTooLarge = errors.New("HTML content exceeds maximum size limit (10MB)")
	// ErrInvalid says that the HTML cannot be cleaned: it is nested deeper than the parser's 512 elements.
	ErrInvalid = errors.New("Failed to sanitize HTML")
)

// Clean returns the HTML with only the allowed tags, attributes and URLs, spelled as nh3 0.2.18 spells it.
// It differs inside <select>, which is never kept: by today's HTML rules its content may hold allowed tags.
// The error is ErrTooLarge, ErrElements, ErrTangled or ErrInvalid.
func Clean(s string) (string, error) {
	if err := Bound(s); err != nil {
		return "", err
	}
	nodes, err := parse(s, atom.Div)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, n := range nodes {
		clean(&b, n)
	}
	return b.String(), nil
}

// Harmful says whether HTML has a tag, an attribute or an address that Clean would take out. Text that was cleaned has
// none, so that it can stay byte for byte.
func Harmful(s string) bool {
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.SelfClosingTagToken:
			if harmfulTag(z) {
				return true
			}
		}
	}
}

func harmfulTag(z *html.Tokenizer) bool {
	raw, more := z.TagName()
	name := string(raw)
	if !allowedTags[name] {
		return true
	}
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		k := string(key)
		switch {
		case name == "a" && k == "rel":
		case !globalAttrs[k] && !tagAttrs[name][k], addressed(k) && !safeURL(string(val)):
			return true
		}
	}
	return false
}

// addressed says whether an attribute is the address of something that is fetched or gone to.
func addressed(key string) bool { return key == "href" || key == "src" || key == "data-emoji-url" }

func parse(s string, context atom.Atom) ([]*html.Node, error) {
	root := &html.Node{Type: html.ElementNode, Data: context.String(), DataAtom: context}
	nodes, err := html.ParseFragment(strings.NewReader(strings.ToValidUTF8(s, "\uFFFD")), root)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nodes, nil
}

var (
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\u00a0", "&nbsp;")
	attrEscapes = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "\u00a0", "&nbsp;", "\x00", "\uFFFD")
)

// clean writes a node. Its depth is bounded by the parser's, 512.
func clean(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		_, _ = textEscapes.WriteString(b, n.Data)
		return
	case html.ElementNode:
	default:
		return
	}
	if n.Data == "script" || n.Data == "style" || n.Data == "template" && n.Namespace == "" {
		return
	}
	// An allowed name inside SVG or MathML would change its meaning once the foreign parent is gone.
	keep := n.Namespace == "" && allowedTags[n.Data]
	if keep {
		openTag(b, n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		clean(b, c)
	}
	if keep && !voidTags[n.Data] {
		b.WriteString("</")
		b.WriteString(n.Data)
		b.WriteByte('>')
	}
}

func openTag(b *strings.Builder, n *html.Node) {
	b.WriteByte('<')
	b.WriteString(n.Data)
	var seen map[string]bool
	for _, a := range n.Attr {
		if a.Namespace != "" || !globalAttrs[a.Key] && !tagAttrs[n.Data][a.Key] || seen[a.Key] {
			continue
		}
		// The parser keeps repeated attributes; HTML has the first one win, even if its URL is refused.
		if len(n.Attr) > 1 {
			if seen == nil {
				seen = make(map[string]bool, len(n.Attr))
			}
			seen[a.Key] = true
		}
		if addressed(a.Key) && !safeURL(a.Val) {
			continue
		}
		writeAttr(b, a.Key, a.Val)
	}
	if n.DataAtom == atom.A {
		writeAttr(b, "rel", "noopener noreferrer")
	}
	b.WriteByte('>')
}

func writeAttr(b *strings.Builder, key, val string) {
	b.WriteByte(' ')
	b.WriteString(key)
	b.WriteString(`="`)
	_, _ = attrEscapes.WriteString(b, val)
	b.WriteByte('"')
}
