package richtext

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What HTML may hold before anything is made of it: a parser's tree is up to a hundred times as large as its text. No
// editor shows so much. How deep elements stand in one another is bounded by the parser, at 512.
const (
	MaxElements = 100_000
	maxNodes    = 500_000
)

var (
	// ErrElements says that the HTML has more than MaxElements elements.
	ErrElements = fmt.Errorf("HTML content has more than %d elements", MaxElements)
	// ErrTangled says that the HTML would become far larger than it is.
	ErrTangled = errors.New("HTML content has too many attributes, or too many tags that are not closed where they should be")
)

// Excessive says whether HTML was refused for what it would take to clean it, and not for what it says.
func Excessive(err error) bool {
	return errors.Is(err, ErrTooLarge) || errors.Is(err, ErrElements) || errors.Is(err, ErrTangled)
}

// CleanKept is Clean for what is kept already: of what would be too much to clean now, the words stay.
func CleanKept(s string) (string, error) {
	clean, err := Clean(s)
	if Excessive(err) {
		return "<p>" + html.EscapeString(Text(s)) + "</p>", nil
	}
	return clean, err
}

// Bound refuses HTML that is larger than MaxSize, or of which a parser would make too much. It reads the text once and
// keeps nothing of it.
func Bound(s string) error {
	if len(s) > MaxSize {
		return ErrTooLarge
	}
	m := measure{most: min(maxNodes, 4000+len(s)), open: map[string]int{}}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			m.start(z)
		case html.EndTagToken:
			m.end(z)
		case html.TextToken:
			m.nodes += 1 + m.left
		}
		if m.elements > MaxElements {
			return ErrElements
		}
		if m.nodes > m.most {
			return ErrTangled
		}
	}
}

// formatting are the elements that a parser opens again, in every element that follows, when something else closed
// them.
var formatting = map[atom.Atom]bool{atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true,
	atom.Font: true, atom.I: true, atom.Nobr: true, atom.S: true, atom.Small: true, atom.Strike: true, atom.Strong: true,
	atom.Tt: true, atom.U: true}

const (
	alike   = 3   // a parser opens no more than so many tags again that are the same to the letter
	mending = 16  // elements that it makes for an end tag which stands at the wrong place
	nearest = 512 // how far up an end tag's start is looked for
)

// measure counts at least the nodes that a parser makes: elements, texts and attributes, and the formatting elements
// that it opens again.
type measure struct {
	elements, nodes, most int

	stack []opened
	open  map[string]int // formatting tags that stand open, by their text
	left  int            // how many of these a parser would open again
}

type opened struct {
	name atom.Atom
	text string // of a formatting tag
}

func (m *measure) start(z *html.Tokenizer) {
	m.elements++
	m.nodes += 1 + m.left
	raw := z.Raw()
	bytes, more := z.TagName()
	name := atom.Lookup(bytes)
	tag := opened{name: name}
	if formatting[name] {
		if tag.text = string(raw); name == atom.A { // a second one closes the first
			tag.text = "a"
		}
		if m.open[tag.text]++; m.open[tag.text] <= alike {
			m.left++
		}
	}
	for ; more; m.nodes++ {
		_, _, more = z.TagAttr()
	}
	if !voidTags[name.String()] {
		m.stack = append(m.stack, tag)
	}
}

// end closes the element if it is the innermost one. What it closes by the way stays open, if it is a formatting
// element.
func (m *measure) end(z *html.Tokenizer) {
	bytes, _ := z.TagName()
	name := atom.Lookup(bytes)
	last := len(m.stack) - 1
	if last >= 0 && m.stack[last].name == name {
		m.close(m.stack[last])
		m.stack = m.stack[:last]
		return
	}
	if formatting[name] {
		m.nodes += mending
		return
	}
	for i := last - 1; i >= max(0, last-nearest); i-- {
		if m.stack[i].name == name {
			m.stack = m.stack[:i]
			return
		}
	}
}

func (m *measure) close(tag opened) {
	if tag.text == "" {
		return
	}
	if m.open[tag.text]--; m.open[tag.text] < alike {
		m.left--
	}
}
