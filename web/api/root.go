package api

import (
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/web"
)

var roots = []web.Op{
	web.Do("GET", "/", web.Public(), 200, "Tell what this is", getRoot).Sends("application/json", "text/html"),
	web.Do("GET", "/robots.txt", web.Public(), 200, "Keep robots out", getRobots).Sends("text/plain"),
}

// getRoot returns programs with a status and browsers with the frontend, or with a page about where everything is.
func getRoot(_ *app.Call, in struct {
	Accept string `header:"Accept"`
}) (web.Reply, error) {
	if strings.Contains(in.Accept, "text/html") {
		return web.Reply{HTML: embed.RootPage}, nil
	}
	return web.Reply{Body: map[string]string{"status": "OK"}}, nil
}

func getRobots(*app.Call, web.Nothing) (web.Reply, error) {
	return web.Reply{Stream: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/plain")
		_, err := w.Write([]byte("User-agent: *\nDisallow: /\n"))
		return err
	}}, nil
}
