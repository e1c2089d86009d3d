package api

import (
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

var roots = []web.Op{
	web.Do("GET", "/", web.Public(), 200, "Tell what this is", getRoot).Sends("application/json").Also(302, nil),
	web.Do("GET", "/robots.txt", web.Public(), 200, "Keep robots out", getRobots).Sends("text/plain"),
}

// getRoot tells programs a status, and leads browsers to the console when no frontend is served.
func getRoot(_ *app.Call, in struct {
	Accept string `header:"Accept"`
}) (web.Reply, error) {
	if strings.Contains(in.Accept, "text/html") {
		return web.Reply{Redirect: "/console/"}, nil
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
