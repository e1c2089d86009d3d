package room

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
)

// patience is how long a page may take to be opened.
const patience = 30 * time.Second

// open reads the page, and then lets in who waits.
func (r *Room) open(life context.Context) {
	ctx, cancel := context.WithTimeout(life, patience)
	defer cancel()
	err := store.ErrOvertaken
	for n := 0; n < 8 && errors.Is(err, store.ErrOvertaken); n++ {
		err = r.load(ctx)
	}
	if err != nil {
		r.fault = fmt.Errorf("open a page to write on: %w", err)
		r.hub.app.Log.Warn("rooms: a page could not be opened", "page", r.page, "error", err)
		r.hub.mu.Lock()
		r.hub.remove(r)
		r.hub.mu.Unlock()
		close(r.opened)
		return
	}
	close(r.opened)
	r.hub.voices.hello(r.page)
	if r.dirty.Load() {
		poke(r.hub.nudge)
		r.hub.mu.Lock()
		r.hub.soil(r)
		r.hub.mu.Unlock()
	}
}

// load reads the document with what was typed since. A page that has none, because it was written by the API, gets one
// of its HTML, and one without a title gets that: at once, and by one node only, or the text would be there twice.
func (r *Room) load(ctx context.Context) error {
	t := r.hub.app.DB.Read(ctx)
	p, err := store.Pages.Find(t, r.page)
	if err != nil {
		return err
	}
	doc, begun := ydoc.New(), len(p.DescriptionBinary) > 0
	if begun && doc.Apply(p.DescriptionBinary) != nil {
		r.hub.app.Log.Warn("rooms: the document of a page is none; it is made of the HTML again", "page", r.page)
		doc, begun = ydoc.New(), false
	}
	upTo, count, size := int64(0), 0, 0
	actor := ""
	err = store.PageUpdatesAfter(t, r.page, 0, "", func(u store.PageUpdate) error {
		all, err := store.UnpackUpdates(u.Updates)
		for _, update := range all {
			if err := doc.Apply(update); err != nil {
				r.hub.app.Log.Error("rooms: an update that was kept cannot be read", "page", r.page, "row", u.ID, "error", err)
			}
			count, size = count+1, size+len(update)
		}
		if upTo = u.ID; u.ActorID != nil {
			actor = *u.ActorID
		}
		return err
	})
	if err != nil {
		return err
	}
	if count > 0 && !begun {
		begun = len(doc.Content(document.Body)) > 0
	}
	// A name that differs was given while nobody had the page open: what was typed on it was made its name.
	titled := p.Name == "" || document.Title(doc) == p.Name || count > 0 && document.Title(doc) != ""
	if err := r.complete(ctx, p, doc, begun, titled, upTo); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doc, r.upTo, r.updatedAt, r.name, r.state = doc, upTo, p.UpdatedAt, p.Name, stateOf(p)
	if all, err := doc.Diff(nil); err == nil {
		r.size = len(all)
	}
	if r.actor = actor; count > 0 {
		r.kept, r.bytes, r.since, r.last = count, size, time.Now(), time.Now()
	}
	r.noteTitle()
	return nil
}

// complete gives a document what it lacks; store.ErrOvertaken when somebody else has done so.
func (r *Room) complete(ctx context.Context, p *store.Page, doc *ydoc.Doc, begun, titled bool, upTo int64) error {
	if begun && titled {
		return nil
	}
	if !begun {
		text, err := document.FromHTML(p.DescriptionHTML)
		if err != nil {
			return fmt.Errorf("read the HTML of a page: %w", err)
		}
		if _, err := doc.Replace(document.Body, text.Yjs(), client()); err != nil {
			return fmt.Errorf("make a document of the HTML of a page: %w", err)
		}
	}
	if !titled {
		if _, err := doc.Replace(document.TitlePart, document.TitleTree(p.Name), client()); err != nil {
			return fmt.Errorf("give a document its title: %w", err)
		}
	}
	all, err := doc.Diff(nil)
	if err != nil {
		return err
	}
	first := false
	err = r.hub.app.DB.Write(ctx, "", func(t *store.Tx) (err error) {
		first, err = store.BeginPageDocument(t, r.page, p.DescriptionBinary, all, upTo)
		return err
	})
	if err == nil && !first {
		err = store.ErrOvertaken
	}
	return err
}

// client is a number for what the server writes itself.
func client() uint64 { return uint64(rand.Uint32()) }
