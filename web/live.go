package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
)

// otherLive passes what comes to /live on to another live server than the one inside: the websockets through which
// people write on one page together, and the few requests beside them. Plane: apps/proxy/Caddyfile.ce
type otherLive struct {
	config *app.Config
	to     *url.URL
	way    *http.Transport
}

const livePath = "/live"

// newLive returns nil when the settings name no live server.
func newLive(cfg *app.Config) *otherLive {
	to, err := url.Parse(cfg.Web.Live)
	if err != nil || cfg.Web.Live == "" { // a bad address was refused with the settings
		return nil
	}
	to.Path = "" // the path is the request's
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &otherLive{config: cfg, to: to, way: &http.Transport{
		// How long the server may take to connect and to begin an answer. An answer itself, and a websocket, takes as long
		// as it takes; who does not read it is cut off as everywhere.
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: patience,
		IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 16, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
	}}
}

// serves says whether a path is the live server's.
func (l *otherLive) serves(path string) bool { return l != nil && isLive(path) }

func isLive(path string) bool { return path == livePath || strings.HasPrefix(path, livePath+"/") }

// pass sends a request on. A websocket carries the session of who opens it, so a page of another site may open none.
func (l *otherLive) pass(x *exchange, r *http.Request) {
	x.pattern, x.row = livePath+"/", x.server.others[liveServer]
	if fromElsewhere(l.config, r) {
		x.fail(x.server.app.Log, errForeignSite)
		return
	}
	if r.Header.Get("Upgrade") == "" {
		r = r.WithContext(x.limit(r.Context()))
	}
	proxy := &httputil.ReverseProxy{Rewrite: l.rewrite, Transport: l.way,
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) { x.fail(x.server.app.Log, l.refusal(err)) }}
	proxy.ServeHTTP(x, r)
}

// fromElsewhere says whether a page of another site opens a websocket, or sends what may change something.
func fromElsewhere(cfg *app.Config, r *http.Request) bool {
	if r.Header.Get("Upgrade") == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		return false
	}
	asked := *r
	asked.Method = http.MethodPost
	return elsewhere(cfg, &asked)
}

// rewrite addresses a request to the live server, with who sends it and by which name of this server.
func (l *otherLive) rewrite(p *httputil.ProxyRequest) {
	p.SetURL(l.to)
	p.SetXForwarded()
	scheme, _, _ := strings.Cut(base(p.In, l.config), "://")
	p.Out.Header.Set("X-Forwarded-For", clientIP(p.In, l.config))
	p.Out.Header.Set("X-Forwarded-Proto", scheme)
}

// refusal is what a client hears when the live server does not answer.
func (l *otherLive) refusal(err error) error {
	switch {
	case errors.Is(err, app.TooLarge) || stalled(err):
		return bodyFault(err)
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return &app.Error{Kind: app.Unreachable, Text: "The live server does not answer.",
		Cause: fmt.Errorf("pass a request on to web.live: %w", err)}
}
