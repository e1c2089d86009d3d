package web

import (
	"net/http"
	"testing"

	"github.com/sailplane/sailplane/app"
)

// Who claims a server without its set-up link sits at its machine. A proxy there, and a name that leads there, do not.
func TestLocal(t *testing.T) {
	const here, there = "127.0.0.1:40000", "203.0.113.9:40000"
	for _, c := range []struct {
		name, peer, host, proto string
		header                  []string
		proxies                 []string
		want                    bool
	}{
		{name: "a browser on the machine", peer: here, host: "127.0.0.1:8080", want: true},
		{name: "by its name", peer: here, host: "localhost:8080", want: true},
		{name: "by its name, large", peer: here, host: "LOCALHOST", want: true},
		{name: "by IPv6", peer: "[::1]:40000", host: "[::1]:8080", want: true},
		{name: "by IPv6, no port", peer: "[::1]:40000", host: "[::1]", want: true},
		{name: "IPv4 in IPv6", peer: "[::ffff:127.0.0.1]:40000", host: "localhost", want: true},
		{name: "with a page of ours", peer: here, host: "localhost:8080", header: []string{"Origin",
			"http://localhost:8080"}, want: true},
		{name: "another machine", peer: there, host: "127.0.0.1:8080"},
		{name: "another machine of the network", peer: "192.168.1.4:1", host: "localhost"},
		{name: "a name that was rebound", peer: here, host: "evil.test:8080"},
		{name: "a name that looks like it", peer: here, host: "localhost.evil.test"},
		{name: "an address that is not ours", peer: here, host: "192.168.1.4:8080"},
		{name: "no host", peer: here, host: ""},
		{name: "a proxy that says for whom", peer: here, host: "localhost", header: []string{"X-Forwarded-For", "127.0.0.1"}},
		{name: "a proxy that says how", peer: here, host: "localhost", header: []string{"X-Forwarded-Proto", "http"}},
		{name: "a proxy that says something", peer: here, host: "localhost", header: []string{"X-Forwarded-Anything", ""}},
		{name: "by the standard", peer: here, host: "localhost", header: []string{"Forwarded", "for=127.0.0.1"}},
		{name: "nginx", peer: here, host: "localhost", header: []string{"X-Real-Ip", "203.0.113.9"}},
		{name: "via", peer: here, host: "localhost", header: []string{"Via", "1.1 cache"}},
		{name: "a tunnel", peer: here, host: "localhost", header: []string{"Cf-Connecting-Ip", "203.0.113.9"}},
		{name: "nginx that hides itself", peer: here, host: "127.0.0.1:8080", proto: "HTTP/1.0"},
		{name: "a browser at another address", peer: here, host: "127.0.0.1:8080", header: []string{"Origin",
			"https://plane.example.org"}},
		{name: "a page that hides its origin", peer: here, host: "127.0.0.1:8080", header: []string{"Origin", "null"}},
		{name: "the machine is a proxy", peer: here, host: "localhost", proxies: []string{"127.0.0.0/8"}},
		{name: "a socket without an address", peer: "@", host: "localhost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Host: c.host, Header: http.Header{}, ProtoMajor: 1, ProtoMinor: 1}
			if c.proto == "HTTP/1.0" {
				r.ProtoMinor = 0
			}
			for i := 0; i+1 < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			cfg := app.Defaults()
			cfg.Server.TrustedProxies = c.proxies
			if got := local(r, cfg); got != c.want {
				t.Errorf("local is %v", got)
			}
		})
	}
}
