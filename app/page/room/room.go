package room

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
)

// Room is an open page.
type Room struct {
	hub  *Hub
	page string

	holds   int // under the hub's lock, as is removed
	removed bool
	opened  chan struct{}
	fault   error // why it could not be opened

	dirty   atomic.Bool // the page, or what was typed elsewhere, is to be read again
	reading sync.Mutex  // one reads at a time
	folding sync.Mutex

	taken atomic.Int64 // seats
	mu    sync.Mutex
	doc   *ydoc.Doc
	size  int   // of the document as Yjs writes it, about
	upTo  int64 // the last row of page_updates that was looked at
	seats map[*Seat]bool
	state state

	updatedAt time.Time // of the page's row as it was read last
	name      string    // of the page, as it was read or written last
	title     string    // of the document
	titledAt  time.Time // when that changed
	titles    map[string]bool
	given     bool // the name is one that somebody gave the page, and not yet the document's title

	queue   []typed // what waits to be written down
	queued  int     // its bytes
	keeping bool    // some is being written down

	kept    int // updates that are written down and not part of the page
	bytes   int
	since   time.Time // the first of them
	last    time.Time // the last of them
	actor   string
	retryAt time.Time // when folding has failed

	voices map[uint64]*voice
	mute   map[uint64]quiet     // clients that have left
	nodes  map[string]time.Time // others that have the page open, and when they were heard
}

// typed is an update that somebody waits for; no update: they wait until all before is written down.
type typed struct {
	seat   *Seat // nil: the server's own
	update []byte
}

// state is what words tell of a page.
type state struct{ locked, archived, private, gone bool }

func stateOf(p *store.Page) state {
	return state{locked: p.IsLocked, archived: p.ArchivedAt != nil, private: p.Access == page.Private}
}

func newRoom(h *Hub, id string) *Room {
	return &Room{hub: h, page: id, opened: make(chan struct{}), doc: ydoc.New(), seats: map[*Seat]bool{},
		titles: map[string]bool{}, voices: map[uint64]*voice{}, mute: map[uint64]quiet{}, nodes: map[string]time.Time{}}
}

// sit lets somebody in and tells them where the others are.
func (r *Room) sit(s *Seat) {
	r.taken.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seats[s] = true
	if r.state.gone {
		go s.eject(Gone)
	}
}

// Greet tells the peer where the others are, if anybody is anywhere.
func (s *Seat) Greet() {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if all := s.room.everybody(); all != nil {
		s.peer.Hear(&Message{Page: s.room.page, Kind: Awareness, Data: all})
	}
}

// stand lets somebody go, and tells the others.
func (r *Room) stand(s *Seat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.seats[s] {
		return
	}
	delete(r.seats, s)
	r.taken.Add(-1)
	r.silence(func(v *voice) bool { return v.seat == s })
}

// broadcast tells all who sit, with the lock held.
func (r *Room) broadcast(kind Kind, data []byte) {
	m := &Message{Page: r.page, Kind: kind, Data: data}
	for s := range r.seats {
		s.peer.Hear(m)
	}
}

// apply makes an update part of the document, with the lock held.
func (r *Room) apply(update []byte) error {
	if err := r.doc.Apply(update); err != nil {
		return err
	}
	r.size += len(update)
	r.noteTitle()
	return nil
}

// mostTitles is how many titles a room remembers.
const mostTitles = 1000

// noteTitle remembers what the document's title is and was: a name that the page is given, and that was typed here, is
// the echo of that and not somebody else's.
func (r *Room) noteTitle() {
	title := strings.ReplaceAll(document.Title(r.doc), "\x00", "")
	if title == r.title && r.titles[title] {
		return
	}
	if len(r.titles) >= mostTitles {
		clear(r.titles)
	}
	r.title, r.titledAt, r.titles[title] = title, time.Now(), true
}

// ejectAll sends everybody away, with the lock held.
func (r *Room) ejectAll(why Ejection) {
	seats := make([]*Seat, 0, len(r.seats))
	for s := range r.seats {
		s.writes.Store(false)
		seats = append(seats, s)
	}
	go func() {
		for _, s := range seats {
			s.eject(why)
		}
	}()
}

// refusal is why somebody has to leave who may not stay.
func (r *Room) refusal() Ejection {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state.gone {
		return Gone
	}
	return Denied
}

// reserved says whether a text is one of the server's own.
func reserved(text string) bool {
	for _, word := range words {
		if text == word {
			return true
		}
	}
	var of map[string]any
	if !strings.Contains(text, "{") || json.Unmarshal([]byte(text), &of) != nil {
		return false
	}
	return slices.ContainsFunc([]string{"type", "action"}, func(key string) bool { return of[key] != nil })
}
