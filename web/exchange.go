package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/metrics"
)

// exchange is one request and its answer: it remembers the status, so that it can be logged and nothing is answered
// twice, and holds what bounds the request: its deadlines and its part of the budget of memory.
type exchange struct {
	http.ResponseWriter
	id, pattern string
	ip          string // of the client
	status      int
	sent        int64 // bytes of the body
	call        *app.Call
	row         *metrics.Row // that the request counts in
	request     *http.Request
	look        Look // nil: refusals are JSON
	problem     bool // refusals are problems of RFC 9457

	server  *Server
	rc      *http.ResponseController
	body    *received // nil: the request has none
	give    func()    // gives back the part of the budget; nil: there is none
	ctx     context.Context
	cancel  context.CancelCauseFunc
	overdue *time.Timer
	began   time.Time
	lasts   bool // it is a stream, under way: see goOn
	passed  bool // the connection goes on without it, and its line in the log comes then
}

// errOverdue is why a request's context ends that took too long.
var errOverdue = fmt.Errorf("the request took too long: %w", context.DeadlineExceeded)

func (s *Server) begin(w http.ResponseWriter, r *http.Request) *exchange {
	return &exchange{ResponseWriter: w, id: requestID(r), ip: clientIP(r, s.app.Config), pattern: "-", server: s,
		row: s.others[nothing], rc: http.NewResponseController(w), began: time.Now()}
}

// limit bounds how long a request may take without any progress: of its body, its work or its answer.
func (x *exchange) limit(ctx context.Context) context.Context {
	most := x.server.requestLimit()
	if most <= 0 || x.lasts {
		return ctx
	}
	x.ctx, x.cancel = context.WithCancelCause(ctx)
	x.overdue = time.AfterFunc(most, func() { x.cancel(errOverdue) })
	return x.ctx
}

func (s *Server) requestLimit() time.Duration {
	return time.Duration(s.app.Config.Limits.RequestSeconds) * time.Second
}

// moved notes that there was progress.
func (x *exchange) moved() {
	if x.overdue != nil && x.ctx.Err() == nil && !x.lasts {
		x.overdue.Reset(x.server.requestLimit())
	}
}

// end lets go of everything that the request held.
func (x *exchange) end() {
	x.server.memory.used()
	x.release()
	if x.cancel != nil {
		x.overdue.Stop()
		x.cancel(nil)
	}
}

// logKey notes a request of the public API that came with a key, whosever it is.
func (x *exchange) logKey(r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/api/v1/") && !strings.HasPrefix(r.URL.Path, "/api/v2/") || keyOf(r) == "" {
		return
	}
	e := app.APIRequest{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Status: x.status, IP: x.ip,
		UserAgent: r.UserAgent()}
	if x.call != nil && x.call.Token != nil {
		e.Token, e.User = x.call.Token.ID, x.call.Token.UserID
	}
	x.server.app.LogAPI(&e)
}

// takeTurn waits until the request may put a long answer together: the processors work on so many at a time, and each
// takes memory until it is done.
func (x *exchange) takeTurn() error {
	turns := x.server.turns
	ctx := x.call.Context
	if err := turns.Acquire(ctx, 1); err != nil {
		return ctx.Err()
	}
	x.give = sync.OnceFunc(func() { turns.Release(1) })
	return nil
}

// release gives back the part of the budget of memory.
func (x *exchange) release() {
	if x.give != nil {
		x.give()
	}
}

// WriteHeader notes the status.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
		x.ResponseWriter.WriteHeader(status)
	}
}

// Write sends a part of the body, as fast as the client takes it: who takes nothing is cut off.
func (x *exchange) Write(b []byte) (sent int, err error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	for {
		part := b[sent:min(sent+stride, len(b))]
		x.rc.SetWriteDeadline(time.Now().Add(patience)) //nolint:errcheck // without a network there is nobody to wait for
		n, err := x.ResponseWriter.Write(part)
		x.sent += int64(n)
		if sent += n; err != nil || sent == len(b) {
			return sent, err
		}
		x.moved()
	}
}

// sendFile gives back what the request held and sends an answer that waits for its client in a file.
func (x *exchange) sendFile(file *spool) error {
	defer file.Close()
	x.release()
	_, err := io.Copy(x, file.File)
	return err
}

// Hijack hands the connection over to who speaks something else on it from now on, without any deadline.
func (x *exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := x.rc.Hijack()
	if err != nil {
		return nil, nil, err
	}
	x.status = http.StatusSwitchingProtocols
	return conn, rw, conn.SetDeadline(time.Time{})
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// fail returns an error and logs its cause when it is ours.
func (x *exchange) fail(log *slog.Logger, err error) {
	status, body := failure(err)
	switch {
	case x.ctx != nil && errors.Is(context.Cause(x.ctx), errOverdue) &&
		(status >= 500 || errors.Is(err, context.Canceled)):
		status, body = failure(fmt.Errorf("%w: %w", errOverdue, err))
	case errors.Is(err, context.Canceled):
		status = 499 // the client went away: nobody reads this but the log
	}
	if status >= 500 {
		log.Error("request failed", "id", x.id, "route", x.pattern, "error", err)
	}
	if x.status != 0 {
		return // the answer has begun; the connection ends short
	}
	if status == http.StatusServiceUnavailable {
		x.Header().Set("Retry-After", "5")
	}
	if err := x.refuse(status, body, err); err != nil {
		log.Debug("answer not sent", "id", x.id, "error", err)
	}
}

// refuse writes a refusal, or the page that says it.
func (x *exchange) refuse(status int, body any, err error) error {
	if x.look != nil {
		return writeReply(x, x.request, status, x.look(x.call, x.request, status, err))
	}
	if x.problem {
		return x.refuseAsProblem(status, err)
	}
	return writeJSON(x, status, body)
}

// mostAgent is how much of what a client calls itself the log keeps, in bytes.
const mostAgent = 200

// printable is the beginning of a text without what could move a terminal's cursor or begin another line.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return unicode.ReplacementChar
	}, s[:min(len(s), mostAgent)])
}

// line returns what writes the line of a request into the log: nothing of its path but the pattern, and nothing of its
// query, so that no token gets into it. It holds neither the request nor the exchange.
func (x *exchange) line(r *http.Request) (write func(took time.Duration)) {
	user := ""
	if x.call != nil {
		user = x.call.UserID()
	}
	log, ctx := x.server.app.Log, context.WithoutCancel(r.Context())
	attrs := []slog.Attr{slog.String("id", x.id), slog.String("method", r.Method), slog.String("route", x.pattern),
		slog.Int("status", x.status), {}, slog.Int64("bytes", x.sent), slog.String("client", x.ip),
		slog.String("agent", printable(r.UserAgent())), slog.String("user", user)}
	return func(took time.Duration) {
		attrs[4] = slog.Duration("took", took)
		log.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
	}
}
