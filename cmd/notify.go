package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tellSystemd says to systemd, if it has started us and wants to know (Type=notify), that the server answers, until the
// context ends; then that it stops. As long as the database answers it says so, if somebody watches (WatchdogSec=): a
// server that cannot reach its database any more is started anew. go-systemd: systemd's own small client, without cgo.
func tellSystemd(ctx context.Context, log *slog.Logger, url string, answers func(context.Context) error) {
	say := func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			log.Warn("systemd is not told", "state", state, "error", err)
		}
	}
	say(daemon.SdNotifyReady + "\nSTATUS=answering at " + url)
	patience, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		log.Warn("systemd's watchdog", "error", err)
	}
	if err != nil || patience <= 0 {
		<-ctx.Done()
		say(daemon.SdNotifyStopping)
		return
	}
	tick := time.NewTicker(patience / 3)
	defer tick.Stop()
	for {
		asked, done := context.WithTimeout(ctx, patience/3)
		if err := answers(asked); err == nil {
			say(daemon.SdNotifyWatchdog)
		} else if ctx.Err() == nil {
			log.Error("the database does not answer, so systemd is not told that all is well", "error", err)
		}
		done()
		select {
		case <-ctx.Done():
			say(daemon.SdNotifyStopping)
			return
		case <-tick.C:
		}
	}
}
