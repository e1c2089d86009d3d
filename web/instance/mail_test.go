package instance_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// mailServer is as much of a mail server as sending an email needs. It knows everybody but nobody@…, and no password.
type mailServer struct {
	net.Listener
	mu    sync.Mutex
	boxes []string    // that emails were for
	rude  atomic.Bool // hangs up at once
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(conn)
		}
	}()
	return m
}

func (m *mailServer) serve(conn net.Conn) {
	defer conn.Close()
	if m.rude.Load() {
		return
	}
	fmt.Fprint(conn, "220 test\r\n")
	data := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case data:
			if data = line != "."; !data {
				fmt.Fprint(conn, "250 kept\r\n")
			}
		case verb == "EHLO":
			fmt.Fprint(conn, "250-test\r\n250 AUTH CRAM-MD5\r\n")
		case verb == "AUTH":
			fmt.Fprint(conn, "334 PDE+\r\n")
			lines.Scan()
			fmt.Fprint(conn, "535 no\r\n")
		case strings.HasPrefix(line, "RCPT TO:<nobody@"):
			fmt.Fprint(conn, "550 no such box\r\n")
		case verb == "RCPT":
			m.mu.Lock()
			m.boxes = append(m.boxes, strings.TrimPrefix(line, "RCPT TO:"))
			m.mu.Unlock()
			fmt.Fprint(conn, "250 ok\r\n")
		case verb == "DATA":
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
		case verb == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

func TestTryingTheMailServer(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		m := newMailServer(t)
		admin := s.User("admin")
		_, port, _ := net.SplitHostPort(m.Addr().String())
		configure := func(settings map[string]string) {
			t.Helper()
			err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
				for key, value := range settings {
					row, err := store.InstanceConfigurations.Get(tx, dbx.HashExp{"key": key})
					if err != nil {
						return err
					}
					if row.IsEncrypted {
						value = s.App.Seal(value)
					}
					row.Value = &value
					if err := store.InstanceConfigurations.Set(tx, row, "value"); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			i, err := store.Instances.First(tx, dbx.HashExp{}, "created_at")
			if err != nil {
				return err
			}
			return store.InstanceAdmins.Insert(tx, &store.InstanceAdmin{InstanceID: i.ID, UserID: &admin.User.ID, Role: 20})
		})
		if err != nil {
			t.Fatal(err)
		}
		configure(map[string]string{"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port, "EMAIL_FROM": "a@sailplane.test",
			"EMAIL_USE_TLS": "0", "EMAIL_USE_SSL": "0", "EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": ""})
		try := func(to string) (int, map[string]string) {
			t.Helper()
			body, _ := json.Marshal(map[string]string{"receiver_email": to})
			req, err := http.NewRequest("POST", s.URL+"/api/instances/email-credentials-check/", strings.NewReader(string(body)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.AddCookie(&http.Cookie{Name: web.AdminSessionCookie, Value: "session-of-admin"})
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			var answer map[string]string
			if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, answer
		}

		sent := map[string]string{"message": "Email successfully sent."}
		for _, tt := range []struct {
			settings map[string]string
			rude     bool
			to       string
			status   int
			want     map[string]string
		}{
			{nil, false, "ann@sailplane.test", 200, sent},
			{nil, false, "root", 200, sent},
			{nil, false, "nobody@sailplane.test", 400, map[string]string{"error": "The mail server refused the receiver (550 \"no such box\", affected recipient(s): " +
				"<nobody@sailplane.test>). See that the address is right; " +
				"a server that forwards nothing wants a name and a password."}},
			{nil, false, "x>\r\nRCPT TO:<y", 200, sent},
			{nil, true, "ann@sailplane.test", 400, map[string]string{"error": "The mail server hung up (EOF). It may want TLS from the start at this port, " +
				"or not know this machine; its log says why."}},
			{map[string]string{"EMAIL_HOST_USER": "me", "EMAIL_HOST_PASSWORD": "wrong"}, false, "ann@sailplane.test", 400,
				map[string]string{"error": "The mail server refused the name or the password (535 no). Set them again. " +
					"Many providers want a password for applications rather than the account's."}},
		} {
			configure(tt.settings)
			m.rude.Store(tt.rude)
			status, answer := try(tt.to)
			if diff := cmp.Diff(tt.want, answer); status != tt.status || diff != "" {
				t.Errorf("%v to %q: %d (-want +got):\n%s", tt.settings, tt.to, status, diff)
			}
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		if diff := cmp.Diff([]string{"<ann@sailplane.test>", "<root@>", `<"x>RCPT TO:<y"@>`}, m.boxes); diff != "" {
			t.Errorf("boxes (-want +got):\n%s", diff)
		}
	})
}
