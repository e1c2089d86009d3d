package oidc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/sailplane/sailplane/app"
)

const (
	maxAnswer  = 1 << 20
	keysLinger = 10 * time.Second // how long what a provider has said of its keys may stand for another request
	keysBurst  = 5                // requests for keys that are let through in that time
)

// outside asks a provider: nothing that an attacker could make it ask for is unbounded. Who holds a token of their own
// making can have the keys fetched; more than keysBurst times in keysLinger they get what is known.
type outside struct {
	next http.RoundTripper
	keys func() string // the address of the provider's keys

	mu    sync.Mutex
	asked []time.Time
	known []byte
}

// client asks a provider's addresses: private networks only where the settings allow it, and without TLS only there.
func client(a *app.App, keys func() string) (*http.Client, error) {
	c, err := a.ProviderClient()
	if err != nil {
		return nil, err
	}
	c.Transport = &outside{next: c.Transport, keys: keys}
	return c, nil
}

// RoundTrip asks, and bounds the answer.
func (o *outside) RoundTrip(r *http.Request) (*http.Response, error) {
	ofKeys := r.Method == http.MethodGet && r.URL.String() == o.keys()
	if ofKeys {
		if known := o.lately(); known != nil {
			return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
				Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
				Body: io.NopCloser(bytes.NewReader(known))}, nil
		}
	}
	res, err := o.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	err = errors.Join(err, res.Body.Close())
	if err == nil && len(raw) > maxAnswer {
		err = fmt.Errorf("%s sends more than %d bytes", r.URL.Host, maxAnswer)
	}
	if err != nil {
		return nil, err
	}
	if ofKeys && res.StatusCode == http.StatusOK {
		o.mu.Lock()
		o.known = raw
		o.mu.Unlock()
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	return res, nil
}

// lately is what is known of the keys when they were asked for often just now; nil: ask.
func (o *outside) lately() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	kept := o.asked[:0]
	for _, at := range o.asked {
		if now.Sub(at) < keysLinger {
			kept = append(kept, at)
		}
	}
	o.asked = kept
	if len(o.asked) >= keysBurst && o.known != nil {
		return o.known
	}
	o.asked = append(o.asked, now)
	return nil
}
