package web

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sailplane/sailplane/app"
)

// throttle counts what a client asked within the last minute, as the reference does: a list of times for each client.
type throttle struct {
	mu   sync.Mutex
	seen map[string][]time.Time
}

const throttleWindow = time.Minute

func newThrottle() *throttle { return &throttle{seen: map[string][]time.Time{}} }

// allow refuses with 429 what is over the limit, and tells users of keys how much is left.
func (t *throttle) allow(w http.ResponseWriter, c *app.Call, r *http.Request) error {
	key, limit := "", 0
	switch {
	case c.Token != nil:
		key, limit = "key:"+c.Token.ID, c.Config.Limits.APIKeyPerMinute
		if c.Token.IsService {
			limit = c.Config.Limits.ServicePerMinute
		}
	case strings.HasPrefix(r.URL.Path, "/auth/") && r.Method == http.MethodPost, strings.HasPrefix(r.URL.Path, "/api/instances/admins/sign-"):
		key, limit = "auth:"+c.IP, c.Config.Limits.AuthPerMinute
	case c.User != nil && r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/public/"):
		key, limit = "board:"+c.User.ID, c.Config.Limits.BoardPerMinute
	default:
		return nil
	}
	left, reset := t.take(key, limit, c.DB.Now())
	if c.Token != nil {
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
	}
	if left < 0 {
		wait := strconv.Itoa(int(time.Until(reset).Seconds()) + 1)
		w.Header().Set("Retry-After", wait)
		return app.Detail(http.StatusTooManyRequests, "Request was throttled. Expected available in "+wait+" seconds.")
	}
	return nil
}

// take counts one request and answers how many are left (-1: refused) and when the oldest one is forgotten. Limit 0 is none.
func (t *throttle) take(key string, limit int, now time.Time) (left int, reset time.Time) {
	if limit <= 0 {
		return 1_000_000, now.Add(throttleWindow)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) > 10_000 {
		t.sweep(now)
	}
	times := t.seen[key]
	for len(times) > 0 && now.Sub(times[0]) >= throttleWindow {
		times = times[1:]
	}
	if len(times) >= limit {
		t.seen[key] = times
		return -1, times[0].Add(throttleWindow)
	}
	times = append(times, now)
	t.seen[key] = times
	return limit - len(times), times[0].Add(throttleWindow)
}

func (t *throttle) sweep(now time.Time) {
	for k, times := range t.seen {
		if now.Sub(times[len(times)-1]) >= throttleWindow {
			delete(t.seen, k)
		}
	}
}
