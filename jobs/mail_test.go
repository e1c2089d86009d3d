package jobs

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// mailbox is a mail server for one letter: it returns its port and where the letter arrives.
func mailbox(t *testing.T) (string, <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	letters := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "220 here\r\n")
		var text strings.Builder
		data := false
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			line := lines.Text()
			switch {
			case data && line == ".":
				data = false
				fmt.Fprint(conn, "250 kept\r\n")
				letters <- text.String()
			case data:
				text.WriteString(line + "\n")
			case strings.HasPrefix(line, "DATA"):
				data = true
				fmt.Fprint(conn, "354 go on\r\n")
			default:
				fmt.Fprint(conn, "250 fine\r\n")
			}
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port, letters
}

// refuser is a mail server that refuses every receiver with that code, and counts how often it was asked.
type refuser struct {
	code  int
	asked *atomic.Int32
}

func (r refuser) Mail(string, *smtp.MailOptions) error { return nil }
func (r refuser) Rcpt(string, *smtp.RcptOptions) error {
	r.asked.Add(1)
	return &smtp.SMTPError{Code: r.code, EnhancedCode: smtp.NoEnhancedCode, Message: "not here"}
}
func (r refuser) Data(io.Reader) error { return nil }
func (r refuser) Reset()               {}
func (r refuser) Logout() error        { return nil }

// A letter that the mail server refuses for good is given up at once, with its words; one that it takes later is tried
// again.
func TestARefusedLetterIsGivenUp(t *testing.T) {
	for name, tt := range map[string]struct {
		code int
		dead bool
	}{"for good": {550, true}, "for now": {450, false}} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				asked := &atomic.Int32{}
				server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
					return refuser{tt.code, asked}, nil
				}))
				go server.Serve(l) // it ends with the test
				t.Cleanup(func() { server.Close() })
				_, port, _ := net.SplitHostPort(l.Addr().String())
				a.Config.Mail = app.MailConfig{Host: "127.0.0.1", TLS: app.MailNoTLS, From: "crew@example.org"}
				a.Config.Mail.Port, _ = strconv.Atoi(port)
				if err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
					return mail.Enqueue(a, tx, "ann@example.org", "email-changed", map[string]string{"email": "ann@example.org"})
				}); err != nil {
					t.Fatal(err)
				}
				if _, err := NewRunner(a, Handlers()).Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
				rows, err := store.Jobs.List(a.DB.Read(t.Context()), dbx.HashExp{"kind": mail.Job})
				if err != nil || len(rows) != 1 || (rows[0].DeadAt != nil) != tt.dead || asked.Load() != 1 ||
					!strings.Contains(rows[0].LastError, "not here") {
					t.Errorf("%+v, %v, asked %d times", rows, err, asked.Load())
				}
			})
		})
	}
}

func TestALetterCarriesItsFile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		port, letters := mailbox(t)
		err := a.DB.Write(ctx, "", func(tx *store.Tx) error {
			for key, value := range map[string]string{"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port,
				"EMAIL_FROM": "crew@example.org"} {
				if err := store.InstanceConfigurations.Insert(tx,
					&store.InstanceConfiguration{Key: key, Value: &value, Category: "SMTP"}); err != nil {
					return err
				}
			}
			return mail.EnqueueWithFile(a, tx, "ann@example.org", "figure-ready",
				map[string]string{"workspace": "Crew", mail.FileText: "a,b\r\n"}, "crew-analytics.csv")
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewRunner(a, Handlers()).Drain(ctx); err != nil {
			t.Fatal(err)
		}
		select {
		case letter := <-letters:
			for _, want := range []string{"Subject: Figures of Crew, from", `filename="crew-analytics.csv"`, "text/csv",
				"YSxiDQo="} {
				if !strings.Contains(letter, want) {
					t.Errorf("the letter has no %q:\n%s", want, letter)
				}
			}
		default:
			t.Error("no letter was sent")
		}
	})
}
