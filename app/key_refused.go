package app

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/sailplane/sailplane/store"
)

// keyRefusal begins the codes of refusals that are for what a key is bound to.
const keyRefusal = "KEY_"

// KeyRefused notes in the audit log that the call's key was refused for what it is bound to, and returns the refusal.
func (c *Call) KeyRefused(refusal error) error {
	var e *Error
	if c.Token == nil || !errors.As(refusal, &e) || !strings.HasPrefix(e.Code, keyRefusal) ||
		!c.refusedKeys.take(c.DB.Now(), c.Token.ID+e.Text) {
		return refusal
	}
	d := Deed{Event: KeyRefused, Failed: true, Reason: e.Text,
		Target: Target{Type: "api_token", ID: c.Token.ID, Name: c.Token.Label}}
	if c.Workspace != nil && c.Access.Workspace != Nobody {
		d.Workspace = c.Workspace.ID
	}
	if err := c.DB.Write(c, "", func(t *store.Tx) error { return Note(t, d) }); err != nil {
		c.Log.Error("a refused key is not in the audit log", "id", c.RequestID, "error", err)
	}
	return refusal
}

// refusedKeys bounds how many refusals of keys a node notes: a program that asks for the same again and again is noted
// once an hour.
type refusedKeys struct {
	mu   sync.Mutex
	hour time.Time
	seen map[string]bool
}

const mostRefusals = 200 // an hour, of all keys

func (r *refusedKeys) take(now time.Time, what string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.hour).Abs() >= time.Hour {
		r.hour, r.seen = now, map[string]bool{}
	}
	if r.seen[what] || len(r.seen) >= mostRefusals {
		return false
	}
	r.seen[what] = true
	return true
}
