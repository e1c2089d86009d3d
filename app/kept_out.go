package app

import (
	"log/slog"
	"sync"
	"time"

	"github.com/sailplane/sailplane/store"
)

// What somebody tried to get in with who was kept out.
const (
	TriedAccount  = "account"  // an address that has none
	TriedPassword = "password" // a wrong one
	TriedCode     = "code"     // a wrong or an old one
	TriedFactor   = "factor"   // a second factor, wrong or used before
	TriedLink     = "link"     // one that sets a password, wrong or old
	TriedKey      = "key"      // one of the API that is none, or no more
	TriedOften    = "often"    // whatever it was: there have been too many
)

// KeptOut is KeptOutOf when nobody knows what was tried to get into.
func (c *Call) KeptOut(tried string, refusal error) error {
	return c.KeptOutOf(Target{}, tried, refusal)
}

// KeptOutOf writes the one line of the log about a try to get in that failed, notes it in the audit log, and returns
// the refusal. Programs such as fail2ban read the line: the client's address comes first, and nothing that the client
// has written stands in it.
func (c *Call) KeptOutOf(account Target, tried string, refusal error) error {
	c.Counts.KeptOut.Add(1)
	c.Log.LogAttrs(c, slog.LevelWarn, "sign-in refused", slog.String("client", c.IP), slog.String("tried", tried),
		slog.String("id", c.RequestID))
	left, note := c.failures.take(c.DB.Now())
	if !note {
		return refusal
	}
	d := Deed{Event: SignInFailed, Failed: true, Reason: tried, Target: account}
	if left > 0 {
		d.More = map[string]any{"not_noted_before": left}
	}
	if err := c.DB.Write(c.Context, "", func(t *store.Tx) error { return Note(t, d) }); err != nil {
		c.Log.Error("a refused sign-in is not in the audit log", "id", c.RequestID, "error", err)
	}
	return refusal
}

// Address is an address that nobody has here as a target.
func Address(email string) Target { return Target{Type: "address", Name: email} }

// failures bounds how many refused sign-ins a node notes in the audit log: strangers can make as many as they like.
type failures struct {
	mu     sync.Mutex
	minute time.Time
	noted  int
	left   int // out of the log since the last one that is in it
}

const mostFailures = 60 // a minute

// take says whether another one is noted, and how many were not before it.
func (f *failures) take(now time.Time) (left int, note bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Sub(f.minute).Abs() >= time.Minute {
		f.minute, f.noted = now, 0
	}
	if f.noted >= mostFailures {
		f.left++
		return 0, false
	}
	f.noted++
	left, f.left = f.left, 0
	return left, true
}
