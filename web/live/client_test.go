package live_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/web/webtest"
)

// world is a workspace with a project and a page in it.
type world struct {
	t       testing.TB
	s       *webtest.Server
	owner   *webtest.Client
	slug    string
	project string
	page    string
}

const wsPath = "/api/workspaces/acme/"

func newWorld(t testing.TB, s *webtest.Server) *world {
	t.Helper()
	w := &world{t: t, s: s, owner: s.User("owner"), slug: "acme"}
	w.owner.Must("POST", "/api/workspaces/", map[string]any{"name": "Acme", "slug": "acme", "organization_size": "1"})
	w.project = w.owner.Must("POST", wsPath+"projects/", map[string]any{"name": "P", "identifier": "P"}).ID()
	w.page = w.owner.Must("POST", w.pages(), map[string]any{"name": "Plan", "description_html": "<p>Begin</p>"}).ID()
	return w
}

func (w *world) pages() string { return wsPath + "projects/" + w.project + "/pages/" }

func (w *world) one() string { return w.pages() + w.page + "/" }

// html is what the page's text is by the API.
func (w *world) html() string {
	w.t.Helper()
	html, _ := w.owner.Must("GET", w.one(), nil).At("description_html").(string)
	return html
}

// eventually gives something as long as a busy machine may take to become so.
func (w *world) eventually(what string, so func() bool) {
	w.t.Helper()
	for end := time.Now().Add(5 * time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("%s: not within five minutes", what)
		}
	}
}

// editor is a client of the protocol with a document, as a tab of a browser is one.
type editor struct {
	w    *world
	page string
	conn *websocket.Conn
	id   uint64

	mu     sync.Mutex
	doc    *ydoc.Doc
	scope  string // once the server has let it in
	denied string
	synced bool
	kept   int // answers
	lost   int
	sent   int
	words  []string
	others map[uint64]string // states of awareness
	seen   []string          // kinds of frames, in order
	closed error
	done   chan struct{}
}

