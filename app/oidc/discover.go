package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/sailplane/sailplane/app"
)

const (
	freshFor = time.Hour        // what a provider says of itself
	skew     = time.Minute      // that clocks may differ by
	patience = 15 * time.Second // with all requests of one step
)

// signatures are the ways of signing that are believed: those with a key of which we know the public half only. A
// secret, or nothing at all, proves nothing.
var signatures = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256,
	oidc.PS384, oidc.PS512, oidc.EdDSA}

// document is what a provider says of itself, as far as go-oidc does not read it.
type document struct {
	Issuer     string   `json:"issuer"`
	Authorize  string   `json:"authorization_endpoint"`
	Token      string   `json:"token_endpoint"`
	Userinfo   string   `json:"userinfo_endpoint"`
	Keys       string   `json:"jwks_uri"`
	SignOut    string   `json:"end_session_endpoint"`
	SaysIssuer bool     `json:"authorization_response_iss_parameter_supported"`
	Secrets    []string `json:"token_endpoint_auth_methods_supported"`
}

// known is a provider whose addresses and keys are known.
type known struct {
	document

	ctx      context.Context // with the client that asks it
	provider *oidc.Provider
	at       time.Time
}

// slot keeps what is known of the provider of a name; print is the settings that it is known by.
type slot struct {
	print string
	one   singleflight.Group

	mu  sync.Mutex
	now *known
}

type slotKey string

// know asks the provider who it is, unless that is known. Of those who ask at once one does, and the others wait for
// the same answer, none longer than it has patience; other providers' people wait for nothing.
func (p *Provider) know(ctx context.Context, a *app.App) (*known, error) {
	raw, _ := json.Marshal(struct { // always encodes
		app.OIDCConfig
		Networks []string
	}{p.OIDCConfig, p.networks})
	at, _ := a.Kept.LoadOrStore(slotKey(p.Name), &slot{print: string(raw)})
	s := at.(*slot)
	if s.print != string(raw) { // the settings are others now
		s = &slot{print: string(raw)}
		a.Kept.Store(slotKey(p.Name), s)
	}
	s.mu.Lock()
	now := s.now
	s.mu.Unlock()
	if now != nil && time.Since(now.at) < freshFor {
		return now, nil
	}
	answer := s.one.DoChan("", func() (any, error) {
		found, err := p.discover(a)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now = found
		return found, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-answer:
		if got.Err != nil && now != nil {
			return now, nil // it was well an hour ago
		}
		if got.Err != nil {
			return nil, got.Err
		}
		return got.Val.(*known), nil
	}
}

// discover reads the provider's description of itself.
func (p *Provider) discover(a *app.App) (*known, error) {
	k := &known{at: time.Now()}
	c, err := client(a, func() string { return k.Keys })
	if err != nil {
		return nil, err
	}
	k.ctx = oidc.ClientContext(context.Background(), c)
	ctx, cancel := context.WithTimeout(k.ctx, patience)
	defer cancel()
	found, err := p.describe(ctx)
	if err != nil {
		return nil, err
	}
	if err := found.Claims(&k.document); err != nil {
		return nil, fmt.Errorf("its description: %w", err)
	}
	for _, set := range []struct {
		to   *string
		from string
	}{{&k.Authorize, p.AuthorizeURL}, {&k.Token, p.TokenURL}, {&k.Userinfo, p.UserinfoURL}, {&k.SignOut, p.LogoutURL}} {
		if set.from != "" {
			*set.to = set.from
		}
	}
	if k.Authorize == "" || k.Token == "" || k.Keys == "" {
		return nil, errors.New("its description names no authorization_endpoint, token_endpoint or jwks_uri")
	}
	k.provider = (&oidc.ProviderConfig{IssuerURL: k.Issuer, AuthURL: k.Authorize, TokenURL: k.Token,
		UserInfoURL: k.Userinfo, JWKSURL: k.Keys, Algorithms: signatures}).NewProvider(k.ctx)
	return k, nil
}

// describe finds the description: below the issuer or, when only the paid edition's settings are there, below the
// address where people sign in, if that is the provider's whose description it is.
func (p *Provider) describe(ctx context.Context) (*oidc.Provider, error) {
	if p.Issuer != "" {
		found, err := oidc.NewProvider(ctx, p.Issuer)
		return found, shorten(err)
	}
	u, err := url.Parse(p.AuthorizeURL)
	if err != nil {
		return nil, err
	}
	u.RawQuery, u.Fragment = "", ""
	for path := strings.TrimSuffix(u.Path, "/"); ; {
		cut := max(0, strings.LastIndexByte(path, '/'))
		path = path[:cut]
		u.Path = path
		for _, issuer := range []string{u.String(), u.String() + "/"} {
			found, err := oidc.NewProvider(ctx, issuer)
			if err == nil && found.Endpoint().AuthURL == p.AuthorizeURL {
				return found, nil
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
		if path == "" {
			return nil, errors.New("it describes itself nowhere above the authorize URL: set the issuer, the address below which " +
				"/.well-known/openid-configuration is")
		}
	}
}

const maxSaid = 300 // of what a provider answers, in the log and on pages

// shorten keeps what a provider answers from filling the log.
func shorten(err error) error {
	if err == nil || len(err.Error()) <= maxSaid {
		return err
	}
	return errors.New(strings.ToValidUTF8(err.Error()[:maxSaid], "") + "…")
}

// oauth is the provider as x/oauth2 has it.
func (k *known) oauth(p *Provider, redirect string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if p.ClientSecret == "" || len(k.Secrets) > 0 && !slices.Contains(k.Secrets, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: redirect, Scopes: p.scopes(),
		Endpoint: oauth2.Endpoint{AuthURL: k.Authorize, TokenURL: k.Token, AuthStyle: style}}
}

// within is the caller's context with the client that asks the provider, and an end.
func (k *known) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, k.ctx.Value(oauth2.HTTPClient))
	return context.WithTimeout(ctx, patience)
}

// verifier checks tokens: signed by one of the provider's keys, by it, for us, and not over.
func (k *known) verifier(p *Provider, now time.Time) *oidc.IDTokenVerifier {
	return k.provider.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: signatures,
		Now: func() time.Time { return now.Add(-skew) }})
}
