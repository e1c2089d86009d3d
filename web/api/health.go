package api

import (
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

// health is what a supervisor or a load balancer asks; ours, the reference has none of it.
var health = []web.Op{
	web.Do("GET", "/healthz", web.Public(), 200, "Tell that the process answers", getHealth),
	web.Do("GET", "/livez", web.Public(), 200, "Tell that the process answers", getHealth),
	web.Do("GET", "/readyz", web.Public(), 200, "Tell whether this node has what it needs to serve: database, schema, disk, files", getReadiness),
}

// Health is an answer of "ok".
type Health struct {
	Status string `json:"status"`
}

func getHealth(*app.Call, web.Nothing) (Health, error) { return Health{"ok"}, nil }

// getReadiness says in general words what is missing: the log has the rest.
func getReadiness(c *app.Call, _ web.Nothing) (Health, error) {
	lack, err := c.Ready(c)
	if err != nil {
		return Health{}, &web.Refusal{Status: http.StatusServiceUnavailable, Body: Health{lack}, Cause: err}
	}
	return Health{"ok"}, nil
}
