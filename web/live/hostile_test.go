package live_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/web/webtest"
)

// What no browser sends costs its sender the connection, and the others nothing.
func TestHostileFrames(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Live.DocumentSize = 1 << 20
		w := newWorld(t, s)
		victim := w.edit(w.owner).ready()
		victim.aware(1, `{"user":{"name":"victim"}}`)
		w.eventually("the victim is there", victim.now(func() bool { return victim.others[victim.id] != "" }))
		page := str(w.page)
		frame := func(parts ...[]byte) []byte { return append(bytes.Clone(page), bytes.Join(parts, nil)...) }
		huge := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}
		aware := func(entries ...[]byte) []byte {
			return frame(uvarint(1), str(string(append(uvarint(uint64(len(entries))), bytes.Join(entries, nil)...))))
		}
		entry := func(client, clock uint64, state string) []byte {
			return append(append(uvarint(client), uvarint(clock)...), str(state)...)
		}
		hostile := map[string][]byte{
			"nothing":                        {},
			"a name without an end":          huge,
			"a name that is too long":        str(strings.Repeat("x", 1000)),
			"no type":                        page,
			"a type that is none":            frame(uvarint(99)),
			"a type without an end":          frame(huge),
			"a step that is none":            frame(uvarint(0), uvarint(9), str("x")),
			"an update longer than itself":   frame(uvarint(0), uvarint(2), huge),
			"an update that is none":         frame(uvarint(0), uvarint(2), str("not an update")),
			"an update of very many structs": frame(uvarint(0), uvarint(2), str(string(append(uvarint(1), huge...)))),
			"a state vector that is none":    frame(uvarint(0), uvarint(0), str("\xff\xff\xff\xff\x0f")),
			"something behind an update":     frame(uvarint(0), uvarint(2), str("\x00\x00"), []byte("x")),
			"awareness of very many":         frame(uvarint(1), str(string(uvarint(1<<40)))),
			"awareness that is no JSON":      aware(entry(7, 1, `{"user":`)),
			"awareness of 10 MB":             aware(entry(7, 1, `"`+strings.Repeat("x", 10<<20)+`"`)),
			"awareness of 100 kB":            aware(entry(7, 1, `"`+strings.Repeat("x", 100<<10)+`"`)),
			"a clock that no browser has":    aware(entry(7, 1<<60, `{}`)),
			"a word that is no text":         frame(uvarint(5), str("\xff\xfe")),
			"a frame larger than a document": frame(uvarint(0), uvarint(2), str(strings.Repeat("x", 3<<20))),
		}
		for name, b := range hostile {
			e := w.edit(w.owner).ready()
			e.raw(b)
			if code, _ := e.out(); code != websocket.StatusPolicyViolation && code != websocket.StatusMessageTooBig {
				t.Errorf("%s: closed with %d", name, code)
			}
		}
		text := w.edit(w.owner).ready()
		text.conn.Write(t.Context(), websocket.MessageText, []byte("hello")) // it is seen below
		text.out()
		forger := w.edit(w.owner).ready()
		forger.awareAs(victim.id, 99, `{"user":{"name":"forged"}}`)
		forger.awareAs(victim.id, 100, `null`)
		for i := range uint64(20) {
			forger.awareAs(5000+i, 1, `{}`)
		}
		forger.send(6, str("archived"))
		forger.send(6, str(`{"type":"force_close","code":4000}`))
		forger.send(5, str("delete"))
		forger.send(5, str("error"))
		forger.write("<p>Begin</p><p>the last</p>")
		victim.shows("the last")
		victim.mu.Lock()
		defer victim.mu.Unlock()
		if got := victim.others[victim.id]; got != `{"user":{"name":"victim"}}` || victim.closed != nil {
			t.Errorf("the victim is %s, %v", got, victim.closed)
		}
		if len(victim.others) > 1+4 {
			t.Errorf("one connection speaks for %d clients", len(victim.others)-1)
		}
		if len(victim.words) > 0 {
			t.Errorf("forged words: %q", victim.words)
		}
	})
}

