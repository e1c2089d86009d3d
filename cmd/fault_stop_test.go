//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// end waits for the server to end by itself and returns how it did, and how long that took.
func (i *installation) end() (code int, took time.Duration) {
	i.t.Helper()
	began := time.Now()
	ended := make(chan error, 1)
	server := i.server
	go func() { ended <- server.Wait() }()
	select {
	case err := <-ended:
		i.server = nil
		var failed *exec.ExitError
		if err != nil && !errors.As(err, &failed) {
			i.t.Fatal(err)
		}
		return server.ProcessState.ExitCode(), time.Since(began)
	case <-time.After(5 * time.Minute):
		i.t.Fatal("the server does not end")
		return 0, 0
	}
}

func (i *installation) signal(s syscall.Signal) {
	i.t.Helper()
	if err := i.server.Process.Signal(s); err != nil {
		i.t.Fatal(err)
	}
}

// half sends the head and half the body of a request that makes a work item; the rest is for later.
func (i *installation) half() (conn net.Conn, rest string) {
	i.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(i.base, "http://"))
	if err != nil {
		i.t.Fatal(err)
	}
	return conn, i.halfOn(conn)
}

// halfOn is half over a connection that there is; it returns the rest.
func (i *installation) halfOn(conn net.Conn) (rest string) {
	i.t.Helper()
	body := `{"name": "sent slowly"}`
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: fault\r\nContent-Type: application/json\r\nCookie: session-id=%s\r\nContent-Length: %d\r\n"+
		"Expect: 100-continue\r\n\r\n", i.items(), faultSession, len(body))
	// The server says that it reads on: the request is being answered.
	const reads = "HTTP/1.1 100 Continue\r\n\r\n"
	said := make([]byte, len(reads))
	if _, err := io.ReadFull(conn, said); err != nil || string(said) != reads {
		i.t.Fatalf("half a request: %q %v", said, err)
	}
	io.WriteString(conn, body[:10])
	return body[10:]
}

// stopping waits until the server has said that it stops.
func (i *installation) stopping() {
	i.t.Helper()
	waitFor(i.t, "the server says that it stops", func() bool { return strings.Contains(i.log(), "msg=stopping reason=") })
}

func TestAStopAnswersWhatHasBegun(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		i := install(t, t.TempDir(), "")
		i.start()
		conn, rest := i.half()
		i.signal(s)
		i.stopping()
		if c, err := net.Dial("tcp", strings.TrimPrefix(i.base, "http://")); err == nil {
			c.Close()
			t.Errorf("%s: a stopping server accepts", s)
		}
		io.WriteString(conn, rest)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: what was being answered is cut: %v", s, err)
		}
		var item struct{ ID string }
		if err := json.NewDecoder(res.Body).Decode(&item); err != nil || res.StatusCode != http.StatusCreated {
			t.Fatalf("%s: %d %v", s, res.StatusCode, err)
		}
		code, took := i.end()
		if code != 0 {
			t.Errorf("%s: ended with %d", s, code)
		}
		t.Logf("%s: ended %s after the last request", s, took)
		if !strings.Contains(i.log(), fmt.Sprintf("reason=\"signal: %s\"", s)) {
			t.Errorf("the log does not say why:\n%s", i.log())
		}
		db := i.open()
		checkWhole(t, db, []string{item.ID})
		db.Close()
	}
}

func TestASecondSignalEndsAtOnceAndAHangUpNothing(t *testing.T) {
	i := install(t, t.TempDir(), "")
	i.start()
	i.signal(syscall.SIGHUP)
	waitFor(t, "the hang-up is heard", func() bool { return strings.Contains(i.log(), "SIGHUP") })
	if _, a := i.create("after the hang-up"); a.status != http.StatusCreated {
		t.Fatalf("after SIGHUP: %d", a.status)
	}
	conn, _ := i.half()
	defer conn.Close()
	i.signal(syscall.SIGTERM)
	i.stopping()
	i.signal(syscall.SIGTERM)
	if code, took := i.end(); code != 1 { // 0: it has waited for the request
		t.Errorf("ended with %d after %s", code, took)
	}
}

// A stop does not wait for a stranger, whatever is queued for it.
func TestAStopLetsGoOfStrangers(t *testing.T) {
	i := install(t, t.TempDir(), "")
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts by itself, and nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	asked := make(chan net.Conn, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked <- c
		}
	}()
	i.hook("http://" + l.Addr().String())
	i.start()
	for n := range 100 {
		if _, a := i.create(fmt.Sprint("told to nobody ", n)); a.status != http.StatusCreated {
			t.Fatalf("create: %d", a.status)
		}
	}
	conn := <-asked
	defer conn.Close()
	i.signal(syscall.SIGTERM)
	code, took := i.end()
	t.Logf("ended within %s", took)
	if code != 0 {
		t.Errorf("ended with %d", code)
	}
	db := i.open()
	defer db.Close()
	if n, err := store.WebhookLogs.Count(db.Read(t.Context()), dbx.HashExp{}); n != 0 || err != nil {
		t.Errorf("%d attempts ended before the server did, %v: it has waited for them", n, err)
	}
	counts, err := store.Backlogs(db.Read(t.Context()), db.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range counts {
		if b.Kind == store.JobDeliver && (b.Waiting != 100 || b.Taken+b.Lapsed+b.Dead != 0) {
			t.Errorf("left behind: %+v", b)
		}
	}
}
