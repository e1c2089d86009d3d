package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// passedOn are headers, in Go's writing, by which proxies say that they ask for somebody else.
var passedOn = []string{"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Original-Host", "True-Client-Ip",
	"Cf-Connecting-Ip"}

// local says whether a request was made on this very machine and by somebody who is there: a proxy on the machine asks
// for the whole world, and a page of another site may have a name of its own that leads here. In doubt it is not. A
// proxy that hides itself gives itself away by old HTTP, or by a browser that says which page it asks from.
func local(r *http.Request, cfg *app.Config) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() || trusted(peer.Addr().String(), cfg.Server.TrustedProxies) {
		return false
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") || slices.Contains(passedOn, name) {
			return false
		}
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || !isLocalHost(u.Host) {
			return false
		}
	}
	return r.ProtoAtLeast(1, 1) && isLocalHost(r.Host)
}

func isLocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1", "[::1]"}, strings.ToLower(host))
}
