package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// lines keeps what is logged, one line an entry.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// take returns the lines since the last time.
func (l *lines) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := strings.Split(strings.TrimSuffix(l.text.String(), "\n"), "\n")
	l.text.Reset()
	return all
}

// A request's line says who asked from where, with what, and what came of it; nothing that a client sends makes another
// line or gets a token into one.
func TestTheLineOfARequest(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		var log lines
		s.App.Log = slog.New(slog.NewJSONHandler(&log, nil))
		s.App.Config.Server.TrustedProxies = []string{"127.0.0.0/8"}
		ann := s.User("ann")
		hostile := "curl/8 \u202e\u009b31m\" client=192.0.2.1 " + strings.Repeat("x", 300)
		a := ann.With("User-Agent", hostile, "X-Forwarded-For", "198.51.100.1, 203.0.113.9", "X-Request-Id", "abc").
			Do("GET", "/api/users/me/?token=plane_api_secret", nil)
		got := log.take()
		if len(got) != 1 {
			t.Fatalf("%d lines: %q", len(got), got)
		}
		var line struct {
			Msg, ID, Method, Route, Client, Agent, User string
			Status, Bytes, Took                         int
		}
		if err := json.Unmarshal([]byte(got[0]), &line); err != nil {
			t.Fatal(err)
		}
		if line.Msg != "request" || line.ID != "abc" || line.Method != "GET" || line.Route != "/api/users/me/" ||
			line.Client != "203.0.113.9" || line.User != ann.User.ID || line.Status != a.Status || line.Bytes != len(a.Raw) ||
			line.Took <= 0 || !strings.HasPrefix(line.Agent, "curl/8 ") || len(line.Agent) > 220 ||
			strings.ContainsAny(line.Agent, "\u202e\u009b") || strings.Contains(got[0], "secret") {
			t.Errorf("%+v\n%s", line, got[0])
		}
		reset := s.Stranger().Send("POST", "/auth/reset-password/dWlk/the-token-of-a-letter/?x=secret", "", nil)
		for _, l := range log.take() {
			if strings.Contains(l, "the-token") || strings.Contains(l, "secret") {
				t.Errorf("%d: a token is logged: %s", reset.Status, l)
			}
		}
	})
}

// Whoever may use the unix socket is a proxy: what it says of the client and of TLS counts.
func TestBehindAUnixSocket(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		handler, err := web.NewServer(s.App, routes.All("test"), nil)
		if err != nil {
			t.Fatal(err)
		}
		var log lines
		s.App.Log = slog.New(slog.NewTextHandler(&log, nil))
		socket := filepath.Join(t.TempDir(), "s")
		l, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewUnstartedServer(handler)
		srv.Listener.Close()
		srv.Listener = l
		srv.Start()
		defer srv.Close()
		client := &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", socket)
			},
		}}
		ask := func(header ...string) *http.Response {
			r, err := http.NewRequest("GET", "http://plane.example.org/auth/get-csrf-token/", nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			res, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			return res
		}
		res := ask("X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https")
		line, cookies := log.take()[0], res.Cookies()
		if !strings.Contains(line, "client=203.0.113.9 ") || len(cookies) != 1 || !cookies[0].Secure {
			t.Errorf("behind a proxy: %s %v", line, cookies)
		}
		res = ask()
		if line := log.take()[0]; !strings.Contains(line, "client=unix ") || res.Cookies()[0].Secure {
			t.Errorf("a program of this machine: %s %v", line, res.Cookies())
		}
	})
}
