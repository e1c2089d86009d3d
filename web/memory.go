package web

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// memory gives back to the system what requests have left behind: the collector alone comes every two minutes to an
// idle server, and keeps what a burst took for the next one.
type memory struct {
	on      bool        // the process is there for this server only
	awaited atomic.Bool // it will be looked at

	mu     sync.Mutex
	rested uint64      // bytes that were held when nothing more could be given back
	quiet  *time.Timer // nothing has happened for a while
}

const (
	// lookAfter is how soon after a request memory is looked at.
	lookAfter = 5 * time.Second
	// restAfter is how long after the last look background work is over as well.
	restAfter = 30 * time.Second
	// leeway is how many bytes more than a half more may be held before they are given back.
	leeway = 16 << 20
)

// GiveBackMemory has what requests leave behind given back to the system: for a process that does nothing but serve.
// Where many servers are tested in one, each would have all of it collected.
func (s *Server) GiveBackMemory() { s.memory.on = true }

// used notes that a request took memory.
func (m *memory) used() {
	if m.on && !m.awaited.Load() && m.awaited.CompareAndSwap(false, true) {
		time.AfterFunc(lookAfter, m.look)
	}
}

func (m *memory) look() {
	m.awaited.Store(false)
	m.mu.Lock()
	if m.quiet == nil {
		m.quiet = time.AfterFunc(restAfter, m.rest)
	} else {
		m.quiet.Reset(restAfter)
	}
	enough := m.rested != 0 && held() < m.rested+m.rested/2+leeway
	m.mu.Unlock()
	if !enough {
		m.rest()
	}
}

func (m *memory) rest() {
	debug.FreeOSMemory()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rested = held()
}

// held is how many bytes the process has of the system, but for what is outside of the collector's sight.
func held() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}
