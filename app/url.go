package app

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// What goes back to whoever asked (redirects, addresses of uploads) may follow the host that they asked by. What goes
// to others may not: whoever asks writes the Host. Emails lead to Address and SpaceAddress.

// AppURL is where the app is for the caller, without a slash at the end: what the settings say, else the origin that
// they used.
func (c *Call) AppURL() string { return origin(c.Config.Web.AppURL, c.Base) }

// SpaceURL is where the published projects are, with a slash at the end.
func (c *Call) SpaceURL() string {
	return c.SpaceOrigin() + folder(c.Config.Web.SpacePath)
}

// AdminURL is where the administrators' pages are, with a slash at the end.
func (c *Call) AdminURL() string {
	return c.AdminOrigin() + folder(c.Config.Web.AdminPath)
}

// AdminOrigin is the host of AdminURL, without the path.
func (c *Call) AdminOrigin() string { return origin(c.Config.Web.AdminURL, c.Base) }

// SpaceOrigin is the host of SpaceURL, without the path.
func (c *Call) SpaceOrigin() string { return origin(c.Config.Web.SpaceURL, c.Base) }

func origin(configured, used string) string {
	if configured != "" {
		return strings.TrimRight(configured, "/")
	}
	return used
}

func folder(path string) string {
	if path = strings.Trim(path, "/"); path == "" {
		return "/"
	}
	return "/" + path + "/"
}

// Address is where emails say that the app is, without a slash at the end: what the settings say (web.app_url,
// server.domain), else what was learnt from an administrator (see LearnAddress). It is empty as long as nobody knows.
func (a *App) Address(ctx context.Context) (string, error) {
	if a.Config.Web.AppURL != "" {
		return origin(a.Config.Web.AppURL, ""), nil
	}
	if a.Config.Server.Domain != "" {
		return "https://" + a.Config.Server.Domain, nil
	}
	i, err := a.Instance(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return i.BaseURL, nil
}

// SpaceAddress is where emails say that the published projects are, with a slash at the end; empty as Address is.
func (a *App) SpaceAddress(ctx context.Context) (string, error) {
	base, err := a.Address(ctx)
	if base = origin(a.Config.Web.SpaceURL, base); err != nil || base == "" {
		return "", err
	}
	return base + folder(a.Config.Web.SpacePath), nil
}

// Unaddressed notes in the log that an email was not sent, since nobody knows where its link should lead.
func (a *App) Unaddressed(template string) {
	a.Log.Warn("letter not sent: nobody has said where the app is; set web.app_url, or let an administrator sign in",
		"template", template)
}

// LearnAddress remembers where the app is from the browser in which an administrator of the installation signs in:
// nobody else's word is taken for it. What was learnt stays, but an address that only this machine knows gives way to
// one for everybody.
func LearnAddress(t *store.Tx, c *Call, user string) error {
	if c.Page == "" || c.Config.Web.AppURL != "" {
		return nil
	}
	i, err := store.Instances.First(t, dbx.HashExp{}, "created_at DESC")
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case i.BaseURL != "" && (!Local(i.BaseURL) || Local(c.Page)):
		return nil
	}
	is, err := store.InstanceAdmins.Exists(t, dbx.HashExp{"user_id": user})
	if err != nil || !is {
		return err
	}
	i.BaseURL = c.Page
	c.Log.Info("letters lead to where an administrator has signed in", "url", c.Page)
	return store.Instances.Set(t, i, "base_url")
}

// Local says whether an address is one of this very machine, which an email is no use with.
func Local(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}
