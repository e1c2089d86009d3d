package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/ydoc"
)

// ErrTooMuch says that a text would be too large or too deep a document. Its text is for clients.
var ErrTooMuch = errors.New("HTML content is nested too deeply or too large for a document")

// Kept is what is kept of a text beside its HTML. Either may be missing.
type Kept struct {
	Binary []byte // a Yjs document
	JSON   []byte // the editor's JSON
}

// holdsText says that there is JSON of a text; "{}" is none.
func (k Kept) holdsText() bool {
	var n struct{ Type string }
	return json.Unmarshal(k.JSON, &n) == nil && n.Type != ""
}

// Rewritten returns what is to be kept once the HTML, which has to be clean, is the text: what was missing stays so.
// The update is what changes the document; nil for none. Blocks that the HTML repeats stay as they are, also with what
// HTML does not say, and so do those between them that it cannot say, as embedded work items. A binary that is no
// document stays as it is, as nobody can read an old text from it; one that is too large is dropped: an editor makes a
// new one.
//
// Errors are those of FromHTML, and ErrTooMuch.
func (v Variant) Rewritten(k Kept, html string) (now Kept, update []byte, err error) {
	if len(k.Binary) == 0 && !k.holdsText() {
		return k, nil, nil
	}
	n, err := v.FromHTML(html)
	if err != nil {
		return k, nil, err
	}
	d, stays := open(k.Binary)
	now = Kept{Binary: stays, JSON: k.JSON}
	if d != nil {
		if now.Binary, update, err = v.replaced(d, &n); err != nil {
			return k, nil, err
		}
	}
	if d != nil || k.holdsText() {
		if now.JSON, err = json.Marshal(n); err != nil {
			return k, nil, fmt.Errorf("write a text as JSON: %w", err)
		}
	}
	return now, update, nil
}

// open returns the document of a binary; of one that is none, what stays of it.
func open(binary []byte) (d *ydoc.Doc, stays []byte) {
	if len(binary) == 0 {
		return nil, binary
	}
	d = ydoc.New()
	switch err := d.Apply(binary); {
	case errors.Is(err, ydoc.ErrTooLarge):
		return nil, nil
	case err != nil:
		return nil, binary
	}
	return d, nil
}

// replaced puts the text into a document, and into the text what stays of the document.
func (v Variant) replaced(d *ydoc.Doc, n *Node) (now, update []byte, err error) {
	old := v.FromTree(d.Content(Body))
	n.Content = v.staying(old.Content, n.Content)
	update, err = d.Replace(Body, n.Yjs(), uint64(rand.Uint32())) //nolint:gosec // not secret, only nobody else's
	if errors.Is(err, ydoc.ErrTooLarge) {
		return nil, nil, ErrTooMuch
	}
	if err != nil {
		return nil, nil, fmt.Errorf("rewrite a document: %w", err)
	}
	if now, err = d.Diff(nil); err != nil {
		return nil, nil, fmt.Errorf("write a document: %w", err)
	}
	return now, update, nil
}

// staying returns the new blocks, those of the old ones in their places that say the same, each with what follows it
// that HTML cannot say.
func (v Variant) staying(old, fresh []Node) []Node {
	texts := make([]string, len(fresh))
	known := make(map[string]bool, len(fresh))
	for i, block := range fresh {
		texts[i] = block.HTML()
		known[texts[i]] = true
	}
	var said []string
	var places []int // of the old blocks that HTML can say
	for i, block := range old {
		text := block.HTML()
		if !known[text] { // few: what HTML says of these has to be found out
			text = v.said(text)
		}
		if text != "" {
			said, places = append(said, text), append(places, i)
		}
	}
	var out []Node
	for j, met := range matches(said, texts) {
		if met < 0 {
			out = append(out, fresh[j])
			continue
		}
		from, to := places[met], len(old)
		if met == 0 && j == 0 {
			from = 0
		}
		if met+1 < len(places) {
			to = places[met+1]
		}
		out = append(out, old[from:to]...)
	}
	return out
}

// said is how a block reads, once its HTML was cleaned; "" is for one that clean HTML cannot say.
func (v Variant) said(block string) string {
	html, err := richtext.Clean(block)
	if err != nil || html == "" {
		return ""
	}
	n, err := v.FromHTML(html)
	if err != nil {
		return ""
	}
	return n.HTML()
}

// matches finds for each new block the old one that says the same, -1 for none: from both ends first, and of those
// between in their order.
func matches(said, fresh []string) []int {
	met := make([]int, len(fresh))
	begin := 0
	for begin < min(len(said), len(fresh)) && said[begin] == fresh[begin] {
		met[begin] = begin
		begin++
	}
	i, j := len(said), len(fresh)
	for i > begin && j > begin && said[i-1] == fresh[j-1] {
		i, j = i-1, j-1
		met[j] = i
	}
	places := map[string][]int{}
	for at := begin; at < i; at++ {
		places[said[at]] = append(places[said[at]], at)
	}
	next := begin
	for ; begin < j; begin++ {
		list := places[fresh[begin]]
		if at, _ := slices.BinarySearch(list, next); at < len(list) {
			met[begin], next = list[at], list[at]+1
		} else {
			met[begin] = -1
		}
	}
	return met
}
