// Package live speaks with the page editor of Plane's web frontend: by websockets, in the protocol of Hocuspocus 2.15.
// What happens in the rooms is the matter of app/page/room.
package live

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page/room"
)

// Server holds the sockets that are open.
type Server struct {
	app *app.App

	mu      sync.Mutex
	sockets map[*socket]bool
	people  map[string]int // sockets of a person
	closed  bool
	ended   sync.WaitGroup

	Opened, Frames, Dropped atomic.Int64 // since the start, for who watches
}

// New builds a server without any.
func New(a *app.App) *Server {
	return &Server{app: a, sockets: map[*socket]bool{}, people: map[string]int{}}
}

// errTooManySockets refuses one more socket.
var errTooManySockets = app.Refuse(app.TooMany, "Too many pages are open. Close some, and try again.")

// Open makes a request a socket. What it returns speaks with the client until either goes; nil: the request was
// answered with a refusal. An error comes before anything was answered. The request and what was made for it may be let
// go, and the goroutine that it came by may end: most sockets live long.
func (l *Server) Open(w http.ResponseWriter, r *http.Request, v room.Visitor, user string) (run func(), err error) {
	s := &socket{server: l, visitor: v, user: user, places: map[string]*place{}, began: time.Now()}
	if err := l.admit(user); err != nil {
		return nil, err
	}
	// Where the page comes from was looked at, as for everything that changes something. Frames are short: packing them
	// costs more memory than it saves.
	s.conn, err = websocket.Accept(slim{w}, r, &websocket.AcceptOptions{InsecureSkipVerify: true,
		CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		l.app.Log.Debug("live: no websocket", "error", err)
		l.forget(s)
		return nil, nil
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	s.cancel = cancel
	return func() {
		defer l.forget(s)
		defer cancel()
		if l.list(s) {
			s.serve(ctx)
		} else {
			s.conn.Close(websocket.StatusGoingAway, "the server stops") // the client may have gone
		}
	}, nil
}

// slim hands a connection over with small buffers: the server's own hold eight times as much, for as long as the socket
// is open. What is long goes past them.
type slim struct{ http.ResponseWriter }

// buffered is how large they are, in bytes: most frames fit in.
const buffered = 512

// Hijack lets nothing go that the client has sent already.
func (s slim) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, err := rw.Peek(rw.Reader.Buffered())
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	from := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(early), conn), max(buffered, len(early)))
	if _, err := from.Peek(len(early)); err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return conn, bufio.NewReadWriter(from, bufio.NewWriterSize(conn, buffered)), nil
}

// admit counts a socket before it is one.
func (l *Server) admit(user string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return &app.Error{Kind: app.Unavailable, Text: "The server stops."}
	}
	if most := l.app.Config.Live.SocketsPerPerson; most > 0 && l.people[user] >= most {
		return errTooManySockets
	}
	l.people[user]++
	l.ended.Add(1)
	l.Opened.Add(1)
	return nil
}

// list puts a socket on the list of those that are closed when the server stops.
func (l *Server) list(s *socket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.sockets[s] = true
	}
	return !l.closed
}

func (l *Server) forget(s *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.sockets, s)
	if l.people[s.user]--; l.people[s.user] == 0 {
		delete(l.people, s.user)
	}
	l.ended.Done()
}

// Count says how many sockets are open.
func (l *Server) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.sockets)
}

// Close ends all sockets, and keeps what was typed: it waits for both until the context ends.
func (l *Server) Close(ctx context.Context) {
	l.mu.Lock()
	l.closed = true
	open := make([]*socket, 0, len(l.sockets))
	for s := range l.sockets {
		open = append(open, s)
	}
	l.mu.Unlock()
	if len(open) == 0 && l.Opened.Load() == 0 {
		return // there are no rooms either
	}
	for _, s := range open {
		s.end(websocket.StatusGoingAway, "the server stops")
	}
	room.Of(l.app).Close(ctx)
	gone := make(chan struct{})
	go func() { l.ended.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
		for _, s := range open {
			s.drop()
		}
	}
}

// closing is the code for an error that ends a socket.
func closing(err error) (code websocket.StatusCode, reason string) {
	switch {
	case errors.Is(err, room.ErrBad):
		return websocket.StatusPolicyViolation, "not of the protocol"
	case errors.Is(err, room.ErrClosed):
		return websocket.StatusGoingAway, "the server stops"
	}
	return websocket.StatusTryAgainLater, "try again later"
}
