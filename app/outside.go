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
	return &http.Client{Timeout: safeClientTimeout, Transport: safeTransport(guard.Safe),
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) >= safeClientRedirects {
				return fmt.Errorf("more than %d redirects", safeClientRedirects)
			}
			return nil
		},
	}, nil
}

func safeTransport(control func(network, address string, c syscall.RawConn) error) *http.Transport {
	dialer := &net.Dialer{Timeout: 3 * time.Second, Control: control}
	return &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 3 * time.Second,
		ResponseHeaderTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 2,
		IdleConnTimeout: time.Minute}
}

// ProviderClient asks providers of sign-in. It connects to private addresses only in the networks of
// sign_in.allow_networks, and without TLS nowhere else. It follows no redirect: what is sent has secrets in it.
func (a *App) ProviderClient() (*http.Client, error) {
	safe, err := a.ProviderGuard()
	if err != nil {
		return nil, err
	}
	return &http.Client{Timeout: safeClientTimeout,
		Transport: byScheme{http: safeTransport(a.InTheClear), https: safeTransport(safe)},
		CheckRedirect: func(next *http.Request, _ []*http.Request) error {
			return fmt.Errorf("it leads on to %s: name that address itself", next.URL.Host)
		},
	}, nil
}

// ProviderGuard returns what looks at an address before a provider of sign-in is asked there: one in a private network
// has to be in one of sign_in.allow_networks.
func (a *App) ProviderGuard() (control func(network, address string, c syscall.RawConn) error, err error) {
	guard, err := guardOf("sign_in.allow_networks", a.Config.SignIn.AllowNetworks)
	if err != nil {
		return nil, err
	}
	return func(network, address string, c syscall.RawConn) error {
		if err := guard.Safe(network, address, c); err != nil {
			return fmt.Errorf("%s is in a private network, and in none of sign_in.allow_networks: %w", address, err)
		}
		return nil
	}, nil
}

// InTheClear looks at an address before a provider of sign-in is asked there without TLS: it has to be in one of the
// networks of sign_in.allow_networks.
func (a *App) InTheClear(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	for _, n := range a.Config.SignIn.AllowNetworks {
		if p, err := netip.ParsePrefix(n); err == nil && p.Contains(at.Addr().Unmap()) {
			return nil
		}
	}
	return fmt.Errorf("%s is asked without TLS, and is in no network of sign_in.allow_networks", at.Addr())
}

// byScheme asks by TLS in one way and without in another.
type byScheme struct{ http, https http.RoundTripper }

// RoundTrip asks in the way of the address.
func (b byScheme) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		return b.https.RoundTrip(r)
	}
	return b.http.RoundTrip(r)
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
	return guardOf("webhooks.allow_networks", a.Config.Webhooks.AllowNetworks)
}

// guardOf lets nothing through to private networks but to those that a setting names.
func guardOf(setting string, networks []string) (*ssrf.Guardian, error) {
	var v4, v6 []netip.Prefix
	for _, n := range networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", setting, err)
		}
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	return ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...)), nil
}
