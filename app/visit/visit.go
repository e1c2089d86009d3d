// Package visit remembers what people looked at.
package visit

import (
	"context"
	"sync"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// visits gathers what people looked at and writes it a moment later, many visits in one transaction, so that reading
// stays reading. They are a convenience: what is not written when the server stops is lost.
type visits struct {
	mu      sync.Mutex
	waiting []store.Visit
	noted   map[store.VisitKey]time.Time // when it was last kept: who reloads a page has seen it once
	writing bool
}

const (
	delay     = 200 * time.Millisecond
	repeat    = 10 * time.Second
	mostNoted = 10_000
)

// Note remembers that the caller looked at something in the call's workspace: a project, issue, page, cycle, module or
// view. project is empty for what is in none.
func Note(c *app.Call, kind, id, project string) {
	if c.User == nil || c.Workspace == nil {
		return
	}
	waiting := store.Singleton(c.Read(), func(*store.DB) *visits { return &visits{} })
	waiting.note(c.App, store.Visit{VisitKey: store.VisitKey{User: c.User.ID, Workspace: c.Workspace.ID, Kind: kind,
		ID: id}, Project: project, At: store.Stamped(c.DB.Now())})
}

func (v *visits) note(a *app.App, visit store.Visit) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if visit.At.Sub(v.noted[visit.VisitKey]) < repeat {
		return
	}
	if v.noted == nil || len(v.noted) > mostNoted {
		v.noted = map[store.VisitKey]time.Time{}
	}
	v.noted[visit.VisitKey] = visit.At
	v.waiting = append(v.waiting, visit)
	if !v.writing {
		v.writing = true
		time.AfterFunc(delay, func() { v.write(a) })
	}
}

func (v *visits) write(a *app.App) {
	v.mu.Lock()
	visits := v.waiting
	v.waiting, v.writing = nil, false
	v.mu.Unlock()
	err := a.DB.Write(context.Background(), "", func(t *store.Tx) error {
		for _, visit := range visits {
			if err := store.SaveVisit(t, visit); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.Log.Warn("visits are lost", "count", len(visits), "error", err)
	}
}
