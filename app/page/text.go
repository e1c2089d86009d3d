package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/ydoc"
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
	over   bool           // it replaces what was typed just now, which is kept as a version
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
// What was typed on it just now is part of what the text replaces, and is kept as a version. Rooms hear that the page
// was written, and take what is new in its document: so do those who have it open.
func replaceText(t *store.Tx, p *store.Page, n *newText) (cols []string, err error) {
	typed, err := withTyped(t, p)
	if err != nil {
		return nil, err
	}
	if typed != nil {
		if n.over, err = typed.keep(t); err != nil {
			return nil, err
		}
		p.DescriptionBinary = typed.DescriptionBinary
	}
	if err := n.workOut(p); err != nil {
		return nil, err
	}
	setHTML(p, n.html)
	p.DescriptionBinary, p.DescriptionJSON = n.now.Binary, n.now.JSON
	return []string{"description_html", "description_stripped", "description_binary", "description_json"}, nil
}

// typed is a page with what was typed on it since it was folded.
type typed struct {
	store.Page
	before string // the HTML that is kept
	actor  string // who typed last; empty: nobody knows
}

// withTyped returns that; nil: nothing was typed. What cannot be read is left out: the room says so.
func withTyped(t *store.Tx, p *store.Page) (*typed, error) {
	var doc *ydoc.Doc
	now := &typed{Page: *p, before: p.DescriptionHTML}
	err := store.PageUpdatesAfter(t, p.ID, 0, "", func(u store.PageUpdate) error {
		if u.ActorID != nil {
			now.actor = *u.ActorID
		}
		if doc == nil {
			doc = ydoc.New()
			if err := doc.Apply(p.DescriptionBinary); err != nil && len(p.DescriptionBinary) > 0 {
				doc = ydoc.New()
			}
		}
		all, err := store.UnpackUpdates(u.Updates)
		for _, update := range all {
			doc.Apply(update) //nolint:errcheck // it was looked at when it was kept
		}
		return err
	})
	if err != nil || doc == nil {
		return nil, err
	}
	if now.DescriptionBinary, err = doc.Diff(nil); err != nil {
		return nil, err
	}
	text := document.FromYjs(doc)
	html, err := richtext.CleanKept(strings.ReplaceAll(text.HTML(), "\x00", ""))
	if err != nil {
		return nil, err
	}
	setHTML(&now.Page, html)
	now.DescriptionJSON, err = json.Marshal(text)
	if bytes.Contains(now.DescriptionJSON, []byte(`\u0000`)) {
		now.DescriptionJSON = nil // Postgres keeps none; editors make it of the document
	}
	return now, err
}

// keep keeps what was typed as a version of its own, before something replaces it, and says whether there is one.
func (n *typed) keep(t *store.Tx) (bool, error) {
	if n.DescriptionHTML == n.before {
		return false, nil // a title, or what was taken back
	}
	earlier := t.Now.Add(-time.Millisecond) // than what replaces it
	return true, store.PageVersions.Insert(t, &store.PageVersion{AuditFields: store.AuditFields{CreatedAt: earlier},
		LastSavedAt: earlier, DescriptionBinary: n.DescriptionBinary, DescriptionHTML: n.DescriptionHTML,
		DescriptionStripped: n.DescriptionStripped, DescriptionJSON: n.DescriptionJSON,
		OwnedByID: cmp.Or(n.actor, n.OwnedByID), PageID: n.ID, WorkspaceID: n.WorkspaceID})
}
