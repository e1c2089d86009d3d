package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// receiveMail plays a mail server at an address and passes on whom each email is for.
func receiveMail(t *testing.T, address string) <-chan string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return receiveMailOn(t, l)
}

func receiveMailOn(t *testing.T, l net.Listener) <-chan string {
	t.Cleanup(func() { l.Close() })
	letters := make(chan string, 1000)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go receive(conn, letters)
		}
	}()
	return letters
}

func receive(conn net.Conn, letters chan<- string) {
	defer conn.Close()
	in := bufio.NewScanner(conn)
	fmt.Fprint(conn, "220 test\r\n")
	to, writing := "", false
	for in.Scan() {
		line := in.Text()
		answer := "250 fine"
		switch verb, rest, _ := strings.Cut(line, ":"); {
		case writing && line != ".":
			continue
		case writing:
			writing = false
			letters <- to
		case line == "DATA":
			writing, answer = true, "354 go on"
		case verb == "RCPT TO":
			to = strings.Trim(rest, "<>")
		case line == "QUIT":
			io.WriteString(conn, "221 bye\r\n")
			return
		}
		fmt.Fprint(conn, answer+"\r\n")
	}
}

func TestMailServerIsDeadForAWhile(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // an address where nobody listens
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	i := install(t, t.TempDir(), "")
	i.mail(address.Port)
	secret := []byte(strings.Repeat("no server has run", 2)) // which would have made one
	if err := os.WriteFile(filepath.Join(i.dir, "secret"), secret, 0o600); err != nil {
		t.Fatal(err)
	}
	i.run("user", "deactivate", "--email", "owner@sailplane.test") // an email tells the owner
	i.start()
	db := i.open()
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	read := db.Read(context.Background())
	waitFor(t, "the letter fails", func() bool {
		j, err := store.Jobs.First(read, dbx.NewExp("1 = 1"), "id")
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil && j.Attempts > 0 && j.LastError != ""
	})
	i.kill()
	letters := receiveMail(t, address.String())
	i.start()
	select {
	case to := <-letters:
		if to != "owner@sailplane.test" {
			t.Errorf("the letter went to %s", to)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("the mail server is back, and no letter comes")
	}
	waitFor(t, "the job is done with", func() bool {
		waiting, err := store.Jobs.Exists(read, dbx.NewExp("1 = 1"))
		if err != nil {
			t.Fatal(err)
		}
		return !waiting
	})
	if len(letters) > 0 {
		t.Error("the letter came twice")
	}
}
