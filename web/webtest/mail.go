package webtest

import (
	"bufio"
	"fmt"
	"mime/quotedprintable"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// Mailbox is a mail server that keeps what it gets.
type Mailbox struct {
	t       testing.TB
	mu      sync.Mutex
	letters map[string][]string // without their headers, by address
	whole   map[string][]string // as they came
}

// Mail lets the server send its emails to a mailbox.
func (s *Server) Mail() *Mailbox {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { l.Close() })
	m := &Mailbox{t: s.t, letters: map[string][]string{}, whole: map[string][]string{}}
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			go m.take(conn)
		}
	}()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	s.Configure(map[string]string{"EMAIL_HOST": host, "EMAIL_PORT": port, "EMAIL_FROM": "sailplane@sailplane.test",
		"EMAIL_USE_TLS": "0"})
	return m
}

// Configure writes settings of the installation.
func (s *Server) Configure(settings map[string]string) {
	s.t.Helper()
	s.write(func(t *store.Tx) error {
		for key, value := range settings {
			row, err := store.InstanceConfigurations.Get(t, dbx.HashExp{"key": key})
			if err != nil {
				return err
			}
			if row.IsEncrypted {
				value = s.App.Seal(value)
			}
			row.Value = &value
			if err := store.InstanceConfigurations.Set(t, row, "value"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *Mailbox) take(conn net.Conn) {
	defer conn.Close()
	fmt.Fprint(conn, "220 test\r\n")
	var to, text strings.Builder
	data := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case data && line == ".":
			data = false
			m.keep(to.String(), text.String())
			fmt.Fprint(conn, "250 kept\r\n")
		case data:
			text.WriteString(strings.TrimPrefix(line, ".") + "\r\n")
		case verb == "RCPT":
			to.Reset()
			to.WriteString(strings.Trim(line[len("RCPT TO:"):], "<> "))
			fmt.Fprint(conn, "250 ok\r\n")
		case verb == "DATA":
			data = true
			text.Reset()
			fmt.Fprint(conn, "354 go on\r\n")
		case verb == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

func (m *Mailbox) keep(to, raw string) {
	var text strings.Builder
	plain := quotedprintable.NewReader(strings.NewReader(raw))
	if _, err := bufio.NewReader(plain).WriteTo(&text); err != nil {
		text.Reset()
		text.WriteString(raw)
	}
	_, body, _ := strings.Cut(text.String(), "\r\n\r\n")
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters[to] = append(m.letters[to], body)
	m.whole[to] = append(m.whole[to], raw)
}

// Whole are the emails that reached an address so far, as they came.
func (m *Mailbox) Whole(to string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.whole[to]...)
}

// Emails are those that reached an address so far.
func (m *Mailbox) Emails(to string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.letters[to]...)
}

// Wait waits for the nth email to an address and returns its text.
func (m *Mailbox) Wait(to string, n int) string {
	m.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got := m.Emails(to); len(got) >= n {
			return got[n-1]
		}
	}
	m.t.Fatalf("letter %d to %s did not come", n, to)
	return ""
}
