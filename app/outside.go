package app

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const (
	safeClientTimeout   = 10 * time.Second
	safeClientRedirects = 5
)

// SafeHTTPClient asks addresses that people typed. It connects to no private, loopback or link-local address, whatever
// a name stands for and wherever a redirect leads, but for the networks of webhooks.allow_networks: the dialer looks at
// the address itself, after every name was resolved.
func (a *App) SafeHTTPClient() (*http.Client, error) {
	guard, err := a.guard()
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 3 * time.Second, Control: guard.Safe}
	return &http.Client{
		Timeout: safeClientTimeout,
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 3 * time.Second,
			ResponseHeaderTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 2},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) >= safeClientRedirects {
				return fmt.Errorf("more than %d redirects", safeClientRedirects)
			}
			return nil
		},
	}, nil
}

// HostOf is whom an address leads to, with the port: behind another one is another server. Empty when it leads nowhere.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	if u.Port() == "" {
		return strings.ToLower(u.Hostname()) + map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	}
	return strings.ToLower(u.Host)
}

// Guard returns what looks at each address before a dialer connects to it, as that of SafeHTTPClient does: for what
// takes longer than pages do.
func (a *App) Guard() (control func(network, address string, c syscall.RawConn) error, err error) {
	guard, err := a.guard()
	if err != nil {
		return nil, err
	}
	return guard.Safe, nil
}

func (a *App) guard() (*ssrf.Guardian, error) {
	var v4, v6 []netip.Prefix
	for _, n := range a.Config.Webhooks.AllowNetworks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, fmt.Errorf("webhooks.allow_networks: %w", err)
		}
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	return ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...)), nil
}
