package frontend

import (
	"context"
	"sync"
	"time"

	"github.com/sailplane/sailplane/app"
)

// Background pulls while a server runs, for a page that shows how far it is: one pull at a time. Each node of several
// has its own folder, and its own pulls.
type Background struct {
	mu  sync.Mutex
	now Pulling
}

// Pulling is what a pull in the background is doing, or what has become of it.
type Pulling struct {
	Running  bool      `json:"running"`
	Progress Progress  `json:"progress"`
	Began    time.Time `json:"began"` // zero: none has begun since the server has started
	Info     *Info     `json:"info,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// Start begins a pull from a registry and returns; it ends with the server. Addresses that people type reach private
// networks only where the settings allow it. ErrBusy when one is under way.
func (b *Background) Start(a *app.App, from, version string) error {
	control, err := a.Guard()
	if err != nil {
		return err
	}
	o := Options{Folder: a.Frontends, From: from, Version: version, Control: control}
	if o.From == "" {
		o.From = Registry
	}
	src, err := newRegistry(o.From, &o) // not a file: who types here may not read what the server may
	if err != nil {
		return err
	}
	if o.Version != "" && !tagged.MatchString(o.Version) {
		return notVersion(o.Version)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now.Running {
		return ErrBusy
	}
	b.now = Pulling{Running: true, Began: time.Now().UTC()}
	o.Progress = func(p Progress) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.now.Progress = p
	}
	a.DB.Go(func(ctx context.Context) { // which waits for it when the server stops
		info, err := pullFrom(ctx, &o, src)
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.now.Running, b.now.Info = false, info; err != nil {
			b.now.Error = err.Error()
			a.Log.Error("pull of the frontends failed", "from", src.text(), "error", err)
			return
		}
		a.Log.Info("frontends pulled", "version", info.Version, "from", info.From)
	})
	return nil
}

// State is what the pull is doing.
func (b *Background) State() Pulling {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}
