package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/app/page/room"
)

// What one socket may do.
const (
	mostPlaces    = 32               // documents
	mostName      = 64               // bytes of a document's name
	mostToken     = 16 << 10         // bytes
	mostWord      = 16 << 10         // bytes of a stateless text
	mostAwareness = 256 << 10        // bytes of an awareness message
	mostEarly     = 256 << 10        // bytes of a frame before the first document is opened, and of all that wait for one
	mostWaiting   = 16               // frames that wait until their document is opened
	mostFrames    = 4096             // that wait to be sent
	mostBytes     = 4 << 20          // of those, beside one frame of any length
	mostSyncs     = 20               // in a minute: each is answered with the whole document, maybe
	patience      = 20 * time.Second // for a frame to be taken, and for the answer to a ping
	silence       = 30 * time.Second // then a client is asked whether it is there
	unknown       = 30 * time.Second // without any document
	farewell      = 50 * time.Millisecond
	burst         = 1000 // frames that may come at once
	rate          = 200  // and then in a second
)

// statusUnauthorized is how Hocuspocus closes a socket that opens no document.
const statusUnauthorized websocket.StatusCode = 4401

// socket is one client's connection.
type socket struct {
	server  *Server
	conn    *websocket.Conn
	visitor room.Visitor
	user    string
	began   time.Time

	places map[string]*place // of the reader
	joined atomic.Int64      // places with a seat
	heard  atomic.Int64      // when a frame came last, in nanoseconds since 1970
	cancel context.CancelFunc
	watch  *time.Timer

	mu      sync.Mutex
	frames  [][]byte // to be sent
	bytes   int
	writing bool
	ended   bool
}

// place is what a socket has to do with one document.
type place struct {
	seat    *room.Seat // nil: it is not opened yet
	waiting [][]byte   // frames that have come too early
	bytes   int
	syncs   int
	since   time.Time // of which minute that is the number
}

// serve reads until the client has gone, or has to.
func (s *socket) serve(ctx context.Context) {
	s.heard.Store(time.Now().UnixNano())
	s.conn.SetReadLimit(mostEarly)
	s.mu.Lock()
	s.watch = time.AfterFunc(silence, s.look)
	s.mu.Unlock()
	defer s.over()
	err := s.read(ctx)
	s.leave()
	if websocket.CloseStatus(err) == -1 && ctx.Err() == nil && !gone(err) {
		code, reason := closing(err)
		s.server.Dropped.Add(1)
		s.server.app.Log.Info("live: a socket is closed", "user", s.user, "error", err)
		s.conn.Close(code, reason) // the client may have gone meanwhile
	}
}

// leave gives all seats back.
func (s *socket) leave() {
	for _, p := range s.places {
		if p.seat != nil {
			p.seat.Leave()
		}
	}
}

// over lets go of what the socket holds, however it came to its end.
func (s *socket) over() {
	s.watch.Stop()
	s.leave()
	s.drop()
}

// gone says whether the client, or the connection to it, is no more.
func gone(err error) bool {
	var broken *brokenError
	return errors.As(err, &broken)
}

// brokenError is what reading fails with.
type brokenError struct{ error }

func (b *brokenError) Unwrap() error { return b.error }

// read takes one frame after the other, at a pace that others can bear.
func (s *socket) read(ctx context.Context) error {
	credit, filled := float64(burst), time.Now()
	for {
		kind, from, err := s.conn.Reader(ctx)
		if err != nil {
			return &brokenError{err}
		}
		if kind != websocket.MessageBinary {
			return fmt.Errorf("%w: a text", room.ErrBad)
		}
		b, err := io.ReadAll(from)
		if err != nil {
			return &brokenError{err}
		}
		now := time.Now()
		s.heard.Store(now.UnixNano())
		s.server.Frames.Add(1)
		credit = min(burst, credit+now.Sub(filled).Seconds()*rate) - 1
		filled = now
		if credit < 0 {
			time.Sleep(time.Second / rate)
		}
		if err := s.take(ctx, b); err != nil {
			return err
		}
	}
}

