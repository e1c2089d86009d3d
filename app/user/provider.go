package user

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
)

// Provider is somewhere else where people have accounts, by which they can sign in here (OAuth 2).
type Provider struct {
	Name string
	key  string // of its settings and faults
	host string // where it is, unless a setting says so

	authorize, token, person string // paths, or whole addresses
	query                    func(s app.Settings, id, redirect, state string) string
	read                     func(ctx context.Context, s session, who map[string]any) (identity, error)
}

// session is what a provider gave for a code.
type session struct {
	p            *Provider
	host         string
	organization string
	access       string
	raw          map[string]any
}

// identity is who somebody is at a provider. A nil address is one that it did not tell; verified says that it knows the
// address to be theirs.
type identity struct {
	id, first, last, picture string
	email                    *string
	verified                 bool
	// confirm asks whether the address is verified, where that takes a request more.
	confirm func(ctx context.Context) bool
}

// address is where the picture is, or empty when that is no address.
func (i identity) address() string {
	if !app.IsAddress(i.picture) {
		return ""
	}
	return i.picture
}

// Providers are those that can be set up. Plane: authentication/provider/oauth/
var Providers = []*Provider{
	{Name: "google", key: "GOOGLE", authorize: "https://accounts.google.com/o/oauth2/v2/auth",
		token:  "https://oauth2.googleapis.com/token",
		person: "https://www.googleapis.com/oauth2/v2/userinfo", read: readGoogle,
		query: func(_ app.Settings, id, redirect, state string) string {
			return pairs("client_id", id, "scope",
				"https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile", "redirect_uri",
				redirect, "response_type", "code", "access_type", "offline", "prompt", "consent", "state", state)
		}},
	{Name: "github", key: "GITHUB", authorize: "https://github.com/login/oauth/authorize",
		token:  "https://github.com/login/oauth/access_token",
		person: "https://api.github.com/user", read: readGitHub,
		query: func(s app.Settings, id, redirect, state string) string {
			scope := "read:user user:email"
			if s["GITHUB_ORGANIZATION_ID"] != "" {
				scope += " read:org"
			}
			return pairs("client_id", id, "redirect_uri", redirect, "scope", scope, "state", state)
		}},
	{Name: "gitlab", key: "GITLAB", host: "GITLAB_HOST", authorize: "/oauth/authorize", token: "/oauth/token",
		person: "/api/v4/user", read: readGitLab, query: func(_ app.Settings, id, redirect, state string) string {
			return pairs("client_id", id, "redirect_uri", redirect, "response_type", "code", "scope", "read_user", "state",
				state)
		}},
	{Name: "gitea", key: "GITEA", host: "GITEA_HOST", authorize: "/login/oauth/authorize",
		token: "/login/oauth/access_token", person: "/api/v1/user", read: readGitea,
		query: func(_ app.Settings, id, redirect, state string) string {
			return pairs("client_id", id, "scope", "openid email profile", "redirect_uri", redirect, "response_type", "code",
				"state", state)
		}},
}

// pairs writes parameters in their order, which url.Values would not keep.
func pairs(kv ...string) string {
	var parts []string
	for i := 0; i+1 < len(kv); i += 2 {
		parts = append(parts, kv[i]+"="+url.QueryEscape(kv[i+1]))
	}
	return strings.Join(parts, "&")
}

// settings returns the provider's address and credentials, or the fault that it is not set up.
func (p *Provider) settings(s app.Settings) (host, id, secret string, err error) {
	id, secret = s[p.key+"_CLIENT_ID"], s[p.key+"_CLIENT_SECRET"]
	host = s[p.host]
	if p.Name == "gitea" {
		host = strings.TrimRight(host, "/")
	}
	if id == "" || secret == "" || p.host != "" && !strings.HasPrefix(host, "http://") &&
		!strings.HasPrefix(host, "https://") {
		return "", "", "", app.Coded(p.key + "_NOT_CONFIGURED")
	}
	return host, id, secret, nil
}

// Ready says whether all is set that the provider needs.
func (p *Provider) Ready(s app.Settings) bool {
	_, _, _, err := p.settings(s)
	return err == nil
}

func (p *Provider) fault() *app.Error { return app.Coded(p.key + "_OAUTH_PROVIDER_ERROR") }

// URL is the provider's page that asks somebody whether we may know who they are.
func (p *Provider) URL(c *app.Call, state string) (string, error) {
	s, err := c.Settings(c)
	if err != nil {
		return "", err
	}
	host, id, _, err := p.settings(s)
	if err != nil {
		return "", err
	}
	return host + p.authorize + "?" + p.query(s, id, p.redirect(c), state), nil
}

func (p *Provider) redirect(c *app.Call) string { return c.Base + "/auth/" + p.Name + "/callback/" }

const (
	providerTimeout = 15 * time.Second
	maxAnswer       = 1 << 20
)

