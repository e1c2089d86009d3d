package api

import (
	"net/http"

	"github.com/pocketbase/dbx"

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

// getReadiness reads the queue, and with it the database; what it holds is nobody's business here.
func getReadiness(c *app.Call, _ web.Nothing) (Health, error) {
	if _, err := store.Jobs.Count(c.DB.Read(c), dbx.HashExp{"dead_at": nil}); err != nil {
		return Health{}, &app.Error{Status: http.StatusServiceUnavailable, Body: Health{"the database cannot be read"}, Cause: err}
	}
	return Health{"ok"}, nil
}
