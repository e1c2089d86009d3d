package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// throttle refuses with 429 what is over the caller's limit, and tells users of keys how much is left.
func throttle(w http.ResponseWriter, c *app.Call, r *http.Request, op *Op) error {
	key, most := limit(c, r, op)
	if key == "" {
		return nil
	}
	now := c.DB.Now()
	left, ends := 1_000_000, now.Add(app.MinuteWindow) // 0 is no limit
	if most > 0 {
		var err error
		if left, ends, err = c.Limits().Take(c, key, most, app.MinuteWindow); err != nil {
			return err
		}
	}
	if c.Token != nil {
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(ends.Unix(), 10))
	}
	if left < 0 {
		wait := strconv.Itoa(int(ends.Sub(now).Seconds()) + 1)
		w.Header().Set("Retry-After", wait)
		refusal := Detail(http.StatusTooManyRequests, "Request was throttled. Expected available in "+wait+" seconds.")
		if strings.HasPrefix(key, signIns) {
			return c.KeptOut(app.TriedOften, refusal)
		}
		return refusal
	}
	return nil
}

// signIns begins the keys of the limit for who signs in, up or on.
const signIns = "client:"

// limit says what a request counts for, and how much of that a minute has. All keys of a person count together: whoever
// makes more keys may ask no more. Services have keys of their own, which only an administrator of the server gives.
func limit(c *app.Call, r *http.Request, op *Op) (key string, most int) {
	switch {
	case c.Token != nil && c.Token.IsService:
		return "key:" + c.Token.ID, c.Config.Limits.ServicePerMinute
	case c.Token != nil:
		return "person:" + c.Token.UserID, c.Config.Limits.APIKeyPerMinute
	case op.counted != "":
		return op.counted + app.Network(c.IP), c.Config.Limits.AuthPerMinute
	case op.form && !strings.HasSuffix(op.Path, "/callback/"), // which nothing comes of but once, after a page that counts
		r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/auth/"):
		return signIns + app.Network(c.IP), c.Config.Limits.AuthPerMinute
	case c.User != nil && r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/public/"):
		return "board:" + c.User.ID, c.Config.Limits.BoardPerMinute
	}
	return "", 0
}
