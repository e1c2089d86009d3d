package api

import (
	"net/http"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// health is what a supervisor or a load balancer asks; ours, the reference has none of it.
var health = []web.Op{
	web.Do("GET", "/healthz", web.Public(), 200, "Tell that the process answers", getHealth),
	web.Do("GET", "/readyz", web.Public(), 200, "Tell whether the database and the queue can be used", getReadiness),
}

// Health is an answer of "ok".
type Health struct {
	Status string `json:"status"`
}

func getHealth(*app.Call, web.Nothing) (Health, error) { return Health{"ok"}, nil }

// stuck is how long a job that is due may wait before the server counts as not working.
const stuck = 5 * time.Minute

// getReadiness reads the queue, and with it the database; what it holds is nobody's business here.
func getReadiness(c *app.Call, _ web.Nothing) (Health, error) {
	_, lag, err := store.JobLag(c.Read())
	if err != nil {
		return Health{}, &app.Error{Status: http.StatusServiceUnavailable, Body: Health{"the database cannot be read"}, Cause: err}
	}
	if lag > stuck {
		return Health{}, &app.Error{Status: http.StatusServiceUnavailable, Body: Health{"jobs have waited for " + lag.Round(time.Second).String()}}
	}
	return Health{"ok"}, nil
}
