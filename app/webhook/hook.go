package webhook

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"code.dny.dev/ssrf"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// List returns the webhooks of the workspace with their secrets in the clear, newest first.
func List(c *app.Call) ([]store.Webhook, error) {
	rows, err := store.Webhooks.List(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID}, "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].SecretKey, err = c.Unseal(rows[i].SecretKey); err != nil {
			return nil, fmt.Errorf("secret of a webhook: %w", err)
		}
	}
	return rows, nil
}

// Get returns one webhook of the workspace with its secret in the clear.
func Get(c *app.Call, id string) (*store.Webhook, error) {
	h, err := store.Webhooks.Get(c.Read(), dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	if h.SecretKey, err = c.Unseal(h.SecretKey); err != nil {
		return nil, fmt.Errorf("secret of a webhook: %w", err)
	}
	return h, nil
}

// Create writes a new webhook, leaves its secret in the clear on the row, and lets it be asked whether it hears: that
// nobody answers is no reason to refuse it.
func Create(c *app.Call, h *store.Webhook) error {
	if err := CheckURL(c, h.URL); err != nil {
		return err
	}
	h.WorkspaceID = c.Workspace.ID
	return keepSecret(c, h, func(t *store.Tx) error {
		err := app.CheckRoom(t, "webhooks of "+h.WorkspaceID, c.Config.Limits.Webhooks, 1, func() (int, error) {
			return store.Webhooks.Count(t, dbx.HashExp{"workspace_id": h.WorkspaceID})
		}, "A workspace can have at most %d webhooks")
		if err != nil {
			return err
		}
		if err := store.Webhooks.Insert(t, h); err != nil || !h.IsActive {
			return err
		}
		_, err = enqueuePing(t, h, c.Workspace.Slug)
		return err
	})
}

// Update writes the named columns of a webhook, but its secret.
func Update(c *app.Call, h *store.Webhook, cols ...string) error {
	for _, col := range cols {
		if col == "url" {
			if err := CheckURL(c, h.URL); err != nil {
				return err
			}
		}
	}
	return c.Write(func(t *store.Tx) error {
		h.FailingSince = nil // whoever changes it may have mended it
		if err := store.Webhooks.Update(t, h, append(cols, "failing_since")...); err != nil {
			return err
		}
		if !h.IsActive {
			return store.DropDeliveries(t, h.ID)
		}
		return store.RetryDeliveries(t, h.ID, app.HostOf(h.URL))
	})
}

// RenewSecret gives a webhook another secret.
func RenewSecret(c *app.Call, id string) (*store.Webhook, error) {
	h, err := Get(c, id)
	if err != nil {
		return nil, err
	}
	return h, keepSecret(c, h, func(t *store.Tx) error { return store.Webhooks.Update(t, h, "secret_key") })
}

// keepSecret makes a secret, lets write keep the row with it sealed, and leaves it in the clear on the row.
func keepSecret(c *app.Call, h *store.Webhook, write func(*store.Tx) error) error {
	secret := NewSecret()
	h.SecretKey = c.Seal(secret)
	err := c.Write(write)
	h.SecretKey = secret
	return err
}

// Delete deletes a webhook.
func Delete(c *app.Call, id string) error {
	h, err := store.Webhooks.Get(c.Read(), dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		if err := store.DropDeliveries(t, h.ID); err != nil {
			return err
		}
		return store.Webhooks.Delete(t, h)
	})
}

// mostLogs is how many attempts the list of the reference shows, which knows no pages.
const mostLogs = 1000

// ListLogs returns the latest attempts to tell a webhook of the workspace of events, newest first, as the reference
// lists them: without pings.
func ListLogs(c *app.Call, webhook string) ([]store.WebhookLog, error) {
	return store.LatestWebhookLogs(c.Read(), c.Workspace.ID, webhook, mostLogs)
}

func badURL(text string) error {
	return app.Fields{"url": text}.Err()
}

const lookupTime = 5 * time.Second

// CheckURL refuses addresses that are no web address, and those inside our own network. Where the name leads is
// looked at again when something is sent: it may lead elsewhere by then.
func CheckURL(c *app.Call, address string) error {
	u, err := url.Parse(address)
	faults := app.Fields{}
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		faults.Add("url", "Invalid schema. Only HTTP and HTTPS are allowed.")
	}
	if err == nil && (u.Host == "localhost" || u.Host == "127.0.0.1") {
		faults.Add("url", "Local URLs are not allowed.")
	}
	if other, isFTP := strings.CutPrefix(address, "ftp://"); !app.IsWebURL(address) &&
		!(isFTP && app.IsWebURL("http://"+other)) {
		faults.Add("url", "Enter a valid URL.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c, lookupTime)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return badURL("Invalid or disallowed webhook URL.")
	}
	if closed(guard(c.Config.Webhooks.AllowNetworks), addresses) {
		return badURL("Invalid or disallowed webhook URL.")
	}
	own, err := url.Parse(c.Base)
	if err != nil {
		return fmt.Errorf("own address: %w", err)
	}
	host, self := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), strings.ToLower(own.Hostname())
	if host == self || strings.HasSuffix(host, "."+self) {
		return badURL("URL domain or its subdomain is not allowed.")
	}
	return nil
}

// closed says whether a name leads to where webhooks may not go. This machine has an address of either kind: one that
// is allowed is enough, because what is sent is sent to that one.
func closed(guard *ssrf.Guardian, addresses []netip.Addr) bool {
	safe := func(a netip.Addr) bool { return guard.SafeAddr(a.Unmap()) == nil }
	here := slices.ContainsFunc(addresses, func(a netip.Addr) bool { return a.Unmap().IsLoopback() && safe(a) })
	return slices.ContainsFunc(addresses, func(a netip.Addr) bool { return !safe(a) && !(here && a.Unmap().IsLoopback()) })
}

// guard lets connections to public addresses through, and to those in the networks that the installation allows.
func guard(allowed []string) *ssrf.Guardian {
	var v4, v6 []netip.Prefix
	for _, text := range allowed {
		p, err := netip.ParsePrefix(text)
		switch {
		case err != nil: // the settings were checked when the server started
		case p.Addr().Is4():
			v4 = append(v4, p)
		default:
			v6 = append(v6, p)
		}
	}
	return ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
}
