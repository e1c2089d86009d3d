package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// whole is somebody with a project.
func whole(t *testing.T, s *webtest.Server) (c *webtest.Client, project string) {
	t.Helper()
	c = s.User("owner")
	c.Must("POST", "/api/workspaces/", map[string]string{"name": "bound", "slug": "bound", "organization_size": "2-10"})
	id := c.Must("POST", "/api/workspaces/bound/projects/", map[string]any{"name": "Bound", "identifier": "BND"}).ID()
	return c, "/api/workspaces/bound/projects/" + id + "/"
}

// plain is JSON as browsers write it: < takes one byte.
func plain(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // texts always encode
	return b.Bytes()
}

func keys(n int) string {
	var b strings.Builder
	b.WriteString(`{"name":"x"`)
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":1`, i)
	}
	return b.String() + "}"
}

// What would take far more memory than it has bytes is refused, by its field where it is one, before anything is made
// of it.
func TestBodiesAreBoundedByWhatTheyHold(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		c, project := whole(t, s)
		item := c.Must("POST", project+"issues/", map[string]any{"name": "item"}).ID()
		html := func(n int) string { return strings.Repeat("<p>x</p>", n) }
		text := func(v any) string { return string(plain(v)) }
		ids := make([]string, 10_001)
		for i := range ids {
			ids[i] = store.NewID()
		}
		const form, js = "application/x-www-form-urlencoded", "application/json"
		for name, tc := range map[string]struct {
			client             *webtest.Client
			method, path, kind string
			body               string
			status             int
			says               string
		}{
			"elements": {c, "POST", project + "issues/", js,
				text(map[string]string{"name": "x", "description_html": html(100_001)}), 400, "description_html"},
			"elements, changed": {c, "PATCH", project + "issues/" + item + "/", js,
				text(map[string]string{"description_html": html(100_001)}), 400, "description_html"},
			"elements, v1": {c.WithKey(), "POST", "/api/v1" + strings.TrimPrefix(project, "/api") + "work-items/", js,
				text(map[string]string{"name": "x", "description_html": html(100_001)}), 400, "description_html"},
			"many elements": {c, "POST", project + "issues/", js,
				text(map[string]string{"name": "x", "description_html": html(90_000)}), 201, ""},
			"a large text": {c, "POST", project + "issues/", js,
				text(map[string]string{"name": "x", "description_html": "<p>" + strings.Repeat("word ", 1_900_000) + "</p>"}), 201,
				""},
			"keys":     {c, "POST", project + "issues/", js, keys(1001), 400, "keys"},
			"few keys": {c, "POST", project + "issues/", js, keys(900), 201, ""},
			"values": {c, "PATCH", "/api/users/me/", js, `{"theme":[` + strings.Repeat("1,", 250_000) + `1]}`, 400,
				"values"},
			"values as a whole": {c, "PATCH", "/api/workspaces/bound/user-properties/", js,
				`{"filters":[` + strings.Repeat("1,", 250_000) + `1]}`, 400, "values"},
			"ids": {c, "POST", project + "bulk-archive-issues/", js, text(map[string]any{"issue_ids": ids}), 400,
				"elements"},
			"labels": {c, "POST", project + "issues/", js, text(map[string]any{"name": "x", "label_ids": ids}), 400,
				"label_ids"},
			"forgot password":   {s.Stranger(), "POST", "/auth/forgot-password/", js, keys(20_000), 413, "65536"},
			"sign-in on boards": {s.Stranger(), "POST", "/auth/spaces/email-check/", js, keys(20_000), 413, "65536"},
			"e-mail check":      {s.Stranger(), "POST", "/auth/email-check/", js, keys(5000), 400, "keys"},
			"fields": {c, "POST", project + "issues/", form, strings.Repeat("a=1&", 1001) + "name=x", 400,
				"fields"},
			"parameters": {c, "GET", project + "issues/?" + strings.Repeat("a=1&", 1001), "", "", 400, "parameters"},
			"chunked":    {c, "POST", project + "issues/", js, "", 413, "10485760"},
			"depth": {c, "PATCH", "/api/users/me/", js,
				`{"theme":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, 400, "nested"},
			"invitations at once": {c, "POST", "/api/workspaces/bound/invitations/", js,
				`{"emails":[` + strings.Repeat(`{"email":"a@b.test","role":5},`, 100) + `{"email":"c@b.test","role":5}]}`, 400,
				"At most 100"},
			"parts": {s.Stranger(), "POST", "/auth/email-check/", "multipart/form-data; boundary=x",
				strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n", 1200) + "--x--\r\n", 400,
				"Multipart"},
		} {
			var body io.Reader = strings.NewReader(tc.body)
			if name == "chunked" {
				body = io.MultiReader(strings.NewReader(`{"name":"`), strings.NewReader(strings.Repeat("x", 11<<20)))
			}
			a := tc.client.Send(tc.method, tc.path, tc.kind, body)
			if a.Status != tc.status || !strings.Contains(string(a.Raw), tc.says) {
				t.Errorf("%s: %d %.200s, want %d with %q", name, a.Status, a.Raw, tc.status, tc.says)
			}
		}
	})
}

