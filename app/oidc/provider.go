// Package oidc signs people in by providers of OpenID Connect: it sends them there with PKCE and a nonce, reads who
// they are from signed tokens, and signs them out with the provider and for it.
package oidc

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// Provider is somewhere people have accounts.
type Provider struct {
	Name  string
	Fixed bool // the configuration says so, and no page changes it
	app.OIDCConfig

	networks []string
}

// OfSettings is the provider that administrators have set, or would set.
func OfSettings(s app.Settings) app.OIDCConfig {
	return app.OIDCConfig{Label: s["OIDC_PROVIDER_NAME"], Issuer: s["OIDC_ISSUER"], ClientID: s["OIDC_CLIENT_ID"],
		ClientSecret: s["OIDC_CLIENT_SECRET"], AuthorizeURL: s["OIDC_AUTHORIZE_URL"], TokenURL: s["OIDC_TOKEN_URL"],
		UserinfoURL: s["OIDC_USERINFO_URL"], LogoutURL: s["OIDC_LOGOUT_URL"], GroupsClaim: s["OIDC_GROUPS_CLAIM"],
		AdminGroups: Lines(s["OIDC_ADMIN_GROUPS"]), WorkspaceGroups: Lines(s["OIDC_WORKSPACE_GROUPS"]),
		TrustAddresses: s.On("OIDC_TRUST_ADDRESSES")}
}

// Lines are the lines of a text that say something: names of groups may have commas.
func Lines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// All returns the providers that are set up, in the order of their names, the unnamed one first.
func All(ctx context.Context, a *app.App) ([]*Provider, error) {
	s, err := a.Settings(ctx)
	if err != nil {
		return nil, err
	}
	var all []*Provider
	for _, name := range slices.Sorted(maps.Keys(a.Config.SignIn.OIDC)) {
		all = append(all, &Provider{name, true, *a.Config.SignIn.OIDC[name], a.Config.SignIn.AllowNetworks})
	}
	slices.SortStableFunc(all, func(x, y *Provider) int {
		return cmp.Compare(map[bool]int{false: 1}[x.unnamed()], map[bool]int{false: 1}[y.unnamed()])
	})
	if a.Config.SignIn.OIDC[app.PaidOIDC] != nil || s["IS_OIDC_ENABLED"] == "0" {
		return all, nil
	}
	set := &Provider{app.PaidOIDC, false, OfSettings(s), a.Config.SignIn.AllowNetworks}
	if _, err := set.OIDCConfig.Check(set.Name); err != nil {
		return all, nil //nolint:nilerr // not set up, or not whole: the page on which it is set says what is missing
	}
	return append([]*Provider{set}, all...), nil
}

// Find returns one that is set up; app.ErrMissing for one that is not.
func Find(ctx context.Context, a *app.App, name string) (*Provider, error) {
	all, err := All(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, app.ErrMissing
}

func (p *Provider) unnamed() bool { return p.Name == app.PaidOIDC }

// Path is where people begin to sign in; what else the provider has to do with is below it.
func (p *Provider) Path() string {
	if p.unnamed() {
		return "/auth/oidc/"
	}
	return "/auth/oidc/" + p.Name + "/"
}

// Callback is where the provider sends people back to.
func (p *Provider) Callback(base string) string { return base + p.Path() + "callback/" }

// Shown is what people read on the button.
func (p *Provider) Shown() string {
	if p.Label != "" {
		return p.Label
	}
	if p.unnamed() {
		return "OpenID Connect"
	}
	return strings.ToUpper(p.Name[:1]) + p.Name[1:]
}

// account is how accounts at the provider are kept: what it calls somebody is theirs as long as it is the same issuer,
// whatever it is called here.
func account(issuer string) string { return "oidc " + issuer }

// source is what the provider's groups are known by among those that give roles.
func (p *Provider) source() string { return "oidc " + p.Name }

func (p *Provider) scopes() []string {
	scopes := p.Scopes
	if len(scopes) == 0 {
		scopes = []string{"profile", "email"}
	}
	if !slices.Contains(scopes, "openid") {
		scopes = append([]string{"openid"}, scopes...)
	}
	return scopes
}

// grants says whether groups give anything here.
func (p *Provider) grants() bool { return len(p.AdminGroups)+len(p.WorkspaceGroups) > 0 }
