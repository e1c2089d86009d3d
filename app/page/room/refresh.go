package room

import (
	"context"
	"errors"
	"fmt"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
)

// refresh reads what others have written: the page, by whatever API, and what was typed on other nodes.
func (r *Room) refresh(ctx context.Context) error {
	select {
	case <-r.opened:
	default:
		return nil // it is read anyway
	}
	r.reading.Lock()
	defer r.reading.Unlock()
	if r.fault != nil || !r.dirty.Swap(false) {
		return nil
	}
	err := r.read(ctx)
	if errors.Is(err, store.ErrNotFound) {
		r.end()
		return nil
	}
	if err != nil {
		r.dirty.Store(true)
		return fmt.Errorf("read a page again: %w", err)
	}
	return nil
}

// read is refresh without its care. The page comes first: what is in it was typed before.
func (r *Room) read(ctx context.Context) error {
	t := r.hub.app.DB.Read(ctx)
	p, err := store.PageHead(t, r.page)
	if err != nil {
		return err
	}
	r.mu.Lock()
	changed, after := !p.UpdatedAt.Equal(r.updatedAt), r.upTo
	r.mu.Unlock()
	if changed {
		if p, err = store.Pages.Find(t, r.page); err != nil {
			return err
		}
	}
	var rows []store.PageUpdate
	if err := store.PageUpdatesAfter(t, r.page, after, r.hub.node, func(u store.PageUpdate) error {
		rows = append(rows, u)
		return nil
	}); err != nil {
		return err
	}
	r.catchUp(p, changed, rows)
	return r.giveTitle(ctx)
}

// catchUp takes what was read.
func (r *Room) catchUp(p *store.Page, changed bool, rows []store.PageUpdate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if changed {
		r.merge(p.DescriptionBinary)
		r.updatedAt = p.UpdatedAt
	}
	r.hearTyped(rows)
	r.follow(p)
	r.given = r.given && r.title != r.name
}

// merge makes the page's own document part of the room's, and tells everybody what was new. Whoever wrote it may not
// have known what was typed here: nothing of that is lost.
func (r *Room) merge(binary []byte) {
	if len(binary) == 0 {
		return
	}
	before, err := r.doc.Diff(nil)
	if err != nil || string(before) == string(binary) {
		return
	}
	vector := r.doc.StateVector()
	if err := r.doc.Apply(binary); err != nil {
		r.hub.app.Log.Warn("rooms: a page was given a document that is none", "page", r.page, "error", err)
		return
	}
	after, err := r.doc.Diff(nil)
	if err != nil || string(before) == string(after) {
		return
	}
	r.size = len(after)
	if string(after) != string(binary) {
		r.noteKept(nil) // who wrote the page did not know all of it
	}
	r.noteTitle()
	if news, err := r.doc.Diff(vector); err == nil {
		r.broadcast(Update, news)
	}
}

// hearTyped takes what was typed on other nodes.
func (r *Room) hearTyped(rows []store.PageUpdate) {
	for _, row := range rows {
		r.upTo = row.ID
		all, err := store.UnpackUpdates(row.Updates)
		for _, update := range all {
			if err = r.apply(update); err == nil {
				r.noteKept(update)
				r.broadcast(Update, update)
			}
		}
		if row.ActorID != nil && len(all) > 0 {
			r.actor = *row.ActorID
		}
		if err != nil {
			r.hub.app.Log.Error("rooms: an update that was kept cannot be read", "page", r.page, "row", row.ID, "error", err)
		}
	}
}

// follow tells in words what has become of the page, and gives the document the name that somebody gave the page. Who
// has a page open that is locked or archived reads on: a browser that is sent away tries to write by other ways, again
// and again, and does not come back when the page does.
func (r *Room) follow(p *store.Page) {
	was, is := r.state, stateOf(p)
	r.state = is
	for _, word := range []struct {
		said bool
		text string
	}{
		{is.locked && !was.locked, "locked"}, {!is.locked && was.locked, "unlocked"},
		{is.archived && !was.archived, "archived"}, {!is.archived && was.archived, "unarchived"},
		{is.private && !was.private, "made-private"}, {!is.private && was.private, "made-public"},
	} {
		if word.said {
			r.broadcast(Word, []byte(word.text))
		}
	}
	if p.Name == r.name {
		return
	}
	r.name = p.Name
	r.given = !r.titles[p.Name]
}

// giveTitle makes the name that somebody gave the page the title of its document. Of several nodes one does so: the one
// that has read all that was typed when it is its turn.
func (r *Room) giveTitle(ctx context.Context) error {
	r.mu.Lock()
	name, upTo, given := r.name, r.upTo, r.given
	all, err := r.doc.Diff(nil)
	r.mu.Unlock()
	if !given || err != nil {
		return err
	}
	doc := ydoc.New()
	if err := doc.Apply(all); err != nil {
		return err
	}
	update, err := doc.Replace(document.TitlePart, document.TitleTree(name), client())
	if err != nil {
		return err
	}
	first := true
	if update != nil {
		row := store.PageUpdate{PageID: r.page, Node: r.hub.node, Updates: store.PackUpdates([][]byte{update})}
		err = r.hub.app.DB.Write(ctx, "", func(t *store.Tx) (err error) {
			first, err = store.KeepPageUpdateAt(t, row, upTo)
			return err
		})
	}
	if err != nil || !first {
		return errors.Join(err, r.again(first))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.given = false; update != nil && r.apply(update) == nil {
		r.noteKept(update)
		r.broadcast(Update, update)
	}
	return nil
}

// again lets the room be read once more, by somebody else's lead.
func (r *Room) again(first bool) error {
	if first {
		return nil
	}
	r.dirty.Store(true)
	r.hub.mu.Lock()
	r.hub.soil(r)
	r.hub.mu.Unlock()
	poke(r.hub.nudge)
	return nil
}

// end is the end of a page that was deleted.
func (r *Room) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.state.gone {
		r.state.gone = true
		r.broadcast(Word, []byte("deleted"))
	}
	r.ejectAll(Gone)
}
