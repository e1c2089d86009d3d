package page

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
)

// logMentions notes what a page mentions, and forgets what it no longer does.
func logMentions(t *store.Tx, p *store.Page) error {
	old, err := store.PageLogs.List(t, dbx.HashExp{"page_id": p.ID})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	named := map[string]richtext.Mention{}
	for _, m := range richtext.Mentions(p.DescriptionHTML) {
		named[m.Name+" "+m.Identifier] = m
	}
	for i := range old {
		key := old[i].EntityName
		if old[i].EntityIdentifier != nil {
			key += " " + *old[i].EntityIdentifier
		}
		if _, still := named[key]; still && !known[key] {
			known[key] = true
			continue
		}
		if err := store.PageLogs.Purge(t, &old[i]); err != nil {
			return err
		}
	}
	for key, m := range named {
		if known[key] || !store.IsID(m.Identifier) {
			continue
		}
		l := &store.PageLog{Transaction: store.NewID(), EntityIdentifier: &m.Identifier, EntityName: m.Name, PageID: p.ID,
			WorkspaceID: p.WorkspaceID}
		if err := store.PageLogs.Insert(t, l); err != nil {
			return err
		}
	}
	return nil
}

// Description returns the document of a page as editors keep it, with what was typed on it just now; nil when there is
// none.
func Description(c *app.Call, id string) ([]byte, error) {
	p, err := Enter(c, c.Read(), id, app.Guest)
	if err != nil {
		return nil, err
	}
	now, err := withTyped(c.Read(), p)
	if err != nil || now == nil {
		return p.DescriptionBinary, err
	}
	return now.DescriptionBinary, nil
}

// DescriptionInput is a page's text in its three forms.
type DescriptionInput struct {
	Binary app.Opt[string]         `json:"description_binary" check:"blank"`
	HTML   app.Opt[string]         `json:"description_html" check:"blank"`
	JSON   app.Opt[store.NullJSON] `json:"description_json"`

	Faults app.Fields `body:"faults"` // what is wrong already
}

// checked cleans the HTML and decodes the binary. The error has everything that is wrong.
func (in *DescriptionInput) checked() ([]byte, error) {
	var binary []byte
	var err error
	if in.Binary.V != "" {
		if binary, err = richtext.Binary(in.Binary.V); err != nil {
			in.Faults.Add("description_binary", err.Error())
		} else if len(binary) > 0 && ydoc.New().Apply(binary) != nil { // no editor could open the page any more
			in.Faults.Add("description_binary", "Invalid binary data: it is no document of Yjs")
		}
	}
	if in.HTML.V != "" {
		if in.HTML.V, err = richtext.Clean(in.HTML.V); err != nil {
			in.Faults.Add("description_html", err.Error())
		}
	}
	return binary, in.Faults.Err()
}

// SetDescription writes the text of a page that is neither locked nor archived, and keeps a version of it. Who sends a
// document is believed that the HTML says the same; HTML without one is written into the document that is kept.
func SetDescription(c *app.Call, id string, in DescriptionInput) error {
	p, err := Enter(c, c.Read(), id, app.Member)
	if err != nil {
		return err
	}
	if err := writable(p); err != nil {
		return err
	}
	binary, err := in.checked() // not inside the transaction: cleaning takes its time
	if err != nil {
		return err
	}
	text := &newText{html: in.HTML.V}
	if in.HTML.Set && !in.Binary.Set {
		if err := text.workOut(p); err != nil {
			return err
		}
	}
	return c.Write(func(t *store.Tx) error {
		p, err := Enter(c, t, id, app.Member)
		if err != nil {
			return err
		}
		if err := writable(p); err != nil {
			return err
		}
		before := p.DescriptionHTML
		cols, err := in.put(t, p, binary, text)
		if err != nil {
			return err
		}
		store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionUpdated, p.ID)
		if err := store.Pages.Update(t, p, cols...); err != nil {
			return err
		}
		if p.DescriptionHTML == before && !text.over {
			return nil
		}
		if err := logMentions(t, p); err != nil {
			return err
		}
		return keepVersion(t, p, text.over)
	})
}

// put writes the text into the row and returns its columns.
func (in *DescriptionInput) put(t *store.Tx, p *store.Page, binary []byte, text *newText) (cols []string, err error) {
	switch {
	case in.HTML.Set && in.Binary.Set:
		setHTML(p, in.HTML.V)
		cols = []string{"description_html", "description_stripped"}
	case in.HTML.Set:
		if cols, err = replaceText(t, p, text); err != nil {
			return nil, err
		}
	}
	if in.Binary.Set {
		p.DescriptionBinary, cols = binary, append(cols, "description_binary")
	}
	if in.JSON.Set {
		p.DescriptionJSON = store.JSON(in.JSON.V)
		if !slices.Contains(cols, "description_json") {
			cols = append(cols, "description_json")
		}
	}
	return cols, nil
}

func writable(p *store.Page) error {
	switch {
	case p.IsLocked:
		return app.Coded("PAGE_LOCKED")
	case p.ArchivedAt != nil:
		return app.Coded("PAGE_ARCHIVED")
	}
	return nil
}

const versionSpan = 10 * time.Minute // in which one person's edits are one version

// keepVersion notes the page's text as it is now, as a new version if that is wanted. Versions over retention.versions
// go at night.
func keepVersion(t *store.Tx, p *store.Page, anew bool) error {
	last, err := store.PageVersions.First(t, dbx.HashExp{"page_id": p.ID}, "last_saved_at DESC")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && !anew && last.OwnedByID == t.Actor && t.Now.Sub(last.LastSavedAt) <= versionSpan {
		last.DescriptionHTML, last.DescriptionJSON, last.DescriptionBinary = p.DescriptionHTML, p.DescriptionJSON,
			p.DescriptionBinary
		last.DescriptionStripped, last.LastSavedAt = p.DescriptionStripped, t.Now
		return store.PageVersions.Update(t, last, "description_html", "description_json", "description_binary",
			"description_stripped", "last_saved_at")
	}
	v := &store.PageVersion{LastSavedAt: t.Now, DescriptionBinary: p.DescriptionBinary, DescriptionHTML: p.DescriptionHTML,
		DescriptionStripped: p.DescriptionStripped, DescriptionJSON: p.DescriptionJSON, OwnedByID: t.Actor, PageID: p.ID,
		WorkspaceID: p.WorkspaceID}
	return store.PageVersions.Insert(t, v)
}

// Versions returns what is kept of a page's text, newest first.
func Versions(c *app.Call, id string) ([]store.PageVersion, error) {
	t := c.Read()
	if _, err := Enter(c, t, id, app.Guest); err != nil {
		return nil, err
	}
	return store.PageVersions.List(t, dbx.HashExp{"page_id": id}, "created_at DESC")
}

// Version returns one version of a page's text.
func Version(c *app.Call, id, version string) (*store.PageVersion, error) {
	t := c.Read()
	if _, err := Enter(c, t, id, app.Guest); err != nil {
		return nil, err
	}
	return store.PageVersions.Get(t, dbx.HashExp{"page_id": id, "id": version})
}
