// Package probe answers those who watch the server.
package probe

import (
	"net/http"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// stuck is how long a job that is due may wait before the server counts as not working.
const stuck = 5 * time.Minute

// Ops are the probes' operations.
func Ops() []web.Op {
	return []web.Op{
		web.Do("GET", "/healthz", web.Public(), 200, "Say whether the process is alive", func(*app.Call, web.Nothing) (Health, error) {
			return Health{OK: true}, nil
		}),
		web.Do("GET", "/readyz", web.Public(), 200, "Say whether the server can do its work: database and queue", ready),
	}
}

// Health is what a probe finds; Fault is empty when all is well.
type Health struct {
	OK    bool   `json:"ok"`
	Fault string `json:"fault,omitempty"`
}

func ready(c *app.Call, _ web.Nothing) (web.Reply, error) {
	if err := c.DB.Ping(c); err != nil {
		return unready(c, "the database does not answer", err), nil
	}
	_, lag, err := store.JobLag(c.Read())
	if err != nil {
		return unready(c, "the queue can't be read", err), nil
	}
	if lag > stuck {
		return unready(c, "jobs have waited for "+lag.Round(time.Second).String(), nil), nil
	}
	return web.Reply{Body: Health{OK: true}}, nil
}

func unready(c *app.Call, fault string, err error) web.Reply {
	c.Log.Warn("not ready", "fault", fault, "error", err)
	return web.Reply{Status: http.StatusServiceUnavailable, Body: Health{Fault: fault}}
}