// take does what a frame says.
func (s *socket) take(ctx context.Context, b []byte) error {
	r := &reader{b: b}
	name := r.text("the name of a document", mostName)
	kind := frameType(r.number("a type"))
	if r.err != nil {
		return r.err
	}
	p := s.places[name]
	if p == nil || p.seat != nil && p.seat.Gone() {
		if p == nil && len(s.places) >= mostPlaces {
			return fmt.Errorf("%w: more than %d documents", room.ErrBad, mostPlaces)
		}
		p = &place{}
		s.places[name] = p
	}
	switch {
	case p.seat != nil:
		return s.do(ctx, p, name, kind, r)
	case kind == typeAuth:
		return s.open(ctx, p, name, r)
	case kind == typeClose:
		delete(s.places, name)
		return nil
	}
	if len(p.waiting) >= mostWaiting || p.bytes+len(b) > mostEarly {
		return fmt.Errorf("%w: too much before the token", room.ErrBad)
	}
	p.waiting, p.bytes = append(p.waiting, b), p.bytes+len(b)
	return nil
}

// open lets the client in, and then takes what it has said already.
func (s *socket) open(ctx context.Context, p *place, name string, r *reader) error {
	if r.number("a kind of token") != authToken {
		r.fail("a kind of token")
	}
	token := r.text("a token", mostToken)
	if err := r.end(); err != nil {
		return err
	}
	var who struct {
		ID string `json:"id"`
	}
	refused := json.Unmarshal([]byte(token), &who) != nil
	if !refused {
		seat, err := room.Of(s.server.app).Join(ctx, s.visitor, who.ID, name, s)
		if err != nil && !room.Refused(err) {
			return err
		}
		p.seat, refused = seat, err != nil
	}
	if refused {
		delete(s.places, name)
		s.send(with(frame(name, uint64(typeAuth), authDenied), []byte("permission-denied")))
		return nil
	}
	s.joined.Add(1)
	s.conn.SetReadLimit(s.mostFrame())
	scope := "read-write"
	if !p.seat.Writes() {
		scope = "readonly"
	}
	s.send(with(frame(name, uint64(typeAuth), authDone), []byte(scope)))
	p.seat.Greet()
	waiting := p.waiting
	p.waiting, p.bytes = nil, 0
	for _, b := range waiting {
		if err := s.take(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// mostFrame is how long a frame may be: as a document, and what stands around it.
func (s *socket) mostFrame() int64 {
	if most := s.server.app.Config.Live.DocumentSize; most > 0 {
		return most + mostEarly
	}
	return -1
}

// do does what a frame says of a document that is open.
func (s *socket) do(ctx context.Context, p *place, name string, kind frameType, r *reader) error {
	switch kind {
	case typeSync, typeSyncReply:
		return s.sync(ctx, p, name, kind, r)
	case typeAwareness:
		message := r.bytes("awareness", mostAwareness)
		if err := r.end(); err != nil {
			return err
		}
		return p.seat.Aware(message)
	case typeQueryAwareness:
		if err := r.end(); err != nil {
			return err
		}
		s.send(with(frame(name, uint64(typeAwareness)), p.seat.Everybody()))
		return nil
	case typeStateless, typeBroadcastStateless:
		word := r.text("a word", mostWord)
		if err := r.end(); err != nil {
			return err
		}
		if kind == typeStateless {
			return p.seat.Say(ctx, word)
		}
		return p.seat.Broadcast(ctx, word)
	case typeClose:
		if p.seat.Leave() {
			s.joined.Add(-1)
		}
		delete(s.places, name)
		return nil
	case typeAuth: // a provider that was made anew on the same socket
		return nil
	}
	return fmt.Errorf("%w: a frame of type %d", room.ErrBad, kind)
}

// sync exchanges what was typed.
func (s *socket) sync(ctx context.Context, p *place, name string, kind frameType, r *reader) error {
	step := r.number("a step")
	data := r.bytes("an update", 0)
	if err := r.end(); err != nil {
		return err
	}
	switch step {
	case syncStep2, syncUpdate:
		return p.seat.Update(ctx, data, step == syncStep2)
	case syncStep1:
	default:
		return fmt.Errorf("%w: step %d", room.ErrBad, step)
	}
	if now := time.Now(); now.Sub(p.since) > time.Minute {
		p.since, p.syncs = now, 0
	}
	if p.syncs++; p.syncs > mostSyncs {
		return fmt.Errorf("%w: it asks for the document again and again", room.ErrBad)
	}
	own, missing, err := p.seat.Sync(data)
	if err != nil {
		return err
	}
	if kind == typeSync {
		s.send(with(frame(name, uint64(typeSync), syncStep1), own))
	}
	s.send(with(frame(name, uint64(typeSync), syncStep2), missing))
	return nil
}
