package events_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	listening "github.com/sailplane/sailplane/app/stream"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// What happens is told at once to who listens, in the order in which it happened, with ids to go on from.
func TestListeners(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		ann, dan := g.ann.Listen(stream), g.dan.Listen(stream)
		g.item(g.ann, "one")
		g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C"})
		first := ann.Next()
		if first.String() != "issue created one" || first.At("key") != "P-1" || first.At("project_id") != g.project ||
			first.At("actor_id") != g.ann.User.ID || first.At("id") != first.ID {
			t.Errorf("ann is told %s", first.Raw)
		}
		for _, next := range []webtest.Event{ann.Next(), dan.Next()} {
			if next.String() != "cycle created C" {
				t.Errorf("somebody is told %s", next.Raw)
			}
		}
		again := g.ann.With("Last-Event-ID", first.ID).Listen(stream + "?since=0")
		if e := again.Next(); e.String() != "cycle created C" {
			t.Errorf("who comes back is told %s", e.Raw)
		}
		if oldest := g.ann.Listen(stream + "?since=0").Next(); oldest.String() != "project created P" {
			t.Errorf("the oldest event is %s", oldest.Raw)
		}
	})
}

// Who may no longer listen is told nothing from then on, and the stream ends.
func TestListenersWhoMayNoLonger(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		out := func(query string, args ...any) {
			t.Helper()
			g.write(func(tx *store.Tx) error {
				tx.ForgetAll()
				_, err := tx.Exec(query, args...)
				return err
			})
		}
		happens := func(name string) {
			g.item(g.ann, name)
			g.ann.Must("POST", projects, map[string]any{"name": name, "identifier": strings.ToUpper(name), "network": 2})
		}
		bea := g.bea.Listen(stream)
		out("UPDATE project_members SET is_active = ? WHERE member_id = ?", false, g.bea.User.ID)
		happens("project")
		if e := bea.Next(); e.String() != "project created project" {
			t.Errorf("who was put out of a project is told %s", e.Raw)
		}
		ended := func(name string, s *webtest.Stream) {
			t.Helper()
			happens(name)
			if e, err := s.Try(); err != io.EOF { //nolint:errorlint // it is never wrapped
				t.Errorf("%s: %s, %v; want the end", name, e.Raw, err)
			}
		}
		key := g.bea.WithKey().Listen(streamV1)
		out("UPDATE api_tokens SET is_active = ? WHERE user_id = ?", false, g.bea.User.ID)
		ended("key", key)
		if e := bea.Next(); e.String() != "project created key" {
			t.Errorf("by the session bea is told %s", e.Raw)
		}
		out("UPDATE workspace_members SET is_active = ? WHERE member_id = ?", false, g.bea.User.ID)
		ended("workspace", bea)
		dan := g.dan.Listen(stream)
		out("DELETE FROM sessions WHERE user_id = ?", g.dan.User.ID)
		ended("session", dan)
		eve := g.eve.Listen(stream)
		out("UPDATE users SET is_active = ? WHERE id = ?", false, g.eve.User.ID)
		ended("account", eve)
		ann := g.ann.Listen(stream)
		g.ann.Must("DELETE", "/api/workspaces/ws/", nil)
		if _, err := ann.Try(); err != io.EOF { //nolint:errorlint // it is never wrapped
			t.Errorf("without the workspace: %v", err)
		}
	})
}

// Who asks for what is kept no longer is told so, and goes on from now.
func TestResets(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		start := g.now()
		g.item(g.ann, "one")
		middle := g.now()
		g.item(g.ann, "two")
		g.item(g.ann, "three")
		head := g.now()
		sweep := func(ahead time.Duration) {
			t.Helper()
			if err := store.NumberStreamEvents(t.Context(), s.App.DB); err != nil {
				t.Fatal(err)
			}
			g.write(func(tx *store.Tx) error {
				_, err := store.SweepStreamEvents(tx, tx.Now.Add(ahead), 100, 1000)
				return err
			})
		}
		told := func(since string) string { return fmt.Sprint(texts(g.ann.Told(stream, since))) }
		sweep(-time.Hour)
		if got := told(start); got != "[issue created one issue created two issue created three]" {
			t.Errorf("before anything is forgotten: %s", got)
		}
		sweep(time.Hour)
		for since, want := range map[string]string{start: "[reset]", middle: "[reset]", head: "[]",
			taggedAnew(head): "[reset]", "0": "[issue created three]", "0-00000000": "[reset]",
			"999999-00000000": "[reset]"} {
			if got := told(since); got != want {
				t.Errorf("since %s: %s, want %s", since, got, want)
			}
		}
		s2 := g.ann.With("Last-Event-ID", "what is this").Listen(stream)
		reset := s2.Next()
		if reset.Name != "reset" || reset.ID != head || reset.At("id") != head {
			t.Errorf("who has an id that is none is told %v", reset)
		}
		g.item(g.ann, "four")
		if e := s2.Next(); e.String() != "issue created four" {
			t.Errorf("after a reset: %s", e.Raw)
		}
	})
}

