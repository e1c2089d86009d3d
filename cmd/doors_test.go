//go:build unix

package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sailplane/sailplane/web/certs/acmetest"
)

// entrance is one kind of door, as an operator sets it up, and how one comes in.
type entrance struct {
	env   []string
	serve *exec.Cmd
	url   string // what the log has to say; empty: any
	dial  func(i *installation) (net.Conn, error)
	gone  string // a file that the stop removes
}

const testDomain = "plane.example.org"

func byAddress(i *installation) (net.Conn, error) {
	_, address, _ := strings.Cut(i.base, "://")
	return net.Dial("tcp", address)
}

// entrances are the kinds of doors.
func entrances() map[string]func(t *testing.T, dir string) entrance {
	return map[string]func(t *testing.T, dir string) entrance{
		"a port": func(*testing.T, string) entrance {
			return entrance{env: []string{"SAILPLANE_SERVER_HTTP=127.0.0.1:0"}, dial: byAddress}
		},
		"a unix socket that a dead server has left": func(t *testing.T, _ string) entrance {
			socket := stale(t)
			return entrance{env: []string{"SAILPLANE_SERVER_HTTP=unix:" + socket, "SAILPLANE_SERVER_SOCKET_MODE=0600"},
				url: "unix:" + socket, gone: socket, dial: func(*installation) (net.Conn, error) {
					if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
						t.Errorf("the socket is %v, %v", info.Mode(), err)
					}
					return net.Dial("unix", socket)
				}}
		},
		"a socket of systemd's": func(t *testing.T, dir string) entrance {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			file, err := l.(*net.TCPListener).File()
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			t.Cleanup(func() { file.Close() })
			serve := exec.Command("sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=sailplane.socket exec sailplane serve --dir "$0"`, dir)
			serve.ExtraFiles = []*os.File{file}
			return entrance{serve: serve, url: "http://" + l.Addr().String(), dial: byAddress}
		},
		"a certificate of one's own": func(t *testing.T, _ string) entrance {
			certificate, key, roots := ownCertificate(t)
			return entrance{env: []string{"SAILPLANE_SERVER_HTTP=", "SAILPLANE_SERVER_HTTPS=127.0.0.1:0", "SAILPLANE_SERVER_REDIRECT=",
				"SAILPLANE_SERVER_TLS_CERTIFICATE=" + certificate, "SAILPLANE_SERVER_TLS_KEY=" + key},
				dial: func(i *installation) (net.Conn, error) { return dialTLS(i, "example.com", roots) }}
		},
		"a domain": func(t *testing.T, _ string) entrance {
			https, redirect := freePort(t), freePort(t)
			authority := acmetest.New(t, redirect, https, 90*24*time.Hour)
			return entrance{env: []string{"SAILPLANE_SERVER_HTTP=", fmt.Sprint("SAILPLANE_SERVER_HTTPS=127.0.0.1:", https),
				fmt.Sprint("SAILPLANE_SERVER_REDIRECT=127.0.0.1:", redirect), "SAILPLANE_SERVER_DOMAIN=" + testDomain,
				"SAILPLANE_SERVER_ACME_DIRECTORY=" + authority.Directory, "SAILPLANE_SERVER_ACME_CA_FILE=" + authority.CAFile},
				url: fmt.Sprint("https://", testDomain, ":", https), dial: func(i *installation) (conn net.Conn, err error) {
					i.base = fmt.Sprint("https://127.0.0.1:", https)
					waitFor(t, "a certificate", func() bool { conn, err = dialTLS(i, testDomain, authority.Roots); return err == nil })
					speaksHTTP2(t, i, authority.Roots)
					leadsOn(t, redirect, https)
					return conn, err
				}}
		},
	}
}

// stale is a socket that nobody listens at any more.
func stale(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s") // short: a socket's path may be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "socket"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	return l.Addr().String()
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// ownCertificate is that of example.com and 127.0.0.1 which the standard library has for tests, in files.
func ownCertificate(t *testing.T) (certificate, key string, roots *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	roots = x509.NewCertPool()
	roots.AddCert(s.Certificate())
	secret, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(t.TempDir(), "c.pem"), filepath.Join(t.TempDir(), "k.pem")
	for file, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: s.Certificate().Raw},
		key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key, roots
}

func dialTLS(i *installation, name string, roots *x509.CertPool) (net.Conn, error) {
	return tls.Dial("tcp", strings.TrimPrefix(i.base, "https://"), &tls.Config{ServerName: name, RootCAs: roots})
}

// speaksHTTP2 says whether the API is there by HTTP/2, with cookies that go by TLS only.
func speaksHTTP2(t *testing.T, i *installation, roots *x509.CertPool) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(i.base, "https://"))
		}}}
	res, err := client.Get("https://" + testDomain + "/auth/get-csrf-token/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if cookies := res.Cookies(); res.ProtoMajor != 2 || res.StatusCode != 200 || len(cookies) != 1 || !cookies[0].Secure {
		t.Errorf("%s %d %v", res.Proto, res.StatusCode, cookies)
	}
}

func leadsOn(t *testing.T, from, to int) {
	t.Helper()
	asked := httptest.NewRequest("GET", fmt.Sprint("http://127.0.0.1:", from, "/w/?a=b"), nil)
	res, err := http.DefaultTransport.RoundTrip(asked)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	want := fmt.Sprint("https://", testDomain, ":", to, "/w/?a=b")
	if res.StatusCode != 308 || res.Header.Get("Location") != want {
		t.Errorf("%d to %q, want %q", res.StatusCode, res.Header.Get("Location"), want)
	}
}

