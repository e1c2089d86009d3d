package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// World is what a server talks to: a mail server and receivers of webhooks, on free ports of this machine.
type World struct {
	mailPort string
	hooks    string // their address, without a path
	mu       sync.Mutex
	letters  map[string][]any      // by address
	parcels  map[string][]delivery // by receiver
	closers  []io.Closer
}

// delivery is a webhook's request.
type delivery struct {
	headers map[string]any
	body    []byte
}

// NewWorld opens the receivers.
func NewWorld() (*World, error) {
	w := &World{letters: map[string][]any{}, parcels: map[string][]delivery{}}
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	hooks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		mail.Close()
		return nil, err
	}
	w.closers = []io.Closer{mail, hooks}
	_, w.mailPort, _ = net.SplitHostPort(mail.Addr().String())
	_, port, _ := net.SplitHostPort(hooks.Addr().String())
	w.hooks = "http://localhost:" + port // by name: a server refuses the address that it is itself reached at
	go w.receiveMail(mail)
	go func() { _ = http.Serve(hooks, http.HandlerFunc(w.receive)) }() // it ends with its listener
	return w, nil
}

// Close closes the receivers.
func (w *World) Close() {
	for _, c := range w.closers {
		c.Close()
	}
}

// receive keeps what webhooks tell. A ping tells nothing: the reference sends none.
func (w *World) receive(_ http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Plane-Event") == "ping" {
		return
	}
	body, _ := io.ReadAll(r.Body) // what is cut short has another signature
	headers := map[string]any{}
	for key, values := range r.Header {
		headers[strings.ToLower(key)] = values[0]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	receiver := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	w.parcels[receiver] = append(w.parcels[receiver], delivery{headers, body})
}

// arrived is how many deliveries a receiver has.
func (w *World) arrived(receiver string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.parcels[receiver])
}

// collect gives and forgets a receiver's deliveries: headers, body, and whether they are signed with a secret.
func (w *World) collect(receiver, secret string) []any {
	w.mu.Lock()
	defer w.mu.Unlock()
	rows := []any{}
	for _, d := range w.parcels[receiver] {
		mark := hmac.New(sha256.New, []byte(secret))
		mark.Write(d.body)
		signed := d.headers["x-plane-signature"] == hex.EncodeToString(mark.Sum(nil))
		body := document("application/json", d.body)
		if told, ok := body.(map[string]any); ok {
			delete(told, "workspace_slug") // newer than what was recorded
		}
		rows = append(rows, map[string]any{"headers": d.headers, "body": body, "signed": signed})
	}
	delete(w.parcels, receiver)
	return rows
}

// provider is an OAuth provider that returns from a table and keeps what it was asked.
type provider struct {
	address string
	server  *http.Server
	mu      sync.Mutex
	answers map[string][2]json.RawMessage // METHOD PATH -> status, body
	calls   []any
}

func newProvider() (*provider, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &provider{address: "http://" + l.Addr().String()}
	p.server = &http.Server{Handler: p}
	go func() { _ = p.server.Serve(l) }() // it ends when it is closed
	return p, nil
}

// ServeHTTP returns from the table. A body that is a string is a picture in base64.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fields, _ := url.ParseQuery(string(body))
	sent := map[string]any{}
	for key := range fields {
		sent[key] = fields.Get(key)
	}
	var authorization any
	if text := r.Header.Get("Authorization"); text != "" {
		authorization = text
	}
	do := r.Method + " " + r.URL.RequestURI()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, map[string]any{"do": do, "send": sent, "authorization": authorization})
	answer, ok := p.answers[do]
	if !ok {
		answer = [2]json.RawMessage{json.RawMessage("404"), json.RawMessage(`{"error":"not found"}`)}
	}
	var picture []byte
	if json.Unmarshal(answer[1], &picture) == nil && len(picture) > 0 {
		w.Header().Set("Content-Type", "image/png")
	} else {
		w.Header().Set("Content-Type", "application/json")
		picture = answer[1]
	}
	var status int
	if err := json.Unmarshal(answer[0], &status); err != nil {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, "%s", picture)
}

// set replaces the table.
func (p *provider) set(answers []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers = nil
	return json.Unmarshal(answers, &p.answers)
}

// asked is what the provider was asked so far.
func (p *provider) asked() []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]any{}, p.calls...)
}
