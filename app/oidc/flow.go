package oidc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/grant"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Begin returns the provider's page that asks somebody who they are. next is where they want to go afterwards; connect
// has their account there connected with the one of whoever calls. key is for the cookie; empty: the client has it.
func (p *Provider) Begin(c *app.Call, next string, connect bool) (location, key string, err error) {
	if err := c.RequireSetup(c); err != nil {
		return "", "", err
	}
	k, err := p.know(c, c.App)
	if err != nil {
		return "", "", p.fault(err)
	}
	f := user.Flow{Provider: p.Name, State: app.RandomHex(32), Nonce: app.RandomHex(32),
		Verifier: oauth2.GenerateVerifier(), Redirect: p.Callback(c.Base), Next: next}
	if connect {
		f.Connect = c.UserID()
	}
	if key, err = user.BeginFlow(c, f); err != nil {
		return "", "", err
	}
	to := k.oauth(p, f.Redirect)
	return to.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), key, nil
}

// Answer is what a browser brings back from a provider.
type Answer struct{ Code, State, Issuer, Error, Description string }

// Arrival is how a sign-in ended.
type Arrival struct {
	Key       string // of the session, for the cookie; empty: there is none
	Next      string
	Connected bool
}

// End signs in whoever brings an answer back, in the browser that the sign-in was begun in.
func (p *Provider) End(c *app.Call, in Answer) (Arrival, error) {
	f, ok, err := user.SpendFlow(c, in.State)
	switch {
	case err != nil:
		return Arrival{}, err
	case !ok || f.Provider != p.Name:
		return Arrival{}, refuse(app.Invalid, CodeStale, nil)
	case in.Error != "":
		return Arrival{}, refuse(app.Invalid, CodeDenied,
			fmt.Errorf("provider %s: it refuses: %.300q %.300q", p.Name, in.Error, in.Description))
	case in.Code == "":
		return Arrival{}, refuse(app.Invalid, CodeStale, nil)
	case f.Connect != "" && f.Connect != c.UserID():
		return Arrival{}, refuse(app.Invalid, CodeSignedOut, nil)
	}
	k, err := p.know(c, c.App)
	if err != nil {
		return Arrival{}, p.fault(err)
	}
	// Who mixes providers up has one's code sent to the other (RFC 9207).
	if in.Issuer != "" && in.Issuer != k.Issuer || in.Issuer == "" && k.SaysIssuer {
		return Arrival{}, p.unproved(fmt.Errorf("the answer is of %.200q, and was asked of %s", in.Issuer, k.Issuer))
	}
	who, raw, err := p.trade(c, k, in.Code, f)
	if err != nil {
		return Arrival{}, err
	}
	w := p.person(c, k, who)
	if f.Connect != "" {
		return Arrival{Next: f.Next, Connected: true}, user.Connect(c, w)
	}
	if !p.SignOutHereOnly && k.SignOut != "" {
		w.Session.SignOut = c.Seal(p.signOutURL(k, raw, c.Base))
	}
	key, err := user.EnterFrom(c, w, c.AppURL())
	var refusal *app.Error
	if errors.As(err, &refusal) && refusal.Code == "SIGNUP_DISABLED" {
		err = refuse(app.Invalid, CodeNoAccount, errors.New("sign-up is off, and nobody has invited them"))
	}
	return Arrival{Key: key, Next: f.Next}, err
}

// trade gets the tokens for a code, and what they prove.
func (p *Provider) trade(c *app.Call, k *known, code string, f user.Flow) (claims, string, error) {
	ctx, cancel := k.within(c)
	defer cancel()
	tokens, err := k.oauth(p, f.Redirect).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant": // the browser has brought a code that is none
		return nil, "", p.unproved(fmt.Errorf("trade the code: %s", said(err)))
	case err != nil:
		return nil, "", p.fault(fmt.Errorf("trade the code: %s", said(err)))
	}
	who, raw, err := k.prove(ctx, p, tokens, f, c.DB.Now())
	if err != nil {
		return nil, "", p.unproved(err)
	}
	return who, raw, nil
}

// person is who somebody is, and what their groups give.
func (p *Provider) person(c *app.Call, k *known, who claims) user.Elsewhere {
	first, last := who.name()
	w := user.Elsewhere{Medium: "oidc", Provider: account(k.Issuer), ID: who.text("sub"), Email: who.text("email"),
		Verified: who.verified(p.TrustAddresses), First: first, Last: last, Picture: who.text("picture"),
		Session: store.ProviderSession{Issuer: k.Issuer, Subject: who.text("sub"), SID: who.text("sid")}}
	if !p.grants() {
		return w
	}
	if who.elsewhere(p) {
		c.Log.Warn("groups are left as they were: the person has so many that the provider keeps them elsewhere",
			"provider", p.Name, "id", c.RequestID)
		return w
	}
	groups, _ := who.groups(p)
	roles := make([]app.WorkspaceGroup, 0, len(p.WorkspaceGroups))
	for _, text := range p.WorkspaceGroups {
		if g, err := app.ParseWorkspaceGroup(text); err == nil { // checked when it was set
			roles = append(roles, g)
		}
	}
	wanted := grant.Of(groups, p.AdminGroups, roles)
	w.Also = func(t *store.Tx, u *store.User) error {
		changes, err := grant.Apply(t, u, p.source(), wanted)
		if err == nil && len(changes) > 0 {
			c.Log.Info("groups", "provider", p.Name, "user", u.ID, "changes", strings.Join(changes, "; "))
		}
		return err
	}
	return w
}
