package app

import "log/slog"

// What somebody tried to get in with who was kept out.
const (
	TriedAccount  = "account"  // an address that has none
	TriedPassword = "password" // a wrong one
	TriedCode     = "code"     // a wrong or an old one
	TriedLink     = "link"     // one that sets a password, wrong or old
	TriedKey      = "key"      // one of the API that is none, or no more
	TriedOften    = "often"    // whatever it was: there have been too many
)

// KeptOut writes the one line of the log about a try to get in that failed, and returns the refusal. Programs such as
// fail2ban read it: the client's address comes first, and nothing that the client has written stands in the line.
func (c *Call) KeptOut(tried string, refusal error) error {
	c.Counts.KeptOut.Add(1)
	c.Log.LogAttrs(c, slog.LevelWarn, "sign-in refused", slog.String("client", c.IP), slog.String("tried", tried),
		slog.String("id", c.RequestID))
	return refusal
}
