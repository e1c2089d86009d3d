package db

import (
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// line is a way to a server that can be cut without a word: nothing arrives any more, and nobody is told.
type line struct {
	net.Listener
	to  string
	cut sync.RWMutex // held while it is
}

func (l *line) run() {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.to)
		if err != nil {
			near.Close()
			return
		}
		go l.carry(near, far)
		go l.carry(far, near)
	}
}

func (l *line) carry(from, to net.Conn) {
	defer to.Close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		l.cut.RLock()
		_, writeErr := to.Write(buf[:n])
		l.cut.RUnlock()
		if err != nil || writeErr != nil {
			return
		}
	}
}

// A node whose connection has died without a word does not go on with what it keeps: others may have changed it.
func TestACacheThatHearsNobodyIsOff(t *testing.T) {
	url := os.Getenv("SAILPLANE_TEST_POSTGRES")
	if url == "" {
		t.Skip("only the nodes of a Postgres tell each other")
	}
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{Listener: listener, to: net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port)))}
	defer l.Close()
	go l.run()
	cfg.Host, cfg.Port = "127.0.0.1", uint16(listener.Addr().(*net.TCPAddr).Port)
	cfg.Fallbacks = nil
	c, err := newCache()
	if err != nil {
		t.Fatal(err)
	}
	c.quiet = 10 * time.Millisecond
	conn, err := c.listen(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.follow(t.Context(), cfg, conn)
	defer c.close()
	eventually := func(off bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Minute); c.off.Load() != off; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("off: %v", !off)
			}
		}
	}
	l.cut.Lock()
	eventually(true)
	l.cut.Unlock()
	eventually(false)
}
