package web

import (
	"errors"
	"io"
	"os"
	"time"
)

// Who sends or reads nothing for patience is cut off. A body must also come at more than slowest bytes a second on the
// whole, once grace is over: a byte now and then is no progress.
const (
	patience = 30 * time.Second
	grace    = time.Minute
	slowest  = 1 << 10
)

// stride is how much is written at a time: a client makes progress when it has taken that much.
const stride = 64 << 10

// pacedBody is a request's body that must go on coming.
type pacedBody struct {
	io.ReadCloser
	x     *exchange
	began time.Time
	read  int64
}

// paced puts a body under deadlines that move with what arrives. What no handler reads is under the first of them.
func paced(x *exchange, body io.ReadCloser) *pacedBody {
	b := &pacedBody{ReadCloser: body, x: x, began: time.Now()}
	b.allow(b.began)
	x.rc.SetWriteDeadline(b.began.Add(patience)) //nolint:errcheck // the first read may have to write: 100 Continue
	return b
}

// allow moves the deadline. Where the connection knows none (in tests without a network) nothing is cut off.
func (b *pacedBody) allow(now time.Time) {
	until := now.Add(patience)
	if most := b.began.Add(grace + time.Duration(b.read/slowest)*time.Second); most.Before(until) {
		until = most
	}
	b.x.rc.SetReadDeadline(until) //nolint:errcheck // see above
}

// Read reads what has arrived.
func (b *pacedBody) Read(p []byte) (int, error) {
	b.allow(time.Now())
	n, err := b.ReadCloser.Read(p)
	if b.read += int64(n); n > 0 {
		b.x.moved()
	}
	if errors.Is(err, io.EOF) {
		// The server watches the connection from now on: for as long as it takes.
		b.x.rc.SetReadDeadline(time.Time{}) //nolint:errcheck // without a deadline there is none to clear
	}
	return n, err
}

// stalled says whether a client was cut off because it did not go on.
func stalled(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