// taggedAnew is the id with another tag, as another database would have given it.
func taggedAnew(id string) string {
	number, _, _ := strings.Cut(id, "-")
	return number + "-00000001"
}

// However many write at once, on however many nodes, and however often somebody loses the stream and comes back, to
// whichever node: each event comes once.
func TestNothingIsMissedOrToldTwice(t *testing.T) {
	eachNodes(t, func(t *testing.T, nodes []*webtest.Server) {
		g := newTeam(t, nodes[0])
		const writers, each = 8, 15
		since := g.now()
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for n := range each {
					who := g.ann.On(nodes[(w+n)%len(nodes)])
					who.Must("POST", g.at+"issues/", map[string]any{"name": fmt.Sprintf("%d of %d", n, w)})
				}
			})
		}
		listen := func(seed uint64) []string {
			at, seen, r := since, []string{}, rand.New(rand.NewPCG(seed, 1))
			for len(seen) < writers*each {
				node := nodes[r.IntN(len(nodes))]
				l := g.bea.On(node).With("Last-Event-ID", at).Listen(stream + "?kinds=issue")
				for range 1 + r.IntN(20) {
					if len(seen) == writers*each {
						break
					}
					e := l.Next()
					seen, at = append(seen, e.At("name")), e.ID
					if e.Name != "" {
						t.Errorf("told of a %s", e.Name)
					}
				}
				l.Close()
			}
			slices.Sort(seen)
			return seen
		}
		heard := make([][]string, 4)
		for i := range heard {
			all.Go(func() { heard[i] = listen(uint64(i)) })
		}
		all.Wait()
		var want []string
		for w := range writers {
			for n := range each {
				want = append(want, fmt.Sprintf("%d of %d", n, w))
			}
		}
		slices.Sort(want)
		for i := range heard {
			if !slices.Equal(heard[i], want) {
				t.Errorf("listener %d is told\n%q", i, heard[i])
			}
		}
	})
}

// eachNodes runs a test with one node on SQLite and two on Postgres.
func eachNodes(t *testing.T, test func(t *testing.T, nodes []*webtest.Server)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		test(t, []*webtest.Server{webtest.New(t, apptest.New(t, storetest.SQLite(t)))})
	})
	if os.Getenv(storetest.Postgres) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		var nodes []*webtest.Server
		for _, db := range storetest.Nodes(t, 2) {
			nodes = append(nodes, webtest.New(t, apptest.New(t, db)))
		}
		test(t, nodes)
	})
}

// A transaction that takes long holds nobody's stream up, and what it did comes when it ends, behind what was told.
func TestLongTransactionsHoldNobodyUp(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("SQLite has one writer")
	}
	s := webtest.New(t, apptest.New(t, storetest.OnPostgres(t)))
	g := newTeam(t, s)
	page := g.ann.Must("POST", g.at+"pages/", map[string]any{"name": "late", "access": 0})
	l := g.ann.Listen(stream)
	written, finish := make(chan bool), make(chan bool)
	var long sync.WaitGroup
	long.Go(func() {
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			store.NoteEvent(tx, page.At("workspace").(string), store.EventPage, store.ActionUpdated, page.ID())
			tx.Last(func(*store.Tx) error { // its event is written, and has its number of the sequence
				written <- true
				<-finish
				return nil
			})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-written
	g.item(g.ann, "quick")
	if e := l.Next(); e.String() != "issue created quick" {
		t.Errorf("told of %s", e.Raw)
	}
	close(finish)
	long.Wait()
	if e := l.Next(); e.String() != "page updated late" {
		t.Errorf("then told of %s", e.Raw)
	}
}

// One person, and a server, have so many streams and no more; who leaves makes room.
func TestHowManyListen(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		var open []*webtest.Stream
		for range 20 {
			open = append(open, g.ann.Listen(stream))
		}
		if a := g.ann.Do("GET", stream, nil); a.Status != 429 || !strings.Contains(string(a.Raw), "Close one") {
			t.Errorf("the 21st: %d %s", a.Status, a.Raw)
		}
		open[0].Close()
		for listening.Open(s.App) == 20 {
			time.Sleep(5 * time.Millisecond)
		}
		g.ann.Listen(stream)
		s.App.Config.Limits.Streams = 20
		if a := g.bea.Do("GET", stream, nil); a.Status != 429 || !strings.Contains(string(a.Raw), "limits.streams") {
			t.Errorf("one more than the server has: %d %s", a.Status, a.Raw)
		}
	})
}

