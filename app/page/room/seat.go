package room

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
)

// Visitor is who asks to be let in, and where.
type Visitor struct {
	Session   string // the value of the cookie
	Workspace string // its slug
	Project   string
}

// Seat is one connection's place in a room.
type Seat struct {
	room    *Room
	visitor Visitor
	peer    Peer
	User    *store.User
	keys    []string

	looking sync.Mutex // at the access: who comes meanwhile waits for what is found
	writes  atomic.Bool
	doubt   atomic.Bool // whether the access is to be looked at before anything else is done
	gone    atomic.Bool
	whole   bool            // it has sent once what it had before it came
	clients map[uint64]bool // of awareness, for which it speaks; under the room's lock
}

// ErrBad is the error of what no honest client sends: the connection is closed.
var ErrBad = errors.New("not of the protocol")

// Identify says who a session is; app.ErrUnauthenticated when it is nobody's, or has ended.
func Identify(ctx context.Context, a *app.App, session string) (*store.Session, *store.User, error) {
	s, err := a.SessionByKey(ctx, session)
	if errors.Is(err, store.ErrNotFound) || err == nil && (s.UserID == nil || !a.SessionLives(s)) {
		return nil, nil, app.ErrUnauthenticated
	}
	if err != nil {
		return nil, nil, err
	}
	u, err := a.UserByID(ctx, *s.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !u.IsActive {
		return nil, nil, app.ErrUnauthenticated
	}
	return s, u, err
}

// call is a call of the visitor's, as a request of theirs would be now.
func (h *Hub) call(ctx context.Context, v Visitor) (*app.Call, error) {
	session, user, err := Identify(ctx, h.app, v.Session)
	if err != nil {
		return nil, err
	}
	if !store.IsID(v.Project) {
		return nil, app.ErrDenied
	}
	c := &app.Call{Context: ctx, App: h.app, User: user, Session: session, ProjectID: v.Project}
	if c.Workspace, err = h.app.WorkspaceBySlug(ctx, v.Workspace); err != nil {
		return nil, err
	}
	c.Access, err = h.app.AccessOf(ctx, c.Workspace.ID, user.ID)
	return c, err
}

// Join gives the visitor a seat at a page. The user, if given, is who they say they are. An error of a kind, or
// store.ErrNotFound, is a refusal.
func (h *Hub) Join(ctx context.Context, v Visitor, user, id string, peer Peer) (*Seat, error) {
	if !store.IsID(id) {
		return nil, app.ErrDenied
	}
	s := &Seat{visitor: v, peer: peer, clients: map[uint64]bool{}}
	c, err := h.call(ctx, v)
	if err != nil {
		return nil, err
	}
	if s.User = c.User; user != c.User.ID {
		return nil, app.ErrDenied
	}
	if _, _, err := page.Join(c, c.Read(), id); err != nil { // before the room is opened for them
		return nil, err
	}
	r, err := h.enter(ctx, id)
	if err != nil {
		return nil, err
	}
	s.room = r
	s.keys = []string{store.SessionKey(c.Session.SessionKey), store.UserKey(c.User.ID), store.WorkspaceKey(v.Workspace),
		store.AccessKey(c.Workspace.ID, c.User.ID), store.ProjectKey(v.Project), store.PageKey(id)}
	h.mu.Lock()
	for _, key := range s.keys { // from here on nothing is missed
		if h.seats[key] == nil {
			h.seats[key] = map[*Seat]bool{}
		}
		h.seats[key][s] = true
	}
	h.mu.Unlock()
	_, writes, err := h.admit(ctx, v, id)
	if err != nil {
		h.unlist(s)
		h.leave(r)
		return nil, err
	}
	s.writes.Store(writes)
	r.sit(s)
	return s, nil
}

// admit looks what the visitor may do on a page now.
func (h *Hub) admit(ctx context.Context, v Visitor, id string) (p *store.Page, writes bool, err error) {
	c, err := h.call(ctx, v)
	if err != nil {
		return nil, false, err
	}
	return page.Join(c, c.Read(), id)
}

// Refused says whether an error means that somebody may not, and not that it could not be found out.
func Refused(err error) bool {
	var refusal *app.Error
	return errors.As(err, &refusal) || errors.Is(err, store.ErrNotFound)
}

func (h *Hub) unlist(s *Seat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range s.keys {
		delete(h.seats[key], s)
		if len(h.seats[key]) == 0 {
			delete(h.seats, key)
		}
	}
	delete(h.doubts, s)
}

// Leave gives the seat back, and says whether it was not yet.
func (s *Seat) Leave() bool {
	if s.gone.Swap(true) {
		return false
	}
	s.room.stand(s)
	s.room.hub.unlist(s)
	s.room.hub.leave(s.room)
	return true
}

func (s *Seat) eject(why Ejection) {
	if s.Leave() {
		s.peer.Ejected(s, why)
	}
}

// Gone says whether the seat was given back, or taken away.
func (s *Seat) Gone() bool { return s.gone.Load() }

// Page is the id of the page.
func (s *Seat) Page() string { return s.room.page }

// Writes says whether the seat may write.
func (s *Seat) Writes() bool { return s.writes.Load() }

// settle looks at the access again if something was said. Who has lost it has to leave, as has who wrote and may only
// read now: a browser is told in no other way. A lock is told by a word.
func (s *Seat) settle(ctx context.Context) error {
	if s.doubt.Load() || s.room.dirty.Load() { // words come before anybody has to leave
		if err := s.room.refresh(ctx); err != nil {
			return err
		}
	}
	s.looking.Lock()
	defer s.looking.Unlock()
	if s.gone.Load() || !s.doubt.Swap(false) {
		return nil
	}
	p, writes, err := s.room.hub.admit(ctx, s.visitor, s.room.page)
	switch {
	case err != nil && Refused(err):
		s.room.dirty.Store(true) // the page may be gone since the room was read: then that is the reason
		if err := s.room.refresh(ctx); err != nil {
			s.doubt.Store(true)
			return err
		}
		s.eject(s.room.refusal())
	case err != nil:
		s.doubt.Store(true)
		return fmt.Errorf("look at who may write on a page: %w", err)
	case !writes && s.writes.Load() && !p.IsLocked && p.ArchivedAt == nil:
		s.eject(Denied)
	default:
		s.writes.Store(writes)
	}
	return nil
}

// Sync returns the state vector of the document, and what the holder of another one lacks.
func (s *Seat) Sync(vector []byte) (own, missing []byte, err error) {
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	missing, err = r.doc.Diff(vector)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: a state vector: %w", ErrBad, err)
	}
	return r.doc.StateVector(), missing, nil
}