func dial(w *world, c *webtest.Client, s *webtest.Server, headers ...string) (*websocket.Conn, *http.Response, error) {
	r, err := http.NewRequest(http.MethodGet, s.URL, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c.Sign(r)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	return websocket.Dial(ctx, s.URL+"/live/collaboration?documentType=project_page&projectId="+w.project+
		"&workspaceSlug="+w.slug, &websocket.DialOptions{HTTPHeader: r.Header})
}

// edit opens the page as a browser does: it sends its token, what it has and where it is, at once.
func (w *world) edit(c *webtest.Client) *editor { return w.editAt(c, w.s) }

func (w *world) editAt(c *webtest.Client, s *webtest.Server) *editor {
	w.t.Helper()
	conn, _, err := dial(w, c, s)
	if err != nil {
		w.t.Fatalf("open a socket: %v", err)
	}
	e := w.over(conn, w.page)
	e.begin(c.User.ID)
	return e
}

var nextClient uint64 = 1000

// over is an editor on a socket that is there.
func (w *world) over(conn *websocket.Conn, page string) *editor {
	nextClient++
	e := &editor{w: w, page: page, conn: conn, id: nextClient, doc: ydoc.New(), others: map[uint64]string{},
		done: make(chan struct{})}
	conn.SetReadLimit(-1)
	w.t.Cleanup(func() { conn.CloseNow() })
	go e.read()
	return e
}

func (e *editor) begin(user string) {
	e.send(2, uvarint(0), str(`{"id":"`+user+`"}`))
	e.send(0, uvarint(0), str(string(e.doc.StateVector())))
	e.aware(0, `{}`)
}

func uvarint(v uint64) []byte { return binary.AppendUvarint(nil, v) }

func str(s string) []byte { return append(uvarint(uint64(len(s))), s...) }

func (e *editor) send(kind uint64, parts ...[]byte) {
	b := append(str(e.page), uvarint(kind)...)
	for _, p := range parts {
		b = append(b, p...)
	}
	e.raw(b)
}

func (e *editor) raw(b []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	e.conn.Write(ctx, websocket.MessageBinary, b) // a closed one is seen by the reader
}

// aware says where a client is.
func (e *editor) aware(clock uint64, state string) { e.awareAs(e.id, clock, state) }

func (e *editor) awareAs(client, clock uint64, state string) {
	m := append(uvarint(1), uvarint(client)...)
	m = append(append(m, uvarint(clock)...), str(state)...)
	e.send(1, str(string(m)))
}

func (e *editor) read() {
	defer close(e.done)
	for {
		_, b, err := e.conn.Read(context.Background())
		if err != nil {
			e.mu.Lock()
			e.closed = err
			e.mu.Unlock()
			return
		}
		e.mu.Lock()
		if err := e.take(b); err != nil {
			e.w.t.Errorf("a frame of the server's: %v: %x", err, b)
		}
		e.mu.Unlock()
	}
}

type bytesReader struct {
	b   []byte
	bad bool
}

func (r *bytesReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *bytesReader) str() string {
	n := r.uvarint()
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (e *editor) take(b []byte) error {
	r := &bytesReader{b: b}
	if name := r.str(); name != e.page {
		return fmt.Errorf("of document %q", name)
	}
	kind := r.uvarint()
	switch kind {
	case 0, 4:
		return e.takeSync(r)
	case 1:
		m := &bytesReader{b: []byte(r.str())}
		for range m.uvarint() {
			client, _, state := m.uvarint(), m.uvarint(), m.str()
			if e.others[client] = state; state == "null" {
				delete(e.others, client)
			}
		}
		e.seen = append(e.seen, "awareness")
		r.bad = r.bad || m.bad
	case 2:
		switch r.uvarint() {
		case 1:
			e.denied = r.str()
			e.seen = append(e.seen, "denied")
		case 2:
			e.scope = r.str()
			e.seen = append(e.seen, "authenticated")
		}
	case 5:
		word := r.str()
		e.words = append(e.words, word)
		e.seen = append(e.seen, "word")
	case 8:
		if r.uvarint() == 1 {
			e.kept++
		} else {
			e.lost++
		}
		e.seen = append(e.seen, "status")
	default:
		return fmt.Errorf("type %d, which no browser knows", kind)
	}
	if r.bad {
		return errors.New("cut short")
	}
	return nil
}

func (e *editor) takeSync(r *bytesReader) error {
	step, data := r.uvarint(), []byte(r.str())
	switch step {
	case 0:
		e.seen = append(e.seen, "step1")
		missing, err := e.doc.Diff(data)
		if err != nil {
			return err
		}
		e.sent++
		go e.send(0, uvarint(1), str(string(missing)))
		return nil
	case 1:
		e.synced = true
		e.seen = append(e.seen, "step2")
	default:
		e.seen = append(e.seen, "update")
	}
	return e.doc.Apply(data)
}

// now looks at an editor while nothing moves.
func (e *editor) now(look func() bool) func() bool {
	return func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return look()
	}
}

// ready waits until the editor has the page, and the server what it has.
func (e *editor) ready() *editor {
	e.w.t.Helper()
	e.w.eventually("a page is opened", e.now(func() bool {
		if e.denied != "" || e.closed != nil {
			e.w.t.Fatalf("not let in: %q, %v", e.denied, e.closed)
		}
		return e.synced && e.kept+e.lost >= 1
	}))
	return e
}

// write makes text the whole of the page.
func (e *editor) write(html string) {
	e.w.t.Helper()
	text, err := document.FromHTML(html)
	if err != nil {
		e.w.t.Fatal(err)
	}
	e.mu.Lock()
	update, err := e.doc.Replace(document.Body, text.Yjs(), e.id)
	if update != nil {
		e.sent++
	}
	e.mu.Unlock()
	if err != nil {
		e.w.t.Fatal(err)
	}
	if update != nil {
		e.send(0, uvarint(2), str(string(update)))
	}
}

func (e *editor) rename(title string) {
	e.w.t.Helper()
	e.mu.Lock()
	update, err := e.doc.Replace(document.TitlePart, document.TitleTree(title), e.id)
	e.sent++
	e.mu.Unlock()
	if err != nil || update == nil {
		e.w.t.Fatalf("rename: %v", err)
	}
	e.send(0, uvarint(2), str(string(update)))
}

func (e *editor) html() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return document.FromYjs(e.doc).HTML()
}

func (e *editor) title() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return document.Title(e.doc)
}

// saved waits until all that was sent is kept.
func (e *editor) saved() {
	e.w.t.Helper()
	e.w.eventually("what was typed is kept", e.now(func() bool { return e.kept >= e.sent }))
}

// shows waits until the text is there.
func (e *editor) shows(text string) {
	e.w.t.Helper()
	e.w.eventually("the others see "+text, func() bool { return strings.Contains(e.html(), text) })
}

// hears waits for a word.
func (e *editor) hears(word string) {
	e.w.t.Helper()
	e.w.eventually("the word "+word, e.now(func() bool {
		for _, w := range e.words {
			if w == word {
				return true
			}
		}
		return false
	}))
}

// out waits until the server has closed the socket, and returns the code and the reason that it said before.
func (e *editor) out() (websocket.StatusCode, string) {
	e.w.t.Helper()
	select {
	case <-e.done:
	case <-time.After(5 * time.Minute):
		e.w.t.Fatal("the socket stays open")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	reason := ""
	for _, word := range e.words {
		var of struct{ Type, Reason string }
		if json.Unmarshal([]byte(word), &of) == nil && of.Type == "force_close" {
			reason = of.Reason
		}
	}
	return websocket.CloseStatus(e.closed), reason
}

// leave ends as a tab that is closed.
func (e *editor) leave() {
	e.send(7)
	e.conn.CloseNow()
	<-e.done
}
