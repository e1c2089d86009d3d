package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
)

// typist types on a page until its server dies, and knows which words were told as kept.
type typist struct {
	i    *installation
	page string
	n    int
	doc  *ydoc.Doc
	kept []string
}

func withLength(b []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(b))), b...) }

func (p *typist) frame(parts ...[]byte) []byte {
	return append(withLength([]byte(p.page)), bytes.Join(parts, nil)...)
}

// open opens the page; nil when the server has gone.
func (p *typist) open(ctx context.Context) *websocket.Conn {
	conn, _, err := websocket.Dial(ctx, p.i.base+"/live/collaboration?projectId="+p.i.project+"&workspaceSlug=fault",
		&websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {"session-id=" + faultSession}}})
	if err != nil {
		return nil
	}
	conn.SetReadLimit(-1)
	p.doc = ydoc.New()
	send := func(b []byte) { conn.Write(ctx, websocket.MessageBinary, b) } // the reader sees it
	send(p.frame([]byte{2, 0}, withLength([]byte(`{"id":"`+p.i.owner()+`"}`))))
	send(p.frame([]byte{0, 0}, withLength(p.doc.StateVector())))
	for {
		kind, rest, err := p.read(ctx, conn)
		if err != nil {
			return nil
		}
		if kind == 0 && rest[0] == 1 {
			return conn
		}
	}
}

// read reads a frame and takes what was typed.
func (p *typist) read(ctx context.Context, conn *websocket.Conn) (kind byte, rest []byte, err error) {
	_, b, err := conn.Read(ctx)
	if err != nil {
		return 0, nil, err
	}
	rest = b[len(withLength([]byte(p.page))):]
	kind, rest = rest[0], rest[1:]
	if kind == 0 && rest[0] > 0 {
		_, n := binary.Uvarint(rest[1:])
		err = p.doc.Apply(rest[1+n:])
	}
	return kind, rest, err
}

// run types one word after the other, each when the one before is kept.
func (p *typist) run() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn := p.open(ctx)
	if conn == nil {
		return
	}
	defer conn.CloseNow()
	for k := 0; ; k++ {
		word := fmt.Sprintf("word%dx%d.", p.n, len(p.kept))
		text := document.FromYjs(p.doc)
		text.Content = append(text.Content, document.Node{Type: "paragraph", Content: []document.Node{{Type: "text", Text: word}}})
		update, err := p.doc.Replace(document.Body, text.Yjs(), uint64(1000*p.n+1+len(p.kept)))
		if err != nil || conn.Write(ctx, websocket.MessageBinary, p.frame([]byte{0, 2}, withLength(update))) != nil {
			return
		}
		for {
			kind, rest, err := p.read(ctx, conn)
			if err != nil {
				return
			}
			if kind == 8 && rest[0] == 1 {
				p.kept = append(p.kept, word)
				break
			}
		}
	}
}

// owner is the id of the one who is there.
func (i *installation) owner() string {
	a := i.ask(http.MethodGet, "/api/users/me/", nil)
	_, rest, _ := strings.Cut(string(a.body), `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// Killed while people type, a server loses nothing that it has told as kept; what was typed becomes part of the page
// after the next start, though nobody opens it.
func TestKilledWhilePeopleTypeNothingKeptIsLost(t *testing.T) {
	on(t, func(t *testing.T, db string) {
		i := install(t, t.TempDir(), db)
		i.start()
		pages := "/api/workspaces/fault/projects/" + i.project + "/pages/"
		a := i.ask(http.MethodPost, pages, map[string]any{"name": "Typed"})
		_, rest, _ := strings.Cut(string(a.body), `"id":"`)
		page, _, _ := strings.Cut(rest, `"`)
		typists := make([]*typist, 4)
		for n := range typists {
			typists[n] = &typist{i: i, page: page, n: n}
		}
		for round := range 3 {
			before := 0
			for _, p := range typists {
				before += len(p.kept)
			}
			if round > 0 {
				i.start()
			}
			var all sync.WaitGroup
			for _, p := range typists {
				all.Go(p.run)
			}
			time.Sleep(2 * time.Second)
			i.kill()
			all.Wait()
			after := 0
			for _, p := range typists {
				after += len(p.kept)
			}
			if after == before {
				t.Fatalf("round %d: nothing was kept before the kill", round)
			}
			t.Logf("round %d: %d words kept", round, after-before)
		}
		i.start()
		missing := func() (n int) {
			html := string(i.ask(http.MethodGet, pages+page+"/", nil).body)
			for _, p := range typists {
				for _, word := range p.kept {
					if !strings.Contains(html, word) {
						n++
					}
				}
			}
			return n
		}
		waitFor(t, "what was kept is part of the page", func() bool { return missing() == 0 })
	})
}