// Update takes what somebody has typed; whole is what a client has that comes, which may be nothing new. The peer hears
// Kept when it is on the disk, or that it is refused.
func (s *Seat) Update(ctx context.Context, update []byte, whole bool) error {
	if err := s.settle(ctx); err != nil || s.gone.Load() {
		return err
	}
	r := s.room
	whole = whole && !s.whole
	s.whole = s.whole || whole
	r.mu.Lock()
	defer r.mu.Unlock()
	if !s.writes.Load() {
		s.answer(whole && r.has(update))
		return nil
	}
	if isNothing(update) {
		r.await(s, nil)
		return nil
	}
	if r.queued > mostQueued {
		return ErrBehind
	}
	if most := r.hub.app.Config.Live.DocumentSize; most > 0 && int64(r.size+len(update)) > most {
		s.refuseSize()
		return nil
	}
	var before []byte
	if whole {
		before, _ = r.doc.Diff(nil) // nil is no vector that could be wrong
	}
	if err := r.apply(update); errors.Is(err, ydoc.ErrTooLarge) {
		s.refuseSize()
		return nil
	} else if err != nil {
		return fmt.Errorf("%w: an update: %w", ErrBad, err)
	}
	if whole {
		if after, err := r.doc.Diff(nil); err == nil && bytes.Equal(before, after) {
			r.await(s, nil)
			return nil
		}
	}
	r.await(s, update)
	r.broadcast(Update, update)
	return nil
}

// refuseSize tells the one who makes a page too large so; the others go on.
func (s *Seat) refuseSize() {
	r := s.room
	s.peer.Hear(&Message{Page: r.page, Kind: Word, Data: tooLarge(r.page, s.visitor.Workspace, s.User.ID)})
	go s.eject(TooLarge) // which takes the lock
}

// answer says whether what was sent is kept, or was there already.
func (s *Seat) answer(kept bool) {
	data := []byte{0}
	if kept {
		data[0] = 1
	}
	s.peer.Hear(&Message{Page: s.room.page, Kind: Kept, Data: data})
}

// isNothing says whether an update has nothing in it.
func isNothing(update []byte) bool { return bytes.Equal(update, []byte{0, 0}) }

// has says whether an update has nothing that the document lacks.
func (r *Room) has(update []byte) bool {
	if isNothing(update) {
		return true
	}
	all, err := r.doc.Diff(nil)
	if err != nil {
		return false
	}
	other := ydoc.New()
	if other.Apply(all) != nil || other.Apply(update) != nil {
		return false
	}
	both, err := other.Diff(nil)
	return err == nil && bytes.Equal(all, both)
}

// Say takes a word. The browser that says what it has written makes the room look, if the write has not.
func (s *Seat) Say(ctx context.Context, word string) error {
	s.room.dirty.Store(true)
	if err := s.settle(ctx); err != nil || s.gone.Load() || !s.writes.Load() || !passed[word] {
		return err
	}
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	s.room.broadcast(Word, []byte(words[word]))
	return nil
}

// Broadcast passes a text of a client's on, if it is none of the server's.
func (s *Seat) Broadcast(ctx context.Context, text string) error {
	if err := s.settle(ctx); err != nil || s.gone.Load() || !s.writes.Load() || reserved(text) {
		return err
	}
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	s.room.broadcast(Word, []byte(text))
	return nil
}