// However one comes in: what is being answered when the server stops is finished, systemd is told, and the door
// is shut.
func TestEveryDoorIsShutWithManners(t *testing.T) {
	for name, open := range entrances() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			e := open(t, dir)
			i := install(t, dir, "")
			said := systemd(t)
			i.env = append(append(i.env, e.env...), "NOTIFY_SOCKET="+said.LocalAddr().String(), "WATCHDOG_USEC=300000")
			if e.serve == nil {
				e.serve = exec.Command("sailplane", "serve", "--dir", dir)
			}
			i.startAs(e.serve)
			if e.url != "" && i.base != e.url {
				t.Errorf("serving at %s, want %s", i.base, e.url)
			}
			conn, err := e.dial(i)
			if err != nil {
				t.Fatal(err)
			}
			rest := i.halfOn(conn)
			told(t, said, "READY=1", "WATCHDOG=1", "WATCHDOG=1")
			i.signal(syscall.SIGTERM)
			i.stopping()
			told(t, said, "STOPPING=1")
			io.WriteString(conn, rest)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || res.StatusCode != http.StatusCreated {
				t.Fatalf("what was being answered: %v %v", res, err)
			}
			res.Body.Close()
			conn.Close()
			if code, took := i.end(); code != 0 {
				t.Errorf("ended with %d after %s\n%s", code, took, i.log())
			}
			if _, err := os.Lstat(e.gone); e.gone != "" && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is left", e.gone)
			}
		})
	}
}

// systemd listens to what services tell it.
func systemd(t *testing.T) *net.UnixConn {
	t.Helper()
	dir, err := os.MkdirTemp("", "n")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); os.RemoveAll(dir) })
	return conn
}

// told waits until the service has said all of it, in that order, whatever else it says.
func told(t *testing.T, said *net.UnixConn, states ...string) {
	t.Helper()
	said.SetReadDeadline(time.Now().Add(5 * time.Minute))
	buffer := make([]byte, 1<<10)
	for len(states) > 0 {
		n, err := said.Read(buffer)
		if err != nil {
			t.Fatalf("systemd has not heard %s: %v", states[0], err)
		}
		for line := range strings.Lines(string(buffer[:n])) {
			if strings.TrimSpace(line) == states[0] {
				states = states[1:]
				break
			}
		}
	}
}

// While the database is silent nobody says that all is well.
func TestTheWatchdogHearsOfASilentDatabase(t *testing.T) {
	said := systemd(t)
	t.Setenv("NOTIFY_SOCKET", said.LocalAddr().String())
	t.Setenv("WATCHDOG_USEC", "30000")
	ctx, stop := context.WithCancel(t.Context())
	asked := 0
	log := slog.New(slog.DiscardHandler)
	tellSystemd(ctx, log, "http://x", func(context.Context) error {
		if asked++; asked == 3 {
			stop()
		}
		return errors.New("away")
	})
	buffer := make([]byte, 1<<10)
	for _, want := range []string{"READY=1\nSTATUS=answering at http://x", "STOPPING=1"} {
		if n, err := said.Read(buffer); err != nil || string(buffer[:n]) != want {
			t.Errorf("%q, %v; want %q", buffer[:n], err, want)
		}
	}
}

// A door that cannot be opened is told with what to do, and nothing is left open.
func TestDoorsThatCannotBeOpened(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	socket := stale(t)
	lively, err := net.Listen("unix", socket+"2")
	if err != nil {
		t.Fatal(err)
	}
	defer lively.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	certificate, key, _ := ownCertificate(t)
	for name, tt := range map[string]struct {
		env  []string
		want string
	}{
		"a port that is taken":         {[]string{"SERVER_HTTP=" + busy.Addr().String()}, "another program listens there"},
		"a socket that is served":      {[]string{"SERVER_HTTP=unix:" + socket + "2"}, "another program listens at"},
		"a file":                       {[]string{"SERVER_HTTP=unix:" + file}, "is there and is no socket"},
		"a folder that is not there":   {[]string{"SERVER_HTTP=unix:/nonexistent/socket"}, "server.http"},
		"the door of figures is taken": {[]string{"SERVER_HTTP=127.0.0.1:0", "METRICS_HTTP=" + busy.Addr().String()}, "metrics.http"},
		"the redirect is taken": {[]string{"SERVER_HTTP=", "SERVER_HTTPS=127.0.0.1:0",
			"SERVER_REDIRECT=" + busy.Addr().String(), "SERVER_TLS_CERTIFICATE=" + certificate, "SERVER_TLS_KEY=" + key}, "server.redirect"},
	} {
		t.Run(name, func(t *testing.T) {
			serve := exec.Command("sailplane", "serve", "--dir", t.TempDir())
			serve.Env = append(os.Environ(), "SAILPLANE_DATABASE_URL=")
			for _, e := range tt.env {
				serve.Env = append(serve.Env, "SAILPLANE_"+e)
			}
			text, err := serve.CombinedOutput()
			if err == nil || !strings.Contains(string(text), tt.want) {
				t.Errorf("%v %s; want it to say %q", err, text, tt.want)
			}
		})
	}
	if text, err := os.ReadFile(file); string(text) != "kept" {
		t.Errorf("the file is %q, %v", text, err)
	}
}
