package live

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/app/page/room"
)

// Hear sends what happens in a room.
func (s *socket) Hear(m *room.Message) { s.send(m.Frame(written)) }

// send lets a frame wait until the client takes it, and never waits itself. A client that does not keep up is dropped:
// it comes back and gets what it lacks.
func (s *socket) send(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	if len(s.frames) >= mostFrames || len(s.frames) > 0 && s.bytes+len(b) > mostBytes {
		s.ended, s.frames = true, nil
		s.server.Dropped.Add(1)
		s.server.app.Log.Info("live: a client does not keep up and is dropped", "user", s.user)
		go s.drop()
		return
	}
	s.frames, s.bytes = append(s.frames, b), s.bytes+len(b)
	if !s.writing {
		s.writing = true
		go s.write()
	}
}

// write sends what waits, and then ends: most sockets are silent most of the time.
func (s *socket) write() {
	for {
		s.mu.Lock()
		if len(s.frames) == 0 || s.ended {
			s.writing, s.frames = false, nil
			s.mu.Unlock()
			return
		}
		b := s.frames[0]
		s.frames, s.bytes = s.frames[1:], s.bytes-len(b)
		s.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err := s.conn.Write(ctx, websocket.MessageBinary, b)
		cancel()
		if err != nil {
			s.drop()
			return
		}
	}
}

// drop ends the connection without a word.
func (s *socket) drop() {
	s.mu.Lock()
	s.ended, s.frames = true, nil
	s.mu.Unlock()
	s.cancel()
	s.conn.CloseNow() //nolint:errcheck // that it is closed already is all that can be wrong
}

// end closes the socket with a code. It does not wait for the client.
func (s *socket) end(code websocket.StatusCode, reason string) {
	go func() {
		s.conn.Close(code, reason) // the client may have gone
		s.drop()
	}()
}

// Ejected tells the client that it has to leave a document, and why, and closes the socket if it has no other. A client
// of Plane's takes the code as final.
func (s *socket) Ejected(seat *room.Seat, why room.Ejection) {
	s.send(with(frame(seat.Page(), uint64(typeStateless)), why.Text(time.Now())))
	left := s.joined.Add(-1)
	time.AfterFunc(farewell, func() {
		if left > 0 {
			s.send(with(frame(seat.Page(), uint64(typeAuth), authDenied), []byte(why.Reason)))
			return
		}
		s.end(websocket.StatusCode(why.Code), why.Reason)
	})
}

// look finds out whether a silent client is still there, and closes the socket of one that has opened nothing.
func (s *socket) look() {
	if s.joined.Load() == 0 && time.Since(s.began) >= unknown {
		s.end(statusUnauthorized, "no document was opened")
		return
	}
	if time.Since(time.Unix(0, s.heard.Load())) >= silence {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err := s.conn.Ping(ctx)
		cancel()
		if err != nil {
			s.drop()
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.watch.Reset(silence)
	}
}
