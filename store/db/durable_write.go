package db

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/sailplane/sailplane/store/durable"
)

// SQLite commits without waiting for the disk (synchronous=NORMAL); whoever has committed waits for it here, when the
// next transaction is under way already. One wait of the disk serves all that had committed when it began: on a virtual
// machine's disk one writer gets an eighth of the rate that it has without waiting, sixteen get two thirds
// (BenchmarkDurability). What was committed can be read before it is on the disk; it is acknowledged, and jobs run,
// only afterwards. Checkpoints sync the log by themselves before they use it.

// group makes those that come while something is being done do the next one together.
type group struct {
	do   func() error
	mu   sync.Mutex
	busy bool
	next *round // of those who came since the one under way began
}

type round struct {
	ended chan struct{}
	err   error
}

// wait returns once do was done from beginning to end since the call.
func (g *group) wait() error {
	g.mu.Lock()
	if g.next == nil {
		g.next = &round{ended: make(chan struct{})}
	}
	mine := g.next
	if !g.busy {
		g.busy = true
		go g.run()
	}
	g.mu.Unlock()
	<-mine.ended
	return mine.err
}

func (g *group) run() {
	for {
		g.mu.Lock()
		r := g.next
		g.next = nil
		g.busy = r != nil
		g.mu.Unlock()
		if r == nil {
			return
		}
		r.err = g.do()
		close(r.ended)
	}
}

// logSync returns what puts on the disk all that is in the log of a SQLite database. The first time it does the same to
// the name of the log, which SQLite would do only if it waited for the disk itself. No log: all of it is in the
// database.
func logSync(path string) func() error {
	named := false
	return func() error {
		f, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil || named {
			return err
		}
		if err := durable.SyncFolder(filepath.Dir(path)); err != nil {
			return err
		}
		named = true
		return nil
	}
}
