package app

import (
	"context"
	"sync"
	"time"

	"github.com/sailplane/sailplane/store"
)

// Visits gathers what people looked at and writes it a moment later, many visits in one transaction, so that reading stays
// reading. They are a convenience: what is not written when the server stops is lost.
type Visits struct {
	mu      sync.Mutex
	waiting []store.Visit
	noted   map[store.VisitKey]time.Time // when it was last kept: who reloads a page has seen it once
	writing bool
}

const (
	visitDelay  = 200 * time.Millisecond
	visitRepeat = 10 * time.Second
	visitsNoted = 10_000
)

// Visited notes that the caller looked at something in the call's workspace: a project, issue, page, cycle, module or view.
// project is empty for what is in none.
func (c *Call) Visited(kind, id, project string) {
	if c.User == nil || c.Workspace == nil {
		return
	}
	c.visits.note(c.App, store.Visit{VisitKey: store.VisitKey{User: c.User.ID, Workspace: c.Workspace.ID, Kind: kind, ID: id},
		Project: project, At: store.Stamped(c.DB.Now())})
}

func (v *Visits) note(a *App, visit store.Visit) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if visit.At.Sub(v.noted[visit.VisitKey]) < visitRepeat {
		return
	}
	if v.noted == nil || len(v.noted) > visitsNoted {
		v.noted = map[store.VisitKey]time.Time{}
	}
	v.noted[visit.VisitKey] = visit.At
	v.waiting = append(v.waiting, visit)
	if !v.writing {
		v.writing = true
		time.AfterFunc(visitDelay, func() { v.write(a) })
	}
}

func (v *Visits) write(a *App) {
	v.mu.Lock()
	visits := v.waiting
	v.waiting, v.writing = nil, false
	v.mu.Unlock()
	err := a.DB.Write(context.Background(), "", func(t *store.Tx) error {
		for _, visit := range visits {
			if err := store.KeepVisit(t, visit); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.Log.Warn("visits are lost", "count", len(visits), "error", err)
	}
}
