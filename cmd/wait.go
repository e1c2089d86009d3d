package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// patiently tries until something that others run is up, and says what it waits for. What would be no better later
// fails at once. most 0: it is tried once.
func patiently[T any](ctx context.Context, most time.Duration, what string, try func() (T, error)) (T, error) {
	began, pause := time.Now(), 500*time.Millisecond
	for {
		got, err := try()
		if err == nil || !errors.Is(err, store.ErrDown) && !blob.IsDown(err) || most <= 0 || ctx.Err() != nil {
			return got, err
		}
		left := most - time.Since(began)
		if left <= 0 {
			return got, fmt.Errorf("waited %s for %s (server.wait_seconds): %w", most, what, err)
		}
		slog.Warn("waiting for "+what, "no_longer_than", left.Round(time.Second), "error", err)
		select {
		case <-ctx.Done():
			return got, err
		case <-time.After(min(pause, left)):
		}
		pause = min(2*pause, 5*time.Second)
	}
}

// replaced says what to do while a backup is being restored.
func replaced(err error) error {
	if errors.Is(err, store.ErrReplaced) {
		return misused("a backup is being restored into the Postgres database of database.url: start the server when that is over")
	}
	return err
}
