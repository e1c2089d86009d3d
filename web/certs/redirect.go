package certs

import (
	"net"
	"net/http"
	"strconv"
)

// Redirect leads on to the same address by HTTPS: at the domain, or, without one, at the host that was asked for.
func Redirect(domain string, https net.Addr) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := domain
		if host == "" {
			host = r.Host
			if name, _, err := net.SplitHostPort(r.Host); err == nil {
				host = name
			}
		}
		if p := port(https); p != 443 {
			host = net.JoinHostPort(host, strconv.Itoa(p))
		}
		w.Header().Set("Connection", "close")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if host == "" {
			http.Error(w, "the request names no host", http.StatusBadRequest)
			return
		}
		u := *r.URL
		u.Scheme, u.Host, u.User = "https", host, nil
		// 308 keeps the method; a browser may ask again with its body, which was not read here.
		http.Redirect(w, r, u.String(), http.StatusPermanentRedirect)
	})
}
