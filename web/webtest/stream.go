package webtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web"
)

// Played is what a handler answers to a request without a network. A stream has answered once it has sent something:
// the client leaves.
func Played(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	w := &leaver{httptest.NewRecorder(), cancel}
	h.ServeHTTP(w, r.WithContext(ctx))
	return w.ResponseRecorder
}

type leaver struct {
	*httptest.ResponseRecorder
	leave func()
}

// Flush leaves.
func (l *leaver) Flush() {
	l.ResponseRecorder.Flush()
	if l.Header().Get("Content-Type") == web.EventStream {
		l.leave()
	}
}

// firstBlock reads a stream up to its first empty line, or its end.
func firstBlock(r io.Reader) ([]byte, error) {
	var all bytes.Buffer
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if all.Write(line); len(bytes.TrimSpace(line)) == 0 || errors.Is(err, io.EOF) {
			return all.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Event is a message of a stream.
type Event struct {
	ID, Name string
	Raw      string
}

// At is a text of the event's data; empty for what is none.
func (e Event) At(key string) string {
	var v map[string]any
	json.Unmarshal([]byte(e.Raw), &v) //nolint:errcheck // then there is none
	text, _ := v[key].(string)
	return text
}

// String is the event in short.
func (e Event) String() string {
	if e.Name != "" {
		return e.Name
	}
	return strings.TrimSpace(e.At("kind") + " " + e.At("action") + " " + e.At("name"))
}

// Stream is one that a client listens to. Next fails the test when it ends.
type Stream struct {
	t     testing.TB
	body  io.ReadCloser
	lines *bufio.Reader
	Last  string // the id of the last block
	Retry string // in milliseconds
}

// Listen opens a stream, and leaves it when the test ends.
func (c *Client) Listen(path string) *Stream {
	c.s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.s.URL+path, nil)
	if err != nil {
		c.s.t.Fatal(err)
	}
	c.Sign(req)
	for i := 0; i+1 < len(c.header); i += 2 {
		req.Header.Set(c.header[i], c.header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req) //nolint:bodyclose // the stream's end closes it
	if err != nil {
		c.s.t.Fatal(err)
	}
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || kind != web.EventStream {
		raw, _ := io.ReadAll(res.Body)
		c.s.t.Fatalf("%s: %d %s %s", path, res.StatusCode, kind, raw)
	}
	s := &Stream{t: c.s.t, body: res.Body, lines: bufio.NewReader(res.Body)}
	c.s.t.Cleanup(s.Close)
	if _, err := s.block(); err != nil { // it is open then
		c.s.t.Fatal(err)
	}
	return s
}

// Close leaves.
func (s *Stream) Close() { s.body.Close() }

// Next waits for an event.
func (s *Stream) Next() Event {
	s.t.Helper()
	e, err := s.Try()
	if err != nil {
		s.t.Fatalf("the stream ends: %v", err)
	}
	return e
}

// Try is Next for a stream that may end: io.EOF then.
func (s *Stream) Try() (Event, error) {
	for {
		if e, err := s.block(); err != nil || e.Raw != "" {
			return e, err
		}
	}
}

// block reads up to an empty line.
func (s *Stream) block() (e Event, err error) {
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return e, err
		}
		if line = strings.TrimSuffix(line, "\n"); line == "" {
			return e, nil
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			e.ID, s.Last = value, value
		case "event":
			e.Name = value
		case "data":
			e.Raw += value
		case "retry":
			s.Retry = value
		case "":
		default:
			return e, fmt.Errorf("a stream sends %q", line)
		}
	}
}

// Told are the events that somebody is told of who asks from a place on, and does not wait for others.
func (c *Client) Told(path, since string) (told []Event) {
	c.s.t.Helper()
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	s := c.Listen(path + mark + "follow=false&since=" + since)
	defer s.Close()
	for {
		e, err := s.Try()
		if errors.Is(err, io.EOF) {
			return told
		}
		if err != nil {
			c.s.t.Fatal(err)
		}
		told = append(told, e)
	}
}
