package live_test

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// How a fuzzed frame begins, so that what follows gets deep: with nothing, or as a frame of a page that is open.
var beginnings = []func(page string, rest []byte) []byte{
	func(_ string, rest []byte) []byte { return rest },
	func(page string, rest []byte) []byte { return append(str(page), rest...) },
	func(page string, rest []byte) []byte { return framed(page, 1, nil, rest) },        // awareness
	func(page string, rest []byte) []byte { return framed(page, 0, uvarint(0), rest) }, // what somebody has
	func(page string, rest []byte) []byte { return framed(page, 0, uvarint(1), rest) }, // what they had before
	func(page string, rest []byte) []byte { return framed(page, 0, uvarint(2), rest) }, // what they type
	func(page string, rest []byte) []byte { return framed(page, 5, nil, rest) },        // a word
	func(page string, rest []byte) []byte { return framed(page, 6, nil, rest) },
}

func framed(page string, kind uint64, step, rest []byte) []byte {
	b := append(append(str(page), uvarint(kind)...), step...)
	return append(b, str(string(rest))...)
}

func seedFrames(f *testing.F) {
	f.Helper()
	d := ydoc.New()
	update, err := d.Replace(document.Body, []ydoc.Node{{Name: "paragraph"}}, 7)
	if err != nil {
		f.Fatal(err)
	}
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}
	entry := func(client, clock uint64, state string) []byte {
		return slices.Concat(uvarint(1), uvarint(client), uvarint(clock), str(state))
	}
	for _, rest := range [][]byte{nil, {0}, {0, 0}, update, update[:len(update)/2], d.StateVector(), huge,
		entry(7, 1, `{"user":{"name":"ann"}}`), entry(7, 1, `null`), entry(7, 1<<60, `{}`), entry(7, 2, `{"user":`),
		uvarint(1 << 40), []byte("archived"), []byte(`{"type":"force_close","code":4000}`), []byte("\xff\xfe"),
		[]byte(strings.Repeat("x", 100<<10)), append(uvarint(2), append(uvarint(0), str(`{"id":"x"}`)...)...),
		uvarint(3), uvarint(7), uvarint(99)} {
		for i := range beginnings {
			f.Add(byte(i), rest)
		}
	}
}

// Whatever frame comes on an open page's socket, the socket goes on or is closed as one of the protocol's, with a
// bounded amount of memory, and nobody else hears of anything that is not of the protocol: see editor.take.
func FuzzFrame(f *testing.F) {
	seedFrames(f)
	a := apptest.New(f, storetest.SQLite(f))
	a.Log = slog.New(slog.DiscardHandler)
	a.Config.Live.DocumentSize, a.Config.Live.SocketsPerPerson = 1<<20, 0
	w := newWorld(f, webtest.Still(f, a))
	first, err := store.Pages.Find(a.DB.Read(f.Context()), w.page)
	if err != nil {
		f.Fatal(err)
	}
	page := func(t *testing.T) *world { // of its own: what is typed on it must not become too much
		other, p := *w, &store.Page{Name: "Fuzzed", WorkspaceID: first.WorkspaceID, OwnedByID: first.OwnedByID}
		if err := a.DB.Write(t.Context(), first.OwnedByID, func(tx *store.Tx) error {
			if err := store.Pages.Insert(tx, p); err != nil {
				return err
			}
			return store.ProjectPages.Insert(tx,
				&store.ProjectPage{PageID: p.ID, ProjectID: w.project, WorkspaceID: p.WorkspaceID})
		}); err != nil {
			t.Fatal(err)
		}
		other.t, other.page = t, p.ID
		return &other
	}
	f.Fuzz(func(t *testing.T, beginning byte, rest []byte) {
		if len(rest) > 300<<10 {
			t.Skip("more is refused by its length")
		}
		w := page(t)
		witness, e := w.edit(w.owner).ready(), w.edit(w.owner).ready()
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		e.raw(beginnings[int(beginning)%len(beginnings)](w.page, rest))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := e.conn.Ping(ctx); ctx.Err() != nil {
			t.Fatalf("neither closed nor answered: %v", err)
		} else if err != nil {
			<-e.done
			code := websocket.CloseStatus(e.closed)
			if !slices.Contains([]websocket.StatusCode{websocket.StatusPolicyViolation, websocket.StatusMessageTooBig, 4001},
				code) {
				t.Errorf("closed with %d: %v", code, e.closed)
			}
		}
		runtime.ReadMemStats(&end)
		if took := end.TotalAlloc - start.TotalAlloc; took > uint64(1000*len(rest)+16<<20) {
			t.Errorf("%d bytes of memory for %d bytes", took, len(rest))
		}
		if err := witness.conn.Ping(ctx); err != nil {
			t.Errorf("somebody else's socket: %v", err)
		}
		witness.leave()
		e.leave()
	})
}
