package audit

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const (
	sinkBatch = 200              // entries that are passed on at a time
	sinkPause = 2 * time.Second  // between looks for more
	sinkAgain = 30 * time.Second // after a sink did not take them
	sinkLimit = 10 * time.Second // for a sink to take a batch
	sinkLease = time.Minute      // so that one node of several passes on
)

// sink is where entries are passed on to. It takes all of them or fails; then it gets them again.
type sink struct {
	name string
	take func(ctx context.Context, entries []Shown) error
}

// sinks are those that the settings name.
func sinks(a *app.App) (all []sink) {
	if a.Config.Audit.File != "" {
		all = append(all, sink{"file", func(_ context.Context, entries []Shown) error {
			return appendTo(a.Config.Audit.File, entries)
		}})
	}
	if a.Config.Audit.Syslog != "" {
		all = append(all, sink{"syslog", func(ctx context.Context, entries []Shown) error {
			return sendTo(ctx, a.Config.Audit.Syslog, entries)
		}})
	}
	return all
}

// startSinks passes the log on until the context ends; done waits until that is so. Each sink has a goroutine of its
// own: one that hangs makes nobody wait.
func startSinks(ctx context.Context, a *app.App) (done func()) {
	var running sync.WaitGroup
	node := store.NewID()
	for _, s := range sinks(a) {
		running.Go(func() { s.follow(ctx, a, node) })
	}
	return running.Wait
}

func (s sink) follow(ctx context.Context, a *app.App, node string) {
	failing := false
	for ctx.Err() == nil {
		n, err := s.step(ctx, a, node)
		wait := sinkPause
		switch {
		case err != nil && ctx.Err() == nil:
			if wait = sinkAgain; !failing {
				a.Log.Warn("the audit log is not passed on; it is tried again", "sink", s.name, "error", err)
			}
			failing = true
		case n == sinkBatch:
			wait = 0
		case n > 0:
			failing = false
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// step passes some entries on, if this node is the one that does, and says how many. What a sink has taken before it is
// noted is passed on again: an entry is told by its event_id.
func (s sink) step(ctx context.Context, a *app.App, node string) (n int, err error) {
	mine, from := false, int64(0)
	err = a.DB.Write(ctx, "", func(t *store.Tx) error {
		if mine, err = store.TakeLease(t, "audit "+s.name, node, t.Now.Add(sinkLease)); err != nil || !mine {
			return err
		}
		from, err = store.AuditSent(t, s.name)
		return err
	})
	if err != nil || !mine {
		return 0, err
	}
	t := a.DB.Read(ctx)
	first, last, _, err := store.AuditBounds(t)
	if err != nil {
		return 0, err
	}
	if from > last { // an older database was restored
		from = last
	}
	rows := []store.AuditEntry{}
	begin := max(from+1, first)
	err = store.EachAudit(t, begin, begin+sinkBatch-1, func(e *store.AuditEntry) error {
		rows = append(rows, *e)
		return nil
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	entries, err := withNames(t, rows)
	if err != nil {
		return 0, err
	}
	all := make([]Shown, len(entries))
	for i := range entries {
		all[i] = Show(&entries[i])
	}
	bounded, cancel := context.WithTimeout(ctx, sinkLimit)
	defer cancel()
	if err := s.take(bounded, all); err != nil {
		return 0, err
	}
	return len(rows), a.DB.Write(ctx, "", func(t *store.Tx) error {
		return store.SetAuditSent(t, s.name, rows[len(rows)-1].Sequence)
	})
}

// appendTo adds lines of JSON to a file. It is opened anew each time, so that it can be moved away meanwhile.
func appendTo(name string, entries []Shown) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range entries {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.WriteString(b.String()); err == nil {
		err = f.Sync()
	}
	if failed := f.Close(); err == nil {
		err = failed
	}
	return err
}

// sendTo sends entries to a syslog, each as a message of RFC 5424 (facility 13, log audit); on a stream with its length
// in front (RFC 6587).
func sendTo(ctx context.Context, address string, entries []Shown) error {
	scheme, to, err := app.SyslogAddress(address)
	if err != nil {
		return err
	}
	conn, err := dialSyslog(ctx, scheme, to)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if at, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(at); err != nil {
			return err
		}
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "-"
	}
	for _, e := range entries {
		text, err := message(host, &e)
		if err != nil {
			return err
		}
		if scheme == "tcp" || scheme == "tls" {
			text = strconv.Itoa(len(text)) + " " + text
		}
		if _, err := conn.Write([]byte(text)); err != nil {
			return err
		}
	}
	return nil
}

func dialSyslog(ctx context.Context, scheme, to string) (net.Conn, error) {
	d := &net.Dialer{}
	switch scheme {
	case "tls":
		return (&tls.Dialer{NetDialer: d}).DialContext(ctx, "tcp", to)
	case "unix":
		if conn, err := d.DialContext(ctx, "unixgram", to); err == nil {
			return conn, nil
		}
		return d.DialContext(ctx, "unix", to)
	}
	return d.DialContext(ctx, scheme, to)
}

// message is an entry as syslogs take it: refusals are warnings, all else is a notice; what it says is JSON.
func message(host string, e *Shown) (string, error) {
	const audit = 13 << 3
	level := 5
	if e.Outcome != store.AuditSuccess {
		level = 4
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("<%d>1 %s %s sailplane %d %s - %s", audit+level, e.CreatedAt, host, os.Getpid(), e.EventName,
		raw), nil
}