// Twenty of the largest bodies at once take the memory of a few, whether they are kept, refused or have to come again.
func TestLargeBodiesShareMemory(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		c, project := whole(t, s)
		raw := plain(map[string]string{"name": "x",
			"description_html": strings.Repeat("<p>"+strings.Repeat("word ", 20)+"</p>", 90_000)})
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		stop, peak := make(chan struct{}), make(chan uint64)
		go func() {
			var most uint64
			for {
				select {
				case <-stop:
					peak <- most
					return
				case <-time.After(20 * time.Millisecond):
					var now runtime.MemStats
					runtime.ReadMemStats(&now)
					most = max(most, now.HeapInuse)
				}
			}
		}()
		var all sync.WaitGroup
		var kept atomic.Int64
		for range 20 {
			all.Go(func() {
				a := c.Send("POST", project+"issues/", "application/json", bytes.NewReader(raw))
				switch {
				case a.Status == 201:
					kept.Add(1)
				case a.Status != 503 || a.Header.Get("Retry-After") == "":
					t.Errorf("%d %.200s", a.Status, a.Raw)
				}
			})
		}
		all.Wait()
		close(stop)
		took := <-peak - min(before.HeapInuse, peakFloor)
		if kept.Load() == 0 {
			t.Error("none was kept")
		}
		// The clients of this test hold their answers as well: 20 × some 12 MiB, twice while they grow.
		if took > 1400<<20 {
			t.Errorf("%d MiB", took>>20)
		}
	})
}

const peakFloor = 1 << 30

// Who does not go on sending is cut off and holds nothing that others need.
func TestUnfinishedBodiesHoldNothing(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	a.Config.Limits.BodyMemory = 16 << 20
	s := webtest.New(t, a)
	c, project := whole(t, s)
	for range 50 { // each announces a body that would take all of the budget, and stops short
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %sissues/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n{\"name\":\"%s", project, strings.Repeat("x", 200_000))
	}
	raw := plain(map[string]string{"name": "x", "description_html": "<p>" + strings.Repeat("word ", 400_000) + "</p>"})
	if a := c.Send("POST", project+"issues/", "application/json", bytes.NewReader(raw)); a.Status != 201 {
		t.Errorf("%d %.200s", a.Status, a.Raw)
	}
}

// A large answer that nobody reads lies in a file: others get theirs, and who reads late gets all of it.
func TestUnreadAnswersHoldNothing(t *testing.T) {
	s := webtest.New(t, apptest.New(t, storetest.SQLite(t)))
	c, project := whole(t, s)
	large := "<p>" + strings.Repeat("word ", 500_000) + "</p>"
	id := c.Must("POST", project+"issues/", map[string]string{"name": "x", "description_html": large}).ID()
	want := c.Must("GET", project+"issues/"+id+"/", nil).Raw
	conns := make([]net.Conn, 20)
	for i := range conns {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET %sissues/%s/ HTTP/1.1\r\nHost: x\r\nCookie: session-id=session-of-owner\r\n\r\n", project, id)
		conns[i] = conn
	}
	c.Must("GET", project+"issues/"+id+"/", nil)
	for _, conn := range conns {
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes of %d, %v", len(got), len(want), err)
		}
	}
}

// What one person may have a setting bounds, for what is made at the same time too.
func TestCountsAreBounded(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Limits.Workspaces, a.Config.Limits.Invitations, a.Config.Limits.APIKeys, a.Config.Limits.Webhooks,
			a.Config.Limits.BoardPerMinute = 3, 5, 4, 2, 2
		s := webtest.New(t, a)
		c, _ := whole(t, s)
		count := func(what string, most int, path string, body func(i int) any) {
			var ok atomic.Int64
			var all sync.WaitGroup
			for i := range 12 {
				all.Go(func() {
					if r := c.Do("POST", path, body(i)); r.Status < 300 {
						ok.Add(1)
					} else if r.Status != 400 || !strings.Contains(string(r.Raw), "t most") {
						t.Errorf("%s: %d %.200s", what, r.Status, r.Raw)
					}
				})
			}
			all.Wait()
			if int(ok.Load()) != most {
				t.Errorf("%s: %d of 12, want %d", what, ok.Load(), most)
			}
		}
		count("workspaces", 2, "/api/workspaces/", func(i int) any {
			return map[string]string{"name": "w", "slug": fmt.Sprint("w", i), "organization_size": "2-10"}
		})
		count("invitations", 5, "/api/workspaces/bound/invitations/", func(i int) any {
			return map[string]any{"emails": []any{map[string]any{"email": fmt.Sprintf("p%d@else.test", i), "role": 5}}}
		})
		count("keys", 4, "/api/users/api-tokens/", func(i int) any { return map[string]string{"label": fmt.Sprint(i)} })
		count("webhooks", 2, "/api/workspaces/bound/webhooks/", func(i int) any {
			return map[string]any{"url": fmt.Sprintf("https://93.184.216.%d/", i), "issue": true}
		})
	})
}

// A database that does not go on is a 503 within the limit, for as many requests as may come, and none of them keeps a
// connection: once it goes on, all is well.
func TestAHangingDatabaseIsAnsweredInTime(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		s := webtest.New(t, a)
		c, project := whole(t, s)
		a.Config.Limits.RequestSeconds = 1
		held, free, ended := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			ended <- a.DB.Write(context.Background(), "", func(tx *store.Tx) error {
				if a.DB.Postgres {
					if _, err := tx.Exec("LOCK TABLE issues, projects IN ACCESS EXCLUSIVE MODE"); err != nil {
						return err
					}
				}
				close(held)
				<-free
				return nil
			})
		}()
		<-held
		var all sync.WaitGroup
		for range 30 { // more than the pool has connections
			all.Go(func() {
				r := c.Do("POST", project+"issues/", map[string]string{"name": "late"})
				if r.Status != 503 || r.Header.Get("Retry-After") == "" {
					t.Errorf("%d %s", r.Status, r.Raw)
				}
			})
		}
		all.Wait()
		close(free)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		a.Config.Limits.RequestSeconds = 300
		c.Must("POST", project+"issues/", map[string]string{"name": "in time"})
	})
}