// A document that would be too large is refused to the one who makes it so.
func TestADocumentIsBounded(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Live.DocumentSize = 100 << 10
		w := newWorld(t, s)
		a, b := w.edit(w.owner).ready(), w.edit(w.owner).ready()
		b.write("<p>" + strings.Repeat("word ", 30<<10) + "</p>")
		if code, reason := b.out(); code != 4001 || reason != "document_too_large" {
			t.Errorf("closed with %d %q", code, reason)
		}
		a.write("<p>goes on</p>")
		a.saved()
	})
}

// Who reads nothing is dropped, and nobody waits.
func TestASlowReaderIsDropped(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		r, err := http.NewRequest(http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.owner.Sign(r)
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.(*net.TCPConn).SetReadBuffer(4096) // smaller is only faster
		fmt.Fprintf(conn, "GET /live/collaboration?projectId=%s&workspaceSlug=acme HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"+
			"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: %s\r\n\r\n",
			w.project, r.Header.Get("Cookie"))
		// A token, masked with zeros, and then the client reads nothing any more.
		token := append(append(str(w.page), 2, 0), str(`{"id":"`+w.owner.User.ID+`"}`)...)
		head := []byte{0x82, 0xfe, byte(len(token) >> 8), byte(len(token)), 0, 0, 0, 0}
		conn.Write(append(head, token...)) // seen below
		a := w.edit(w.owner).ready()
		for i := range 200 {
			a.write(fmt.Sprintf("<p>%d %s</p>", i, strings.Repeat("abcdefgh", 8<<10)))
		}
		a.saved()
		w.eventually("the slow one is dropped", func() bool {
			a.mu.Lock()
			defer a.mu.Unlock()
			return a.closed == nil && a.kept >= 200
		})
		b := w.edit(w.owner).ready()
		b.shows("199 ")
	})
}

// A socket that opens no page, for whatever reason, is closed after a while; what waits for a token is bounded.
func TestASocketWithoutAPage(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		for name, send := range map[string]func(e *editor){
			"frames that wait": func(e *editor) {
				for range 100 {
					e.aware(1, `{}`)
				}
			},
			"many documents": func(e *editor) {
				for i := range 100 {
					e.raw(append(str(fmt.Sprint("document ", i)), 3))
				}
			},
		} {
			conn, _, err := dial(w, w.owner, s)
			if err != nil {
				t.Fatal(err)
			}
			e := w.over(conn, w.page)
			send(e)
			if code, _ := e.out(); code != websocket.StatusPolicyViolation {
				t.Errorf("%s: closed with %d", name, code)
			}
		}
	})
}

// One socket carries several pages.
func TestSeveralPagesOnASocket(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		second := w.owner.Must("POST", w.pages(), map[string]any{"name": "Second"}).ID()
		conn, _, err := dial(w, w.owner, s)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		open := func(page string) {
			for _, b := range [][]byte{append(append(str(page), 2, 0), str(`{"id":"`+w.owner.User.ID+`"}`)...),
				append(append(str(page), 0, 0), str("\x00")...)} {
				if err := conn.Write(ctx, websocket.MessageBinary, b); err != nil {
					t.Fatal(err)
				}
			}
		}
		next := func(of string, kind byte) []byte {
			for {
				_, b, err := conn.Read(ctx)
				if err != nil {
					t.Fatalf("wait for a frame of type %d: %v", kind, err)
				}
				if head := str(of); bytes.HasPrefix(b, head) && b[len(head)] == kind {
					return b[len(head)+1:]
				}
			}
		}
		open(w.page)
		next(w.page, 0)
		open(second)
		next(second, 0)
		w.owner.Must("POST", w.pages()+second+"/archive/", nil)
		if word := next(second, 5); !strings.Contains(string(word), "archived") {
			t.Errorf("the second hears %q", word)
		}
		w.owner.Must("DELETE", w.pages()+second+"/", nil)
		if word := next(second, 5); !strings.Contains(string(word), "deleted") {
			t.Errorf("the second hears %q", word)
		}
		if denied := next(second, 2); denied[0] != 1 {
			t.Errorf("the second is told %x", denied)
		}
		w.owner.Must("POST", w.one()+"lock/", nil)
		if word := next(w.page, 5); !strings.Contains(string(word), "locked") {
			t.Errorf("the first hears %q", word)
		}
	})
}
