package blob

import (
	"errors"
	"io"
)

// Arriving is a file that comes in while it is kept. It fails with Over when there is more of it than Left bytes, and
// remembers with what it failed: that is the sender's fault, and what Put fails with otherwise is ours.
type Arriving struct {
	From  io.Reader
	Left  int64
	Over  error
	Fault error // nil: it came to its end
}

// Read reads on, if it may.
func (a *Arriving) Read(p []byte) (int, error) {
	n, err := a.From.Read(p)
	if a.Left -= int64(n); a.Left < 0 {
		n, err = 0, a.Over
	}
	if err != nil && !errors.Is(err, io.EOF) {
		a.Fault = err
	}
	return n, err
}
