// Package webtest runs the whole server for tests of its behaviour over HTTP, on every engine there is.
package webtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
)

// Server is a running server and its application.
type Server struct {
	*httptest.Server
	App *app.App
	t   testing.TB
}

// Each runs a test against a fresh server on every engine.
func Each(t *testing.T, test func(t *testing.T, s *Server)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, a *app.App) { test(t, New(t, a)) })
}

// Beside is Each on all engines at the same time, see storetest.Beside.
func Beside(t *testing.T, test func(t *testing.T, s *Server)) {
	t.Helper()
	apptest.Beside(t, func(t *testing.T, a *app.App) { test(t, New(t, a)) })
}

// Long leaves a test out when tests are to be short, as under the race detector: one that asks for thousands of things,
// one after the other, so that nothing of it happens at the same time.
func Long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("long, and nothing in it happens at the same time")
	}
}

// New serves an application, and does its background work.
func New(t testing.TB, a *app.App) *Server {
	t.Helper()
	s := Still(t, a)
	runner := jobs.NewRunner(a, jobs.Handlers())
	ctx, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { runner.Run(ctx) })
	t.Cleanup(func() { stop(); ended.Wait() }) // before the database is closed
	return s
}

// Still serves an application whose background work is left undone: nothing happens but what is asked for.
func Still(t testing.TB, a *app.App) *Server {
	t.Helper()
	if err := instance.Register(context.Background(), a); err != nil {
		t.Fatal(err)
	}
	handler, err := web.NewServer(a, routes.Served("test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.BaseContext = func(net.Listener) context.Context {
		return context.WithValue(context.Background(),
			requested{}, true)
	}
	srv.Start()
	t.Cleanup(srv.Close)
	s := &Server{srv, a, t}
	s.write(func(tx *store.Tx) error { // as if an administrator had signed in
		i, err := store.Instances.First(tx, dbx.HashExp{})
		if err != nil {
			return err
		}
		i.BaseURL = srv.URL
		return store.Instances.Set(tx, i, "base_url")
	})
	return s
}

// Client is one person's connection.
type Client struct {
	s      *Server
	User   *store.User
	cookie string
	key    string // of /api/v1/
	header []string
}

// With is the same client that sends more headers, in pairs; Host is the request's.
func (c *Client) With(header ...string) *Client {
	other := *c
	other.header = append(slices.Clip(c.header), header...)
	return &other
}

// On is the same client at another server of the same database.
func (c *Client) On(s *Server) *Client {
	other := *c
	other.s = s
	return &other
}

// Stranger is nobody.
func (s *Server) Stranger() *Client { return &Client{s: s} }

// User makes a person, signed in.
func (s *Server) User(name string) *Client {
	s.t.Helper()
	email := name + "@sailplane.test"
	u := &store.User{Email: &email, Username: name, DisplayName: name, FirstName: name, IsActive: true,
		UserTimezone: "UTC"}
	s.write(func(t *store.Tx) error { return store.Users.Insert(t, u) })
	return s.SignIn(u)
}

// WithKey is the same person with an API key of their own, as /api/v1/ wants it.
func (c *Client) WithKey() *Client {
	c.s.t.Helper()
	return c.Bound(store.APIToken{})
}

// Bound is WithKey with a key that is bound to what limits says.
func (c *Client) Bound(limits store.APIToken) *Client {
	c.s.t.Helper()
	key := "plane_api_" + store.NewID()
	limits.Token, limits.Label, limits.UserID, limits.IsActive = app.HashKey(key), "test", c.User.ID, true
	c.s.write(func(t *store.Tx) error { return store.APITokens.Insert(t, &limits) })
	return &Client{s: c.s, User: c.User, key: key}
}

// SignIn is a person that is there already, signed in.
func (s *Server) SignIn(u *store.User) *Client {
	s.t.Helper()
	key := "session-of-" + u.Username
	s.write(func(t *store.Tx) error {
		return store.Sessions.Insert(t,
			&store.Session{SessionKey: app.HashKey(key), UserID: &u.ID, ExpireDate: t.Now.Add(24 * time.Hour)})
	})
	return &Client{s: s, User: u, cookie: key}
}

func (s *Server) write(fn func(t *store.Tx) error) {
	s.t.Helper()
	if err := s.App.DB.Write(context.Background(), "", fn); err != nil {
		s.t.Fatal(err)
	}
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Raw    []byte
}

// JSON decodes the body into a generic value.
func (a Answer) JSON() any {
	var v any
	if json.Unmarshal(a.Raw, &v) != nil {
		return string(a.Raw)
	}
	return v
}

// At reads a value of the body by a dotted path of keys; what is missing is nil.
func (a Answer) At(path string) any {
	v := a.JSON()
	for key := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// ID is the body's id.
func (a Answer) ID() string {
	id, _ := a.At("id").(string)
	return id
}

// Do sends a request; body is encoded as JSON unless it is nil or a string.
func (c *Client) Do(method, path string, body any) Answer {
	c.s.t.Helper()
	switch v := body.(type) {
	case nil:
		return c.Send(method, path, "", nil)
	case string:
		return c.Send(method, path, "application/json", strings.NewReader(v))
	}
	raw, err := json.Marshal(body)
	if err != nil {
		c.s.t.Fatal(err)
	}
	return c.Send(method, path, "application/json", bytes.NewReader(raw))
}

// Sign makes a request the client's.
func (c *Client) Sign(r *http.Request) {
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: c.cookie})
	}
	if c.key != "" {
		r.Header.Set("X-Api-Key", c.key)
	}
}

// Send sends a request with a body of some type; path may be a whole address.
func (c *Client) Send(method, path, contentType string, body io.Reader) Answer {
	c.s.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = c.s.URL + path
	}
	req, err := http.NewRequest(method, path, body)
	if err != nil {
		c.s.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	c.Sign(req)
	for i := 0; i+1 < len(c.header); i += 2 {
		if c.header[i] == "Host" {
			req.Host = c.header[i+1]
		}
		req.Header.Set(c.header[i], c.header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		c.s.t.Fatal(err)
	}
	defer res.Body.Close()
	var raw []byte
	if res.Header.Get("Content-Type") == web.EventStream && res.Header.Get("Content-Length") == "" {
		raw, err = firstBlock(res.Body) // it would go on
	} else {
		raw, err = io.ReadAll(res.Body)
	}
	if err != nil {
		c.s.t.Fatal(err)
	}
	a := Answer{res.StatusCode, res.Header, raw}
	if err := contract().Check(method, strings.TrimPrefix(path, c.s.URL), a); err != nil {
		c.s.t.Errorf("%s %s: %d contradicts /api/schema/: %v\n%.500s", method, path, a.Status, err, raw)
	}
	return a
}

// contract is what every answer is checked against.
var contract = sync.OnceValue(func() *Contract {
	c, err := NewContract(routes.All("test"))
	if err != nil {
		panic(err)
	}
	return c
})

// Must is Do for what has to succeed.
func (c *Client) Must(method, path string, body any) Answer {
	c.s.t.Helper()
	a := c.Do(method, path, body)
	if a.Status >= 300 {
		c.s.t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Raw)
	}
	return a
}