// A server that stops says after how long to come back, and streams end at once.
func TestStreamsEndWithTheServer(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		l := g.ann.Listen(stream)
		l.Retry = ""
		var ended sync.WaitGroup
		ended.Go(func() { listening.End(s.App) })
		if e, err := l.Try(); err != io.EOF || l.Retry == "" { //nolint:errorlint // it is never wrapped
			t.Errorf("the end: %v, %v, retry %q", e, err, l.Retry)
		}
		ended.Wait()
		if a := g.ann.Do("GET", stream, nil); a.Status != 503 {
			t.Errorf("a stream that is opened then: %d %s", a.Status, a.Raw)
		}
	})
}

// Who takes nothing of what is sent is held up by nobody else, holds nobody up, and is cut off.
func TestSlowReaders(t *testing.T) {
	webtest.Long(t)
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		g.item(g.ann, strings.Repeat("long ", 50))
		slow, quick := g.ann.Listen(stream), g.bea.Listen(stream)
		var workspace, item string
		if err := s.App.DB.Read(t.Context()).One("SELECT workspace_id, id FROM issues", nil, &workspace, &item); err != nil {
			t.Fatal(err)
		}
		for range 40 { // 40,000: more than connections hold
			g.write(func(tx *store.Tx) error {
				for n := range 1000 {
					_, err := tx.Exec(`INSERT INTO stream_events (workspace_id, kind, action, entity_id, fields, at)
						VALUES (?, 'issue', 'updated', ?, '', ?)`, workspace, item, tx.Now.Add(time.Duration(n)*time.Microsecond))
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
		g.item(g.ann, "the last")
		heard := 0
		for e := quick.Next(); e.String() != "issue created the last"; e = quick.Next() {
			heard++
		}
		if heard == 0 {
			t.Error("who reads is told nothing")
		}
		for listening.Open(s.App) > 1 { // the one who does not read is gone once the connection has been full for long
			time.Sleep(100 * time.Millisecond)
		}
		slow.Close()
	})
}

// What is forgotten while somebody is behind is not passed over in silence.
func TestForgottenWhileBehind(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		c := callOf(t, s, g.ann)
		l, err := listening.Listen(c, g.now(), listening.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		g.item(g.ann, "one")
		g.item(g.ann, "two")
		if err := store.NumberStreamEvents(t.Context(), s.App.DB); err != nil {
			t.Fatal(err)
		}
		g.write(func(tx *store.Tx) error {
			_, err := store.SweepStreamEvents(tx, tx.Now.Add(time.Hour), 100, 1000)
			return err
		})
		<-l.Changed()
		time.Sleep(3 * time.Second) // what the hub has read is too old then, as for who is slow
		if told, more, err := l.Read(c); err != nil || len(told) > 0 || !more || !l.Reset() {
			t.Errorf("told %v, more %v, %v: want a reset", told, more, err)
		}
		if l.Place() != g.now() {
			t.Errorf("it goes on at %s", l.Place())
		}
	})
}

func callOf(t *testing.T, s *webtest.Server, who *webtest.Client) *app.Call {
	t.Helper()
	w, err := s.App.WorkspaceBySlug(t.Context(), "ws")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.App.CallFor(t.Context(), w.ID, who.User.ID)
	if err != nil || c == nil {
		t.Fatal(err)
	}
	return c
}
