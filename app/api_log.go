package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sailplane/sailplane/store"
)

// APILog gathers requests by key in memory, and writes them down many at a time: no request waits for it. What comes
// faster than it can be written is left out and counted.
type APILog struct {
	Written, Dropped atomic.Int64 // rows, since the start

	mu      sync.Mutex
	rows    []*store.APIActivityLog
	wake    chan struct{}
	minute  time.Time // since when refused are counted
	refused int
}

const (
	apiLogMost    = 4096            // rows in memory: some 2 MB
	apiLogBatch   = 200             // rows of one transaction
	apiLogDelay   = 2 * time.Second // until what was gathered is written
	apiLogRefused = 60              // requests that were refused for their key or their number, a minute and node
)

// Lengths of texts in the log, in characters; those of the path and the program are the reference's.
const (
	apiLogPath      = 255
	apiLogQuery     = 1000
	apiLogUserAgent = 512
)

// APIRequest is a request by key, as it is logged. Neither its headers nor any body is: they may hold secrets.
type APIRequest struct {
	Token, User string // ids; empty: the key is nobody's
	Method      string
	Path, Query string
	Status      int
	IP          string
	UserAgent   string
}

// LogAPI notes a request by key, unless retention.api_log_days is 0. Those that are refused for their key or their
// number could be as many as a stranger likes; only the first ones of each minute are noted.
func (a *App) LogAPI(r *APIRequest) {
	if a.Config.Retention.APILogDays == 0 {
		return
	}
	now := store.Stamped(a.DB.Now())
	row := &store.APIActivityLog{TokenIdentifier: r.Token, Path: cut(r.Path, apiLogPath), Method: cut(r.Method, 10),
		QueryParams: filled(cut(withoutSecrets(r.Query), apiLogQuery)), ResponseCode: r.Status, IPAddress: filled(r.IP),
		UserAgent: filled(cut(r.UserAgent, apiLogUserAgent))}
	row.ID, row.CreatedAt, row.UpdatedAt = store.NewID(), now, now
	row.CreatedByID, row.UpdatedByID = filled(r.User), filled(r.User)
	if r.Token == "" {
		row.TokenIdentifier = "unknown"
	}
	a.APILog.add(row, now, r.Token == "" || r.Status == 429)
}

func (l *APILog) add(row *store.APIActivityLog, now time.Time, refused bool) {
	l.mu.Lock()
	if refused {
		if now.Sub(l.minute).Abs() >= time.Minute {
			l.minute, l.refused = now, 0
		}
		l.refused++
	}
	full := len(l.rows) >= apiLogMost || refused && l.refused > apiLogRefused
	if !full {
		l.rows = append(l.rows, row)
	}
	first := len(l.rows) == 1
	wake := l.woken()
	l.mu.Unlock()
	if full {
		l.Dropped.Add(1)
		return
	}
	if first {
		select {
		case wake <- struct{}{}:
		default: // it knows already
		}
	}
}

// woken is the channel that tells that there is something to write. The lock is held.
func (l *APILog) woken() chan struct{} {
	if l.wake == nil {
		l.wake = make(chan struct{}, 1)
	}
	return l.wake
}

// KeepAPILog writes what was gathered until the context ends, and what is left then.
func (a *App) KeepAPILog(ctx context.Context) {
	a.APILog.mu.Lock()
	wake := a.APILog.woken()
	a.APILog.mu.Unlock()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-wake:
			select {
			case <-ctx.Done():
			case <-time.After(apiLogDelay):
			}
		}
		if ctx.Err() != nil {
			break
		}
		if err := a.FlushAPILog(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("requests by key are not logged yet", "error", err)
			a.APILog.again()
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := a.FlushAPILog(last); err != nil {
		a.Log.Warn("the last requests by key are not logged", "error", err)
	}
}

// again has what could not be written tried once more.
func (l *APILog) again() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.woken() <- struct{}{}:
	default:
	}
}

// FlushAPILog writes what was gathered. What can't be written stays, as far as there is room.
func (a *App) FlushAPILog(ctx context.Context) error {
	l := &a.APILog
	l.mu.Lock()
	rows := l.rows
	l.rows = nil
	l.mu.Unlock()
	for len(rows) > 0 {
		part := rows[:min(apiLogBatch, len(rows))]
		err := a.DB.Write(ctx, "", func(t *store.Tx) error { return store.APIActivityLogs.Insert(t, part...) })
		if err != nil {
			l.putBack(rows)
			return fmt.Errorf("log requests by key: %w", err)
		}
		l.Written.Add(int64(len(part)))
		rows = rows[len(part):]
	}
	return nil
}

func (l *APILog) putBack(rows []*store.APIActivityLog) {
	l.mu.Lock()
	defer l.mu.Unlock()
	room := max(0, apiLogMost-len(l.rows))
	if len(rows) > room {
		l.Dropped.Add(int64(len(rows) - room))
		rows = rows[len(rows)-room:]
	}
	l.rows = append(slices.Clip(rows), l.rows...)
}

// secretNames are parts of the names of parameters whose values are not written down.
var secretNames = []string{"key", "token", "secret", "password", "passwd", "signature", "credential", "authorization",
	"code"}

// withoutSecrets is a query without the values of parameters that may be secrets.
func withoutSecrets(query string) string {
	if query == "" {
		return ""
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, _, valued := strings.Cut(part, "=")
		plain := strings.ToLower(name)
		if text, err := url.QueryUnescape(name); err == nil {
			plain = strings.ToLower(text)
		}
		if valued && slices.ContainsFunc(secretNames, func(s string) bool { return strings.Contains(plain, s) }) {
			parts[i] = name + "=***"
		}
	}
	return strings.Join(parts, "&")
}

// cut is the beginning of a text, as a database takes it.
func cut(text string, most int) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD")
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}

func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
