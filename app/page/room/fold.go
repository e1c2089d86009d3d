package room

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/store"
)

// When what was typed becomes part of the page.
const (
	quietFor   = 10 * time.Second // nobody has typed
	longest    = time.Minute      // somebody has all the time
	mostKept   = 500              // so many updates
	mostBytes  = 1 << 20          // so many bytes of them
	titleQuiet = 3 * time.Second  // the title is the name of the page in lists: it does not wait so long
	foldAgain  = 30 * time.Second // after it has failed
)

// foldQuiet folds rooms that are ready, one after the other, until the context ends.
func (h *Hub) foldQuiet(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.folder:
		}
		for _, r := range h.held() {
			if ctx.Err() == nil {
				r.tend(ctx)
			}
			h.release(r)
		}
	}
}

// held are all rooms, and holds them.
func (h *Hub) held() []*Room {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]*Room, 0, len(h.rooms))
	for _, r := range h.rooms {
		select {
		case <-r.opened:
			r.holds++
			rooms = append(rooms, r)
		default:
		}
	}
	return rooms
}

// release lets go of a room, and removes one that is empty and has nothing left to keep.
func (h *Hub) release(r *Room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.holds--; r.holds == 0 && r.idle() {
		h.remove(r)
	}
}

// idle says whether nothing would be lost with the room.
func (r *Room) idle() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	folded := r.kept == 0 && r.title == r.name
	return len(r.queue) == 0 && !r.keeping && (folded || r.state.gone || time.Now().Before(r.retryAt))
}

// tend folds the room, or writes its name, if it is time.
func (r *Room) tend(ctx context.Context) {
	now := time.Now()
	r.mu.Lock()
	empty := len(r.seats) == 0
	fold := r.kept > 0 && (empty || now.Sub(r.last) >= quietFor || now.Sub(r.since) >= longest || r.kept >= mostKept ||
		r.bytes >= mostBytes)
	name := r.title != r.name && (empty || now.Sub(r.titledAt) >= titleQuiet)
	if now.Before(r.retryAt) || r.state.gone {
		fold, name = false, false
	}
	r.mu.Unlock()
	var err error
	if fold {
		err = r.fold(ctx)
	} else if name {
		err = r.rename(ctx)
	}
	if err != nil && ctx.Err() == nil {
		r.hub.app.Log.Error("rooms: what was typed could not be made part of the page; it is kept, and tried again",
			"page", r.page, "error", err)
		r.mu.Lock()
		r.retryAt = now.Add(foldAgain)
		r.mu.Unlock()
	}
}

// fold makes what was typed part of the page. It may be done again, and by several nodes at the same time.
func (r *Room) fold(ctx context.Context) error {
	r.folding.Lock()
	defer r.folding.Unlock()
	for range 16 {
		r.dirty.Store(true)
		if err := r.refresh(ctx); err != nil {
			return err
		}
		p, err := store.Pages.Find(r.hub.app.DB.Read(ctx), r.page)
		if errors.Is(err, store.ErrNotFound) {
			r.end()
			return nil
		}
		if err != nil {
			return err
		}
		f, kept, size, err := r.snapshot(p)
		if errors.Is(err, store.ErrOvertaken) {
			continue
		}
		if err != nil {
			return err
		}
		err = page.Fold(ctx, r.hub.app, p, *f)
		if errors.Is(err, store.ErrOvertaken) {
			continue
		}
		if err != nil {
			return err
		}
		r.hub.folded.Add(1)
		r.mu.Lock()
		r.updatedAt, r.name, r.size = p.UpdatedAt, p.Name, len(f.Binary)
		r.kept, r.bytes, r.since = r.kept-kept, r.bytes-size, time.Now()
		r.titles[p.Name] = true
		r.mu.Unlock()
		return nil
	}
	return fmt.Errorf("fold a page: %w", store.ErrOvertaken)
}

// snapshot is the document as it is now, in all its forms, and how much of what was typed is in it; store.ErrOvertaken
// when the page is another than the room knows.
func (r *Room) snapshot(p *store.Page) (f *page.Folded, kept, size int, err error) {
	r.mu.Lock()
	if !p.UpdatedAt.Equal(r.updatedAt) {
		r.mu.Unlock()
		return nil, 0, 0, store.ErrOvertaken
	}
	f = &page.Folded{Name: r.title, UpTo: r.upTo, Actor: r.actor}
	kept, size = r.kept, r.bytes
	f.Binary, err = r.doc.Diff(nil)
	same := bytes.Equal(f.Binary, p.DescriptionBinary)
	var text document.Node
	if !same && err == nil {
		text = document.FromYjs(r.doc)
	}
	r.mu.Unlock()
	if err != nil || same {
		return f, kept, size, err
	}
	f.HTML = text.HTML()
	f.JSON, err = asJSON(text)
	return f, kept, size, err
}

