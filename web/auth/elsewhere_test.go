package auth_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

// elsewhere stands for every provider, whatever host is asked but the one of this machine.
type elsewhere struct {
	here    http.RoundTripper
	mu      sync.Mutex
	answers map[string]any // by path
}

func (e *elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == "127.0.0.1" {
		return e.here.RoundTrip(r)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	answer, status := e.answers[r.URL.Path], http.StatusOK
	if answer == nil {
		status = http.StatusNotFound
	}
	raw, err := json.Marshal(answer)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(raw)), Request: r},
		err
}
