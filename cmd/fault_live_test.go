package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
)

// typist types on a page until its server dies or it is told to stop, and knows which words were told as kept.
type typist struct {
	i    *installation
	page string
	n    int
	doc  *ydoc.Doc
	kept []string
	stop atomic.Bool
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
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	conn := p.open(ctx)
	if conn == nil {
		return
	}
	defer conn.CloseNow()
	for !p.stop.Load() && p.word(ctx, conn) {
	}
}

// word types one, and says whether it was told as kept.
func (p *typist) word(ctx context.Context, conn *websocket.Conn) bool {
	word := fmt.Sprintf("word%dx%d.", p.n, len(p.kept))
	text := document.FromYjs(p.doc)
	text.Content = append(text.Content, document.Node{Type: "paragraph", Content: []document.Node{{Type: "text", Text: word}}})
	update, err := p.doc.Replace(document.Body, text.Yjs(), uint64(1000*p.n+1+len(p.kept)))
	if err != nil || conn.Write(ctx, websocket.MessageBinary, p.frame([]byte{0, 2}, withLength(update))) != nil {
		return false
	}
	for {
		kind, rest, err := p.read(ctx, conn)
		if err != nil {
			return false
		}
		if kind == 8 && rest[0] == 1 {
			p.kept = append(p.kept, word)
			return true
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

// typing are typists on one page of an installation, at several nodes of it.
type typing struct {
	first   *installation
	nodes   []*installation
	path    string // of the page
	typists []*typist
}

// numberOf is a number that the environment may say.
func numberOf(name string, small int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return small
}

// gather starts the nodes. They share the folder of files.
func gather(t *testing.T, i *installation, nodes, typists int) *typing {
	g := &typing{first: i, nodes: []*installation{i}}
	i.start()
	for range nodes - 1 {
		other := *i
		other.dir, other.server = t.TempDir(), nil
		other.keepSecret()
		if err := os.Symlink(filepath.Join(i.dir, "files"), filepath.Join(other.dir, "files")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(other.kill)
		other.start()
		g.nodes = append(g.nodes, &other)
	}
	g.typists = make([]*typist, typists)
	return g
}

// turn begins another page: a long one makes the typists slow, not the server.
func (g *typing) turn() {
	pages := "/api/workspaces/fault/projects/" + g.first.project + "/pages/"
	a := g.first.ask(http.MethodPost, pages, map[string]any{"name": "Typed"})
	_, rest, _ := strings.Cut(string(a.body), `"id":"`)
	page, _, _ := strings.Cut(rest, `"`)
	g.path = pages + page + "/"
	for n := range g.typists {
		g.typists[n] = &typist{i: g.nodes[n%len(g.nodes)], page: page, n: n}
	}
}

// kept counts the words that were told as kept.
func (g *typing) kept() (n int) {
	for _, p := range g.typists {
		n += len(p.kept)
	}
	return n
}

// missing counts those of them that the page has not.
func (g *typing) missing() (n int) {
	html := string(g.first.ask(http.MethodGet, g.path, nil).body)
	for _, p := range g.typists {
		for _, word := range p.kept {
			if !strings.Contains(html, word) {
				n++
			}
		}
	}
	return n
}

// round types until one node is killed, and starts it again. The others' typists stop with it.
func (g *typing) round(t *testing.T, round int) {
	before := g.kept()
	var all sync.WaitGroup
	for _, p := range g.typists {
		p.stop.Store(false)
		all.Go(p.run)
	}
	time.Sleep(2 * time.Second)
	victim := g.nodes[round%len(g.nodes)]
	victim.kill()
	for _, p := range g.typists {
		p.stop.Store(true)
	}
	all.Wait()
	if g.kept() == before {
		t.Fatalf("round %d: nothing was kept before the kill", round)
	}
	victim.start()
}

// Killed while people type, a server loses nothing that it has told as kept; what was typed becomes part of the page
// after the next start, though nobody opens it. On Postgres two nodes have the page open, and one of them is killed.
// SAILPLANE_TEST_TYPISTS and SAILPLANE_TEST_TYPING_KILLS say how many type and how often.
func TestKilledWhilePeopleTypeNothingKeptIsLost(t *testing.T) {
	typists, kills := numberOf("SAILPLANE_TEST_TYPISTS", 4), numberOf("SAILPLANE_TEST_TYPING_KILLS", 3)
	on(t, func(t *testing.T, db string) {
		nodes := 1
		if db != "" {
			nodes = 2
		}
		g := gather(t, install(t, t.TempDir(), db), nodes, typists)
		words := 0
		for round := range kills {
			if round%10 == 0 {
				g.turn()
			}
			g.round(t, round)
			if round%10 == 9 || round == kills-1 {
				waitFor(t, "what was kept is part of the page", func() bool { return g.missing() == 0 })
				words += g.kept()
				t.Logf("%d typists, %d nodes, %d kills: %d words kept, none lost", typists, nodes, round+1, words)
			}
		}
	})
}
