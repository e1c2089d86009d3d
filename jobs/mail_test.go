package jobs

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

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
			for _, want := range []string{"Subject: Your Export is ready", `filename="crew-analytics.csv"`, "text/csv",
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