// identify trades a code for who somebody is.
func (p *Provider) identify(c *app.Call, code string) (session, identity, error) {
	settings, err := c.Settings(c)
	if err != nil {
		return session{}, identity{}, err
	}
	host, id, secret, err := p.settings(settings)
	if err != nil {
		return session{}, identity{}, err
	}
	ctx, cancel := context.WithTimeout(c, providerTimeout)
	defer cancel()
	form := pairs("code", code, "client_id", id, "client_secret", secret, "redirect_uri", p.redirect(c), "grant_type",
		"authorization_code")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, host+p.token, strings.NewReader(form))
	if err != nil {
		return session{}, identity{}, p.fault()
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	s := session{p: p, host: host, organization: settings[p.key+"_ORGANIZATION_ID"]}
	if err := ask(req, &s.raw); err != nil {
		c.Log.Warn("sign-in by provider", "provider", p.Name, "error", err)
		return session{}, identity{}, p.fault()
	}
	s.access, _ = s.raw["access_token"].(string)
	var who map[string]any
	if err := s.get(ctx, p.person, &who); err != nil {
		c.Log.Warn("sign-in by provider", "provider", p.Name, "error", err)
		return session{}, identity{}, p.fault()
	}
	found, err := p.read(ctx, s, who)
	return s, found, err
}

func (s session) get(ctx context.Context, path string, dest any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.host+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.access)
	return ask(req, dest)
}

// providerClient asks providers where the administrators have said they are. It is led on to no other server: what is
// sent has secrets in it.
var providerClient = &http.Client{Timeout: providerTimeout,
	CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Host != via[0].URL.Host || next.URL.Scheme != via[0].URL.Scheme || len(via) > 5 {
			return fmt.Errorf("it leads on to %s", next.URL.Host)
		}
		return nil
	}}

func ask(req *http.Request, dest any) error {
	req.Header.Set("Accept", "application/json")
	res, err := providerClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s answers %s", req.URL.Host, res.Status)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, dest); err != nil {
		return errors.New(req.URL.Host + " answers what is no JSON")
	}
	return nil
}

func textOf(who map[string]any, key string) string {
	switch v := who[key].(type) {
	case string:
		return v
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return ""
}

func emailOf(who map[string]any) *string {
	if e, ok := who["email"].(string); ok {
		return &e
	}
	return nil
}

func readGoogle(_ context.Context, _ session, who map[string]any) (identity, error) {
	return identity{id: textOf(who, "id"), first: textOf(who, "given_name"), last: textOf(who, "family_name"),
		picture: textOf(who, "picture"), email: emailOf(who), verified: who["verified_email"] == true}, nil
}

// readGitLab: the address there changes only once the new one is confirmed; confirmed_at is empty until the first one
// is.
func readGitLab(_ context.Context, _ session, who map[string]any) (identity, error) {
	return identity{id: textOf(who, "id"), first: textOf(who, "name"), last: textOf(who, "family_name"),
		picture: textOf(who, "avatar_url"), email: emailOf(who), verified: textOf(who, "confirmed_at") != ""}, nil
}

// address is one of somebody's at a provider.
type address struct {
	Email    string `json:"email"`
	Primary  bool   `json:"primary"`
	Verified bool   `json:"verified"`
}

// readGitHub lets in only members of the organization when one is set.
func readGitHub(ctx context.Context, s session, who map[string]any) (identity, error) {
	if s.organization != "" {
		var any map[string]any
		path := "https://api.github.com/orgs/" + url.PathEscape(s.organization) + "/memberships/" +
			url.PathEscape(textOf(who, "login"))
		if s.get(ctx, path, &any) != nil {
			return identity{}, app.Coded("GITHUB_USER_NOT_IN_ORG")
		}
	}
	var all []address
	if s.get(ctx, "https://api.github.com/user/emails", &all) != nil {
		return identity{}, s.p.fault()
	}
	for _, a := range all {
		if a.Primary {
			return identity{id: textOf(who, "id"), first: textOf(who, "name"), last: textOf(who, "family_name"),
				picture: textOf(who, "avatar_url"), email: &a.Email, verified: a.Verified}, nil
		}
	}
	return identity{}, s.p.fault()
}

func readGitea(ctx context.Context, s session, who map[string]any) (identity, error) {
	found := identity{id: textOf(who, "id"), first: textOf(who, "full_name"), picture: textOf(who, "avatar_url"),
		email: emailOf(who)}
	if found.first == "" {
		found.first = textOf(who, "login")
	}
	var all []address
	if found.email != nil && *found.email != "" {
		found.confirm = func(ctx context.Context) bool {
			return s.get(ctx, s.p.person+"/emails", &all) == nil &&
				slices.ContainsFunc(all, func(a address) bool { return a.Verified && strings.EqualFold(a.Email, *found.email) })
		}
		return found, nil
	}
	fault := s.p.fault()
	if s.get(ctx, s.p.person+"/emails", &all) != nil {
		fault.Text = "Failed to fetch emails"
		return identity{}, fault
	}
	if len(all) == 0 {
		fault.Text = "No emails found"
		return identity{}, fault
	}
	best, rank := all[0], -1
	for _, a := range all {
		r := 0
		if a.Primary {
			r++
		}
		if a.Verified {
			r += 2
		}
		if r > rank {
			best, rank = a, r
		}
	}
	found.email, found.verified = &best.Email, best.Verified
	return found, nil
}
