package oidc

import (
	"maps"
	"net/url"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

const longestAddress = 6000 // that a browser is sent to

// signOutURL is where a browser ends its session at the provider, and comes back from.
func (p *Provider) signOutURL(k *known, token, base string) string {
	u, err := url.Parse(k.SignOut)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", base+p.Path()+"logout/")
	if len(u.String())+len(token) < longestAddress {
		q.Set("id_token_hint", token)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// SignOutURL is where the caller's browser ends the session at the provider that theirs here began at; empty when there
// is none to end.
func SignOutURL(c *app.Call) string {
	if c.Session == nil || c.User == nil || c.Session.SignOut == "" {
		return ""
	}
	u, err := c.Unseal(c.Session.SignOut)
	if err != nil {
		c.Log.Warn("sign out at the provider", "error", err)
		return ""
	}
	return u
}

// SignedOut ends the sessions here that began at one which has ended at the provider, as its token says (back-channel
// logout). One that comes twice ends nothing that began after it was made. It returns how many there were.
func (p *Provider) SignedOut(c *app.Call, raw string) (ended int, err error) {
	k, err := p.know(c, c.App)
	if err != nil {
		return 0, p.fault(err)
	}
	ctx, cancel := k.within(c)
	defer cancel()
	now := c.DB.Now()
	token, err := k.verifier(p, now).VerifyLogout(ctx, raw)
	if err != nil {
		return 0, refuse(app.Invalid, CodeLogout, p.unproved(err))
	}
	at := store.ProviderSession{Issuer: k.Issuer, Subject: token.Subject, SID: token.SessionID}
	err = c.DB.Write(c, "", func(t *store.Tx) error {
		people, err := store.EndProviderSessions(t, at, token.IssuedAt.Add(skew))
		ended = 0
		for _, person := range slices.Sorted(maps.Keys(people)) {
			ended += people[person]
			deed := app.Deed{Event: app.SessionsEnded, Target: app.Person(person),
				More: map[string]any{"count": people[person], "provider": p.Name}}
			if err := app.Note(t, deed); err != nil {
				return err
			}
		}
		return err
	})
	return ended, err
}

// Connections are the caller's accounts at providers, by the issuer.
func Connections(c *app.Call) (map[string]store.Account, error) {
	rows, err := user.Connections(c, account(""))
	found := map[string]store.Account{}
	for _, row := range rows {
		found[row.Provider[len(account("")):]] = row
	}
	return found, err
}
