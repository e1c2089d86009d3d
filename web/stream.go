package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"time"

	"github.com/sailplane/sailplane/app"
)

// EventStream is the media type of operations that go on telling: server-sent events.
const EventStream = "text/event-stream"

const (
	// beat is how often a stream says that it is there when there is nothing to tell: proxies cut what is silent for a
	// minute, and some for half of one.
	beat = 15 * time.Second
	// recheck is how often it is looked whether the caller still may listen, when there is nothing to tell.
	recheck = 3 * time.Second
	// mostKept is how large a buffer a stream keeps, in bytes.
	mostKept = 16 << 10
	// comeBack is after how long a client that has lost its stream asks again, in milliseconds.
	comeBack = 3000
)

// Told is one event as a stream sends it.
type Told struct {
	ID   string // from which one can go on behind it
	Name string // empty: a message
	Data any    // written as JSON
}

// Teller is what a stream is fed from. One goroutine uses it.
type Teller interface {
	Changed() <-chan struct{}                             // closed once there is something to look at, or the server stops
	Ended() bool                                          // the server stops
	Next(c *app.Call) (told []Told, more bool, err error) // what the caller may see of what is new
	Place() string                                        // the id from which one can go on now
	Close()
}

// Stream declares an operation that sends events until the client leaves, may no longer listen, or the server stops.
// What open refuses is answered as usual; follow says whether it goes on when all has been told. The data of messages
// is Data, for the description.
func Stream[In, Data any](path string, allow Rule, summary string,
	open func(*app.Call, In) (t Teller, follow bool, err error)) Op {
	op := Do(http.MethodGet, path, allow, http.StatusOK, summary, func(c *app.Call, in In) (Reply, error) {
		t, follow, err := open(c, in)
		if err != nil {
			return Reply{}, err
		}
		s := &stream{call: c, teller: t, follows: follow}
		return Reply{Stream: s.serve}, nil
	})
	op.data = reflect.TypeFor[Data]()
	return op.Sends(EventStream).Refuses(http.StatusTooManyRequests)
}

// stream is one of them under way.
type stream struct {
	call    *app.Call
	teller  Teller
	follows bool
	x       *exchange
	b       bytes.Buffer
	sent    time.Time // when something was sent last
}

// serve sends events; the caller is let in anew before each batch of them.
func (s *stream) serve(w http.ResponseWriter, r *http.Request) error {
	defer s.teller.Close()
	s.x = w.(*exchange)
	h := s.x.Header()
	h.Set("Content-Type", EventStream)
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // nginx passes on what comes as it comes
	if s.x.WriteHeader(http.StatusOK); r.Method == http.MethodHead {
		return nil
	}
	s.x.goOn()
	fmt.Fprintf(&s.b, "retry: %d\nid: %s\n\n", comeBack, s.teller.Place())
	for {
		more, err := s.tell()
		if err != nil || s.b.Len() > 0 && s.send() != nil || !more && !s.follows {
			return nil // it is over: whoever wants to go on is told why when they ask again
		}
		if !more && !s.wait(r) {
			return nil
		}
	}
}

// tell writes what is new for the caller, if they still may listen.
func (s *stream) tell() (more bool, err error) {
	if s.call, err = s.call.Again(); err != nil {
		return false, err
	}
	told, more, err := s.teller.Next(s.call)
	for i := range told {
		data, fault := json.Marshal(told[i].Data)
		if fault != nil {
			return false, fmt.Errorf("write an event: %w", fault)
		}
		if told[i].Name != "" {
			fmt.Fprintf(&s.b, "event: %s\n", told[i].Name)
		}
		fmt.Fprintf(&s.b, "id: %s\ndata: %s\n\n", told[i].ID, data)
	}
	return more, err
}

// wait waits for something new, and says now and then that the stream is there; false: it ends.
func (s *stream) wait(r *http.Request) bool {
	select {
	case <-r.Context().Done():
		return false
	case <-s.teller.Changed():
	case <-time.After(recheck):
		if time.Since(s.sent) > beat {
			// An id alone is no event, and is kept by whoever comes back: what happened out of their sight is behind them.
			fmt.Fprintf(&s.b, ": nothing new\nid: %s\n\n", s.teller.Place())
		}
	}
	if !s.teller.Ended() {
		return true
	}
	// Not all at once: all who listened come back to the next server.
	fmt.Fprintf(&s.b, ": the server stops\nretry: %d\n\n", comeBack/3+rand.IntN(comeBack))
	s.send() //nolint:errcheck // it is over either way
	return false
}

// send sends what is written, and cuts off who takes nothing.
func (s *stream) send() error {
	s.sent = time.Now()
	defer func() {
		if s.b.Reset(); s.b.Cap() > mostKept { // many streams have caught up once, and wait for a long time
			s.b = bytes.Buffer{}
		}
	}()
	if _, err := s.x.Write(s.b.Bytes()); err != nil {
		return err
	}
	if err := s.x.rc.Flush(); err != nil {
		return err
	}
	s.x.rc.SetWriteDeadline(time.Time{}) //nolint:errcheck // without a network there is none
	return nil
}

// goOn lets an exchange last: it is no slow request, and counts as answered.
func (x *exchange) goOn() {
	x.lasts = true
	if x.overdue != nil {
		x.overdue.Stop()
	}
	x.server.requests.End(x.row, x.status, time.Since(x.began))
}
