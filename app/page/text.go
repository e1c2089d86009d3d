package page

import (
	"bytes"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// setHTML makes HTML the text of a page of which nothing else is kept.
func setHTML(p *store.Page, html string) {
	p.DescriptionHTML = html
	p.DescriptionStripped = nil
	if text := richtext.Text(html); text != "" {
		p.DescriptionStripped = &text
	}
}

// newText is clean HTML that becomes the text of a page, and what it makes of the document that is kept. As that takes
// its time, it is worked out before the page is locked, and again only if somebody wrote in between.
type newText struct {
	html   string
	of     *document.Kept // what was kept
	now    document.Kept  // what is to be kept
	update []byte         // what changes the document; nil for nothing
}

// workOut does so for what is kept of a page now.
func (n *newText) workOut(p *store.Page) (err error) {
	kept := document.Kept{Binary: p.DescriptionBinary, JSON: p.DescriptionJSON}
	if n.of != nil && bytes.Equal(n.of.Binary, kept.Binary) && bytes.Equal(n.of.JSON, kept.JSON) {
		return nil
	}
	if n.now, n.update, err = document.Page.Rewritten(kept, n.html); err != nil {
		return app.Field("description_html", err.Error())
	}
	n.of = &kept
	return nil
}

// replaceText makes HTML that came without a document the text of a page: the document that is kept says the same from
// then on, so that no editor shows or writes back what was there before. A page without a document gets none: editors
// make it from the HTML. It returns the columns that it set.
//
// What was typed on it just now is part of what the text replaces. Rooms hear that the page was written, and take what
// is new in its document: so do those who have it open.
func replaceText(t *store.Tx, p *store.Page, n *newText) (cols []string, err error) {
	if p.DescriptionBinary, err = withTyped(t, p); err != nil {
		return nil, err
	}
	if err := n.workOut(p); err != nil {
		return nil, err
	}
	setHTML(p, n.html)
	p.DescriptionBinary, p.DescriptionJSON = n.now.Binary, n.now.JSON
	return []string{"description_html", "description_stripped", "description_binary", "description_json"}, nil
}
