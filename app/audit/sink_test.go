package audit_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/audit"
)

// keep runs what a server does with the log until the test ends.
func keep(t *testing.T, a *app.App) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); audit.Keep(ctx, a) }()
	t.Cleanup(func() { stop(); <-ended })
}

// The log comes to a file and to a syslog, whole and in order; a syslog that takes nothing holds up neither.
func TestTheLogIsPassedOn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		hangs, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts, and nothing is read
		if err != nil {
			t.Fatal(err)
		}
		defer hangs.Close()
		a.Config.Audit.Syslog = "tls://" + hangs.Addr().String() // whose handshake never ends
		a.Config.Audit.File = filepath.Join(t.TempDir(), "audit.jsonl")
		filled(t, a, 30)
		keep(t, a)
		note(t, a, app.Deed{Event: app.KeyCreated, Target: app.Target{Type: "api_token", ID: "last"}})
		var lines []string
		eventually(t, func() bool {
			raw, _ := os.ReadFile(a.Config.Audit.File)
			lines = strings.Split(strings.TrimSpace(string(raw)), "\n")
			return len(lines) == 31
		})
		for i, line := range lines {
			var e audit.Shown
			if err := json.Unmarshal([]byte(line), &e); err != nil || e.SequenceNumber != int64(i+1) {
				t.Fatalf("line %d is %s: %v", i+1, line, err)
			}
		}
	})
}

func TestTheLogComesToASyslog(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		syslog, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer syslog.Close()
		a.Config.Audit.Syslog = "tcp://" + syslog.Addr().String()
		note(t, a, app.Deed{Event: app.SignInFailed, Failed: true, Reason: app.TriedKey})
		keep(t, a)
		conn, err := syslog.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		length, err := r.ReadString(' ')
		if err != nil {
			t.Fatal(err)
		}
		head, err := r.ReadString('{')
		if err != nil || !strings.HasPrefix(head, "<108>1 ") || !strings.Contains(head, " sailplane ") ||
			!strings.Contains(head, " auth.sign_in_failed - ") {
			t.Errorf("the message of %s begins with %q: %v", length, head, err)
		}
	})
}

// eventually waits until something is so, however busy the machine is.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for range 6000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it never came to be so")
}
