package app

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// LDAPConfig is a directory (LDAP, Active Directory) whose people sign in by their passwords there; without a URL there
// is none. WorkspaceGroups are WORKSPACE:ROLE:GROUP, as those of OIDCConfig.
type LDAPConfig struct {
	URL          string `toml:"url"`
	StartTLS     bool   `toml:"start_tls"`
	CAFile       string `toml:"ca_file"`
	BindDN       string `toml:"bind_dn"`
	BindPassword string `toml:"bind_password" secret:"yes"`
	BaseDN       string `toml:"base_dn"`
	Filter       string `toml:"filter"`

	IDAttribute        string `toml:"id_attribute"`
	LoginAttribute     string `toml:"login_attribute"`
	MailAttribute      string `toml:"mail_attribute"`
	FirstNameAttribute string `toml:"first_name_attribute"`
	LastNameAttribute  string `toml:"last_name_attribute"`

	TrustAddresses bool `toml:"trust_addresses"`
	AlwaysSignUp   bool `toml:"always_sign_up"`

	GroupBaseDN        string   `toml:"group_base_dn"`
	GroupFilter        string   `toml:"group_filter"`
	GroupNameAttribute string   `toml:"group_name_attribute"`
	NestedGroups       string   `toml:"nested_groups"`
	AdminGroups        []string `toml:"admin_groups"`
	WorkspaceGroups    []string `toml:"workspace_groups"`

	TimeoutSeconds int  `toml:"timeout_seconds"`
	Connections    int  `toml:"connections"`
	Sync           bool `toml:"sync"`
}

// What sign_in.ldap.nested_groups may be.
const (
	NestedOff   = "off"   // the groups that name the person
	NestedWalk  = "walk"  // and those that name these groups, asked for one after the other
	NestedChain = "chain" // the same, asked for at once: Active Directory knows how
)

// NestedGroups are all that it may be.
var NestedGroups = []string{NestedOff, NestedWalk, NestedChain}

// DefaultLDAP are the settings of a directory of which nothing is said.
func DefaultLDAP() LDAPConfig {
	return LDAPConfig{StartTLS: true, MailAttribute: "mail", FirstNameAttribute: "givenName", LastNameAttribute: "sn",
		GroupNameAttribute: "cn", NestedGroups: NestedWalk, TimeoutSeconds: 10, Connections: 4, Sync: true}
}

// IsSet says whether there is a directory.
func (l *LDAPConfig) IsSet() bool { return l.URL != "" }

// Check returns the key of the first setting that is of no use, and why. Without a URL the others are not looked at.
func (l *LDAPConfig) Check() (key string, err error) {
	if !l.IsSet() {
		return "", nil
	}
	if key, err := l.checkServer(); err != nil {
		return key, err
	}
	for _, dn := range []struct{ key, value string }{{"bind_dn", l.BindDN}, {"base_dn", l.BaseDN},
		{"group_base_dn", l.GroupBaseDN}} {
		if dn.key == "bind_dn" && strings.Contains(dn.value, "@") { // Active Directory takes these, too
			continue
		}
		if _, err := ldap.ParseDN(dn.value); err != nil {
			return dn.key, fmt.Errorf("%q is not a name such as ou=people,dc=example,dc=org", dn.value)
		}
	}
	for _, filter := range []struct{ key, value, must string }{{"filter", l.Filter, "{login}"},
		{"group_filter", l.GroupFilter, ""}} {
		if err := checkFilter(filter.value, filter.must); err != nil {
			return filter.key, err
		}
	}
	for _, a := range []struct{ key, value string }{{"mail_attribute", l.MailAttribute},
		{"group_name_attribute", l.GroupNameAttribute}} {
		if a.value == "" {
			return a.key, errors.New("it is missing")
		}
	}
	for _, a := range []struct{ key, value string }{{"id_attribute", l.IDAttribute},
		{"login_attribute", l.LoginAttribute}, {"mail_attribute", l.MailAttribute},
		{"first_name_attribute", l.FirstNameAttribute}, {"last_name_attribute", l.LastNameAttribute},
		{"group_name_attribute", l.GroupNameAttribute}} {
		if strings.ContainsFunc(a.value, func(r rune) bool { return !isAttributeRune(r) }) {
			return a.key, fmt.Errorf("%q is not the name of an attribute", a.value)
		}
	}
	for _, g := range l.WorkspaceGroups {
		if _, err := ParseWorkspaceGroup(g); err != nil {
			return "workspace_groups", err
		}
	}
	return "", nil
}

func isAttributeRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-.;", r)
}

// checkServer looks at what leads to the directory.
func (l *LDAPConfig) checkServer() (key string, err error) {
	u, err := url.Parse(l.URL)
	switch {
	case err != nil || u.Scheme != "ldap" && u.Scheme != "ldaps" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" ||
		u.User != nil || u.RawQuery != "":
		return "url", fmt.Errorf("%q is not an address such as ldaps://ldap.example.org or ldap://10.0.0.1:389", l.URL)
	case l.BaseDN == "":
		return "base_dn", errors.New("it is missing: the entry below which people are, such as dc=example,dc=org")
	case l.BindDN != "" && l.BindPassword == "":
		return "bind_password", errors.New("it is missing: without one a directory takes whoever names bind_dn for nobody")
	case l.BindDN == "" && l.BindPassword != "":
		return "bind_dn", errors.New("it is missing: there is a bind_password")
	case !slices.Contains(NestedGroups, l.NestedGroups):
		return "nested_groups", fmt.Errorf("%q is none of %s", l.NestedGroups, strings.Join(NestedGroups, ", "))
	case l.TimeoutSeconds < 1 || l.TimeoutSeconds > 60:
		return "timeout_seconds", errors.New("it must be from 1 to 60")
	case l.Connections < 1 || l.Connections > 100:
		return "connections", errors.New("it must be from 1 to 100")
	}
	if l.CAFile == "" {
		return "", nil
	}
	if _, err := os.Stat(l.CAFile); err != nil {
		return "ca_file", err
	}
	return "", nil
}

// checkFilter refuses what is no filter once its placeholders are filled in; must is one that has to be there.
func checkFilter(filter, must string) error {
	if filter == "" {
		return nil // ours
	}
	if must != "" && !strings.Contains(filter, must) && !strings.Contains(filter, "{username}") {
		return fmt.Errorf("%s is not in it, for which what somebody types is put in, such as (uid=%s)", must, must)
	}
	whole := strings.NewReplacer("{login}", "x", "{username}", "x", "{dn}", "x").Replace(filter)
	if strings.ContainsAny(whole, "{}") {
		return fmt.Errorf("%q has a placeholder that there is not", filter)
	}
	if _, err := ldap.CompileFilter(whole); err != nil {
		return fmt.Errorf("%q is not a filter such as (&(objectClass=person)(uid={login})): %w", filter, err)
	}
	return nil
}