// asJSON is a text as the page keeps it, without what Postgres cannot keep.
func asJSON(text document.Node) (store.JSON, error) {
	raw, err := json.Marshal(text)
	if err != nil {
		return nil, fmt.Errorf("write a page's text as JSON: %w", err)
	}
	if !bytes.Contains(raw, []byte(`\u0000`)) {
		return raw, nil
	}
	raw, err = json.Marshal(readable(text))
	return raw, err
}

// readable is a text without the character 0.
func readable(n document.Node) document.Node {
	n.Text = strings.ReplaceAll(n.Text, "\x00", "")
	n.Attrs, _ = plain(n.Attrs).(map[string]any)
	content := make([]document.Node, len(n.Content))
	for i, c := range n.Content {
		content[i] = readable(c)
	}
	n.Content = content
	marks := make([]document.Mark, len(n.Marks))
	for i, m := range n.Marks {
		attrs, _ := plain(m.Attrs).(map[string]any)
		marks[i] = document.Mark{Type: m.Type, Attrs: attrs}
	}
	n.Marks = marks
	return n
}

func plain(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "\x00", "")
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = plain(v[i])
		}
		return all
	case map[string]any:
		if v == nil {
			return v
		}
		all := make(map[string]any, len(v))
		for key, value := range v {
			all[strings.ReplaceAll(key, "\x00", "")] = plain(value)
		}
		return all
	}
	return v
}

// rename gives the page the title of its document.
func (r *Room) rename(ctx context.Context) error {
	r.folding.Lock()
	defer r.folding.Unlock()
	r.dirty.Store(true)
	if err := r.refresh(ctx); err != nil {
		return err
	}
	p, err := store.PageHead(r.hub.app.DB.Read(ctx), r.page)
	if errors.Is(err, store.ErrNotFound) {
		r.end()
		return nil
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	title, actor := r.title, r.actor
	known := p.UpdatedAt.Equal(r.updatedAt)
	r.mu.Unlock()
	if !known || title == p.Name {
		return nil // it is looked at again
	}
	if err := page.Rename(ctx, r.hub.app, p, title, actor); err != nil {
		if errors.Is(err, store.ErrOvertaken) {
			return nil
		}
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.updatedAt, r.name = p.UpdatedAt, title
	return nil
}

// orphaned is how long what was typed waits for the room in which it was typed. A node that lives folds sooner.
const orphaned = 2 * time.Minute

// FoldLeft folds what nodes have left that have died, a job by the clock.
func FoldLeft(ctx context.Context, a *app.App) error {
	return Of(a).FoldBefore(ctx, "", a.DB.Now().Add(-orphaned))
}

// FoldBefore folds the pages of a workspace (empty: of all) on which something was typed before then that is not part
// of them. Other nodes and processes may have them open.
func (h *Hub) FoldBefore(ctx context.Context, workspace string, before time.Time) error {
	const some = 100
	for {
		pages, err := store.PagesTypedOn(h.app.DB.Read(ctx), workspace, before, some)
		if err != nil {
			return fmt.Errorf("look for pages that people have typed on: %w", err)
		}
		var errs []error
		for _, id := range pages {
			r, err := h.enter(ctx, id)
			if err == nil {
				err = r.fold(ctx)
				h.release(r)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("page %s: %w", id, err))
			}
		}
		if len(errs) > 0 || len(pages) < some {
			return errors.Join(errs...)
		}
	}
}

// Close ends all rooms: who sits is left to their connections, and what was typed becomes part of the pages, as far as
// there is time.
func (h *Hub) Close(ctx context.Context) {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	if err := h.keepTyped(ctx); err != nil {
		h.app.Log.Error("rooms: what was typed could not be written down", "error", err)
	}
	for _, r := range h.held() {
		r.mu.Lock()
		open := r.kept > 0 || r.title != r.name
		r.mu.Unlock()
		if open && ctx.Err() == nil {
			if err := r.fold(ctx); err != nil {
				h.app.Log.Warn("rooms: what was typed is kept, and becomes part of the page after the next start",
					"page", r.page, "error", err)
			}
		}
		h.release(r)
	}
}
