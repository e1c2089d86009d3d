package main

import (
	"context"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/web/console"
)

// inviteSetup prints where the server is set up, while nobody administers it. at is where it listens.
func inviteSetup(ctx context.Context, a *app.App, at string) error {
	token, err := instance.SetupToken(ctx, a)
	if err != nil || token == "" {
		return err
	}
	a.Log.Warn("nobody administers this server yet: whoever opens this link first does",
		"url", publicAddress(a.Config, at)+console.SetupPath+"?token="+token)
	return nil
}

// publicAddress is where people reach a server that listens there: what the settings say, else the same address, by the
// machine's name when that is everywhere; a stand-in for a socket that only a proxy knows.
func publicAddress(cfg *app.Config, at string) string {
	if cfg.Web.AppURL != "" {
		return strings.TrimRight(cfg.Web.AppURL, "/")
	}
	if u, err := url.Parse(at); err != nil || u.Host == "" {
		return "https://ADDRESS.OF.THIS.SERVER"
	}
	return byName(at)
}

// byName names the machine in an address that means everywhere, which no browser opens (http://[::]:8080).
func byName(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			u.Host = net.JoinHostPort(name, u.Port())
		}
	}
	return u.String()
}
