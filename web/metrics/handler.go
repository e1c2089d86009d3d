package metrics

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	fresh    = time.Second     // for which figures are good: however many ask, the database is asked so often
	patience = 5 * time.Second // that gathering may take
)

// page keeps the figures that were gathered last.
type page struct {
	token  string
	gather func(context.Context, *Text)

	mu   sync.Mutex
	at   time.Time
	text []byte
}

// Handler shows at /metrics what gather adds, to who has the token; empty: to everybody. The figures are gathered whole
// before the first byte is sent, so that a slow reader holds nobody up.
func Handler(token string, gather func(context.Context, *Text)) http.Handler {
	return &page{token: token, gather: gather}
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	switch {
	case p.token != "" && !p.knows(r):
		h.Set("WWW-Authenticate", `Bearer realm="metrics"`)
		http.Error(w, "metrics.token is wanted, as Authorization: Bearer TOKEN", http.StatusUnauthorized)
	case r.URL.Path != "/metrics":
		http.Error(w, "the figures are at /metrics", http.StatusNotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only to be read", http.StatusMethodNotAllowed)
	default:
		text := p.current(r.Context())
		h.Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(text)))
		w.Write(text) //nolint:errcheck // who does not read on has gone
	}
}

// knows says whether the request has the token; hashes are of one length, so that the time tells nothing.
func (p *page) knows(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	want, got := sha256.Sum256([]byte(p.token)), sha256.Sum256([]byte(strings.TrimSpace(token)))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// current are the figures as of now, or of a moment ago; one gathers for all who ask.
func (p *page) current(ctx context.Context) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.at) < fresh {
		return p.text
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience) // the next one who asks gets it, too
	defer cancel()
	var t Text
	p.gather(ctx, &t)
	p.text, p.at = t.b.Bytes(), time.Now()
	return p.text
}
