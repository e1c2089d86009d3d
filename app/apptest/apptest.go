// Package apptest builds applications for tests, on fresh databases.
package apptest

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/password"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/storetest"
)

func init() { password.Quick() }

// New builds an application on an open database; limits are off.
func New(t testing.TB, db *store.DB) *app.App {
	t.Helper()
	cfg := app.Defaults()
	cfg.Limits.AuthPerMinute, cfg.Limits.APIKeyPerMinute, cfg.Limits.BoardPerMinute = 0, 0, 0
	cfg.Limits.RequestSeconds = 300 // the machine may be busy
	cfg.Workspace.DemoProject = false
	files, err := blob.OnDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &app.App{DB: db, Blob: files, Config: cfg, Secret: []byte("0123456789abcdef0123456789abcdef"),
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))}
}

// CutShort is a context that is canceled when so many steps have asked whether it is: what works with it dies in the
// middle.
func CutShort(ctx context.Context, steps int32) context.Context {
	c := &cutShort{}
	c.Context, c.cut = context.WithCancel(ctx)
	c.left.Store(steps)
	return c
}

type cutShort struct {
	context.Context

	left atomic.Int32
	cut  context.CancelFunc
}

func (c *cutShort) Done() <-chan struct{} {
	if c.left.Add(-1) == 0 {
		c.cut()
	}
	return c.Context.Done()
}

// Each runs a test with an application on every engine there is.
func Each(t *testing.T, test func(t *testing.T, a *app.App)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, New(t, db)) })
}

// Beside is Each on all engines at the same time, see storetest.Beside.
func Beside(t *testing.T, test func(t *testing.T, a *app.App)) {
	t.Helper()
	storetest.Beside(t, func(t *testing.T, db *store.DB) { test(t, New(t, db)) })
}
