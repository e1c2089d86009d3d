package oidc

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/sailplane/sailplane/app"
)

// Trial is what a provider had to say when it was tried.
type Trial struct {
	Step  string // how far it went: describe, keys or client; empty: all is well
	Words string // what it answered
}

// Well says whether people can sign in by it, as far as that can be told without one.
func (t Trial) Well() bool { return t.Step == "" }

// noToken has the shape of a token and is signed by nobody.
const noToken = "eyJhbGciOiJSUzI1NiIsImtpZCI6InNhaWxwbGFuZSJ9.e30.AAAA" //nolint:gosec // it opens nothing

// Try asks the provider for its description, its keys, and whether it knows this client: by a code that nobody was
// given, so that the right answer is a refusal of the code alone.
func (p *Provider) Try(ctx context.Context, a *app.App) Trial {
	k, err := p.discover(a)
	if err != nil {
		return Trial{"describe", said(err)}
	}
	ctx, cancel := k.within(ctx)
	defer cancel()
	_, err = oidc.NewRemoteKeySet(k.ctx, k.Keys).VerifySignature(ctx, noToken)
	if err != nil && strings.Contains(err.Error(), "fetching keys") {
		return Trial{"keys", said(err)}
	}
	base, err := a.Address(ctx)
	if err != nil {
		return Trial{"client", said(err)}
	}
	made := oauth2.VerifierOption(oauth2.GenerateVerifier())
	_, err = k.oauth(p, p.Callback(base)).Exchange(ctx, "sailplane-tries", made)
	var refused *oauth2.RetrieveError
	var unreachable *url.Error
	switch {
	case errors.As(err, &unreachable):
		return Trial{"client", said(err)}
	case errors.As(err, &refused) && (refused.Response.StatusCode == 401 || refused.Response.StatusCode >= 500 ||
		slices.Contains([]string{"invalid_client", "unauthorized_client"}, refused.ErrorCode)):
		return Trial{"client", said(err)}
	}
	return Trial{}
}
