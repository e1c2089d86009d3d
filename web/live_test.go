package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
)

// echoes is a live server that sends back what comes over a websocket, and says what it was asked.
func echoes(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/live/slow" {
			<-r.Context().Done()
			return
		}
		if r.Header.Get("Upgrade") == "" {
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s for=%s host=%s proto=%s cookie=%s", r.Method, r.URL, body,
				r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Host"), r.Header.Get("X-Forwarded-Proto"),
				r.Header.Get("Cookie"))
			return
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		rw.Flush()
		io.Copy(rw, rw)
	}))
	t.Cleanup(s.Close)
	return s
}

// overNetwork serves a whole server over the network.
func overNetwork(t *testing.T, a *app.App) *httptest.Server {
	t.Helper()
	handler, err := web.NewServer(a, routes.All("test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// upgrade opens a websocket, and returns the status and the connection behind it.
func upgrade(t *testing.T, s *httptest.Server, headers ...string) (int, net.Conn, *bufio.Reader) {
	t.Helper()
	host := strings.TrimPrefix(s.URL, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET /live/collaboration?documentType=project_page HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nCookie: session-id=s\r\n%s\r\n", host, strings.Join(headers, ""))
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, conn, r
}

func TestLive(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Limits.RequestSeconds = 1
		a.Config.Web.Live = echoes(t).URL + "/"
		s := overNetwork(t, a)
		for _, tt := range []struct {
			method, path, body string
			headers            []string
			status             int
			want               string
		}{
			{"GET", "/live/health?x=1", "", nil, 200, "GET /live/health?x=1 "},
			{"GET", "/live", "", nil, 200, "GET /live "},
			{"POST", "/live/convert-document", "a page", nil, 200, "POST /live/convert-document a page for=127.0.0.1 host=" +
				strings.TrimPrefix(s.URL, "http://") + " proto=http cookie="},
			{"GET", "/live/x", "", []string{"X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https", "Cookie", "a=b"}, 200,
				"for=127.0.0.1 host=" + strings.TrimPrefix(s.URL, "http://") + " proto=http cookie=a=b"},
			{"POST", "/live/x", "x", []string{"Origin", "https://evil.example"}, 403, "another site"},
			{"POST", "/live/x", strings.Repeat("x", 11<<20), nil, 413, ""},
			{"GET", "/live/slow", "", nil, 503, ""},
			{"GET", "/livez", "", nil, 200, ""},
			{"GET", "/lively", "", nil, 404, ""},
			{"GET", "/live/../api/users/me/", "", nil, 200, "GET /live/../api/users/me/ "},
		} {
			r, err := http.NewRequest(tt.method, s.URL+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i+1 < len(tt.headers); i += 2 {
				r.Header.Set(tt.headers[i], tt.headers[i+1])
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Errorf("%s %s: %v", tt.method, tt.path, err)
				continue
			}
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != tt.status || !strings.Contains(string(body), tt.want) {
				t.Errorf("%s %s: %d %.300s, want %d %s", tt.method, tt.path, res.StatusCode, body, tt.status, tt.want)
			}
		}
	})
}

// A websocket lives longer than any request may, also while nobody says anything. No page of another site opens one.
func TestLiveWebsocket(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Limits.RequestSeconds = 1
		a.Config.Web.Live = echoes(t).URL
		s := overNetwork(t, a)
		for _, headers := range [][]string{{"Origin: https://evil.example\r\n"},
			{"Origin: " + s.URL + "1\r\n"}, {"Sec-Fetch-Site: cross-site\r\n"}, {"Sec-Fetch-Site: same-site\r\n"}} {
			if status, _, _ := upgrade(t, s, headers...); status != 403 {
				t.Errorf("%q: %d, want 403", headers, status)
			}
		}
		status, conn, r := upgrade(t, s, "Origin: "+s.URL+"\r\n")
		if status != http.StatusSwitchingProtocols {
			t.Fatalf("status %d", status)
		}
		for _, pause := range []time.Duration{0, 1500 * time.Millisecond} {
			time.Sleep(pause)
			if _, err := io.WriteString(conn, "hello\n"); err != nil {
				t.Fatal(err)
			}
			if line, err := r.ReadString('\n'); err != nil || line != "hello\n" {
				t.Errorf("after %s: %q, %v", pause, line, err)
			}
		}
	})
}

func TestLiveThatIsNotThere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Live.Enabled = false
		if res, err := http.Get(overNetwork(t, a).URL + "/live/health"); err != nil || res.StatusCode != 404 {
			t.Errorf("switched off: %v, %v", res, err)
		}
		gone := echoes(t)
		gone.Close()
		a.Config.Web.Live = gone.URL
		s := overNetwork(t, a)
		if res, err := http.Get(s.URL + "/live/health"); err != nil || res.StatusCode != 502 {
			t.Errorf("a server that is gone: %v, %v", res, err)
		}
		if status, _, _ := upgrade(t, s); status != 502 {
			t.Errorf("a websocket to a server that is gone: %d", status)
		}
	})
}
