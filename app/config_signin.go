package app

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// SignInConfig says how people come in. Page is whose sign-in page they see; SecondFactor is who has to have one;
// AllowNetworks are private networks in which providers may be; OIDC are the providers by name, LDAP is a directory.
type SignInConfig struct {
	Page          string                 `toml:"page"`
	SecondFactor  string                 `toml:"second_factor"`
	AllowNetworks []string               `toml:"allow_networks"`
	OIDC          map[string]*OIDCConfig `toml:"oidc"`
	LDAP          LDAPConfig             `toml:"ldap"`
}

// What sign_in.page may be.
const (
	PageAuto     = "auto"     // ours when people can come in by what the frontend's page does not show
	PageOwn      = "own"      // ours
	PageFrontend = "frontend" // the frontend's
)

// What sign_in.second_factor may be; empty: what the administrators have set (SecondFactorKey), and without that
// optional.
const (
	FactorOff            = "off"            // nobody is asked for one
	FactorOptional       = "optional"       // who has set one up is
	FactorAdministrators = "administrators" // the administrators of the installation have to have one
	FactorEverybody      = "everybody"      // everybody has to
)

// SecondFactorKey is the setting that the administrators make of it.
const SecondFactorKey = "SECOND_FACTOR"

// Factors are all that it may be.
var Factors = []string{FactorOff, FactorOptional, FactorAdministrators, FactorEverybody}

// OIDCConfig is one provider of OpenID Connect. The addresses of its parts are those that it says itself, where they
// are empty. WorkspaceGroups are WORKSPACE:ROLE:GROUP, see Grants.
type OIDCConfig struct {
	Label           string   `toml:"label"`
	Issuer          string   `toml:"issuer"`
	ClientID        string   `toml:"client_id"`
	ClientSecret    string   `toml:"client_secret" secret:"yes"`
	Scopes          []string `toml:"scopes"`
	AuthorizeURL    string   `toml:"authorize_url"`
	TokenURL        string   `toml:"token_url"`
	UserinfoURL     string   `toml:"userinfo_url"`
	LogoutURL       string   `toml:"logout_url"`
	SignOutHereOnly bool     `toml:"sign_out_here_only"`
	TrustAddresses  bool     `toml:"trust_addresses"`
	GroupsClaim     string   `toml:"groups_claim"`
	AdminGroups     []string `toml:"admin_groups"`
	WorkspaceGroups []string `toml:"workspace_groups"`
}

// PaidOIDC is the name of the provider that the reference's paid edition has: its addresses are without a name.
const PaidOIDC = "oidc"

var providerName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// WorkspaceGroup gives the people of a group a role in a workspace.
type WorkspaceGroup struct {
	Slug  string
	Role  Role
	Group string
}

// groupRoles are the roles that groups may give.
var groupRoles = map[string]Role{"guest": Guest, "member": Member, "admin": Admin}

// ParseWorkspaceGroup reads WORKSPACE:ROLE:GROUP; a group may have colons in its name.
func ParseWorkspaceGroup(text string) (WorkspaceGroup, error) {
	slug, rest, _ := strings.Cut(text, ":")
	role, group, _ := strings.Cut(rest, ":")
	g := WorkspaceGroup{strings.TrimSpace(slug), groupRoles[strings.TrimSpace(role)], strings.TrimSpace(group)}
	if g.Slug == "" || g.Role == Nobody || g.Group == "" {
		return g, fmt.Errorf("%q is not WORKSPACE:ROLE:GROUP, such as harbour:member:engineering; a role is guest, member or admin",
			text)
	}
	return g, nil
}

// check returns the key of the first setting that is of no use, and why.
func (s *SignInConfig) check() (key string, err error) {
	if !slices.Contains([]string{PageAuto, PageOwn, PageFrontend}, s.Page) {
		return "page", fmt.Errorf("%q is none of auto, own, frontend", s.Page)
	}
	if s.SecondFactor != "" && !slices.Contains(Factors, s.SecondFactor) {
		return "second_factor", fmt.Errorf("%q is none of %s", s.SecondFactor, strings.Join(Factors, ", "))
	}
	for name, p := range s.OIDC {
		if key, err := p.Check(name); err != nil {
			return "oidc." + name + "." + key, err
		}
	}
	if key, err := s.LDAP.Check(); err != nil {
		return "ldap." + key, err
	}
	return "", nil
}

// Check returns the key of the first setting that is of no use, and why.
func (p *OIDCConfig) Check(name string) (key string, err error) {
	switch {
	case !providerName.MatchString(name) || len(name) > 40 || name == "callback" || name == "logout":
		return "issuer", fmt.Errorf("%q can't be a provider's name: it is part of addresses (a to z, 0 to 9, hyphens)", name)
	case p.ClientID == "":
		return "client_id", errors.New("it is missing: the provider gives one out when this server is registered there")
	case p.Issuer == "" && p.AuthorizeURL == "":
		return "issuer", errors.New("it is missing: the address of which /.well-known/openid-configuration describes the provider")
	}
	for _, address := range []struct{ key, value string }{{"issuer", p.Issuer}, {"authorize_url", p.AuthorizeURL},
		{"token_url", p.TokenURL}, {"userinfo_url", p.UserinfoURL}, {"logout_url", p.LogoutURL}} {
		u, err := url.Parse(address.value)
		if address.value != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Fragment != "") {
			return address.key, fmt.Errorf("%q is not an address such as https://id.example.org/realms/main", address.value)
		}
	}
	for _, g := range p.WorkspaceGroups {
		if _, err := ParseWorkspaceGroup(g); err != nil {
			return "workspace_groups", err
		}
	}
	return "", nil
}

// oidcSettings are the settings of the providers, in the order of their names.
func (s *SignInConfig) oidcSettings() (all []Setting) {
	names := make([]string, 0, len(s.OIDC))
	for name := range s.OIDC {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all = append(all, settingsOf("sign_in.oidc."+name, reflect.ValueOf(s.OIDC[name]).Elem())...)
	}
	return all
}

const oidcVariable = "SAILPLANE_SIGN_IN_OIDC_"

// nameProviders makes room for the providers that only the environment names: SAILPLANE_SIGN_IN_OIDC_NAME_CLIENT_ID,
// with an underscore for a hyphen of the name.
func (s *SignInConfig) nameProviders(vars map[string]string) {
	keys := settingsOf("", reflect.ValueOf(&OIDCConfig{}).Elem())
	for variable := range vars {
		rest, ok := strings.CutPrefix(variable, oidcVariable)
		if !ok {
			continue
		}
		rest = strings.TrimSuffix(rest, "_FILE")
		for _, k := range keys {
			name, ok := strings.CutSuffix(rest, "_"+strings.ToUpper(k.Key))
			if !ok || name == "" {
				continue
			}
			name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
			if s.OIDC == nil {
				s.OIDC = map[string]*OIDCConfig{}
			}
			if s.OIDC[name] == nil {
				s.OIDC[name] = &OIDCConfig{}
			}
		}
	}
}
