package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// untilSignal returns a context that ends with the first SIGTERM or SIGINT; its cause names it. A second one ends the
// process at once. SIGHUP, which a terminal sends that is closed, ends nothing.
func untilSignal(parent context.Context) context.Context {
	ctx, stop := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range signals {
			switch {
			case s == syscall.SIGHUP:
				slog.Info("SIGHUP changes nothing: settings are read at the start")
			case ctx.Err() == nil:
				stop(fmt.Errorf("signal: %v", s))
			default:
				slog.Warn("ending at once, without waiting for what is under way", "signal", s.String())
				os.Exit(1)
			}
		}
	}()
	return ctx
}
