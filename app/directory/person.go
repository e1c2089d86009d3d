package directory

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
)

// person is an entry as far as it matters here.
type person struct {
	DN          string
	ID          string // what the entry is known by for ever: the attribute and its value
	Login       string
	Email       string
	First, Last string
	Disabled    string // why nobody comes in by it; empty: they do
}

// stranger is user.ErrStranger with what the log is told.
func stranger(format string, args ...any) error {
	return fmt.Errorf("%w: %s", user.ErrStranger, fmt.Sprintf(format, args...))
}

func isStranger(err error) bool { return errors.Is(err, user.ErrStranger) }

// Attributes that may know an entry for ever, and those that may be what people sign in with, the first that an entry
// has counting; and those that say that an entry is disabled.
var (
	idAttributes       = []string{"entryUUID", "objectGUID", "nsUniqueId", "ipaUniqueID"}
	loginAttributes    = []string{"uid", "sAMAccountName", "userPrincipalName"}
	disabledAttributes = []string{"userAccountControl", "accountExpires", "pwdAccountLockedTime", "nsAccountLock",
		"loginDisabled", "ds-pwp-account-disabled"}
)

func (d *Directory) ids() []string {
	if d.IDAttribute != "" {
		return []string{d.IDAttribute}
	}
	return idAttributes
}

func (d *Directory) logins() []string {
	if d.LoginAttribute != "" {
		return []string{d.LoginAttribute}
	}
	return loginAttributes
}

// filter is by whom people are found who type a value, which is escaped already; "*": by anybody.
func (d *Directory) filter(value string) string {
	text := d.Filter
	if text == "" {
		text = "(&(objectClass=person)(|(" + d.MailAttribute + "={login})"
		for _, name := range d.logins() {
			text += "(" + name + "={login})"
		}
		text += "))"
	}
	return strings.NewReplacer("{login}", value, "{username}", value).Replace(text)
}

// mostLogin is how long what people type may be.
const mostLogin = 320

// find returns the one entry that fits what somebody typed. Of two nobody knows who is meant.
func (d *Directory) find(s *session, login string) (*person, error) {
	login = strings.TrimSpace(login)
	if login == "" || len(login) > mostLogin || strings.ContainsRune(login, 0) {
		return nil, stranger("what was typed is no name")
	}
	found, err := s.Search(d.search(d.BaseDN, ldap.ScopeWholeSubtree, 2, d.filter(ldap.EscapeFilter(login)),
		d.attributes()))
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) || err == nil && len(found.Entries) > 1:
		return nil, stranger("more than one entry fits what was typed; let sign_in.ldap.filter find one")
	case err != nil:
		return nil, fmt.Errorf("look for a person below %s: %w", d.BaseDN, err)
	case len(found.Entries) == 0:
		return nil, stranger("no entry fits what was typed")
	}
	p := d.read(found.Entries[0], login)
	if p.Disabled != "" {
		return nil, stranger("%s: %s", p.DN, p.Disabled)
	}
	return p, nil
}

// search is a question to the directory. What stands for another entry, or leads to another server, is not followed.
func (d *Directory) search(base string, scope, most int, filter string, attributes []string) *ldap.SearchRequest {
	r := ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, most, d.TimeoutSeconds, false, filter, attributes, nil)
	r.EnforceSizeLimit = true
	return r
}

func (d *Directory) attributes() []string {
	all := slices.Concat(d.ids(), d.logins(), disabledAttributes,
		[]string{d.MailAttribute, d.FirstNameAttribute, d.LastNameAttribute, "displayName", "cn"})
	return slices.DeleteFunc(all, func(a string) bool { return a == "" })
}

// read reads an entry. Of several addresses it is the one that was typed, and else the first.
func (d *Directory) read(e *ldap.Entry, login string) *person {
	p := &person{DN: e.DN, ID: d.id(e), First: cut(e.GetEqualFoldAttributeValue(d.FirstNameAttribute)),
		Last: cut(e.GetEqualFoldAttributeValue(d.LastNameAttribute)), Disabled: disabled(e, time.Now())}
	if p.First == "" {
		whole := e.GetEqualFoldAttributeValue("displayName")
		if whole == "" {
			whole = e.GetEqualFoldAttributeValue("cn")
		}
		first, last, _ := strings.Cut(strings.TrimSpace(whole), " ")
		p.First, p.Last = cut(first), cut(last)
	}
	for _, name := range d.logins() {
		if p.Login = e.GetEqualFoldAttributeValue(name); p.Login != "" {
			break
		}
	}
	for _, address := range e.GetEqualFoldAttributeValues(d.MailAttribute) {
		if p.Email == "" || strings.EqualFold(strings.TrimSpace(address), login) {
			p.Email = address
		}
	}
	return p
}

// id is what an entry is known by for ever: the attribute's name with its value, so that it can be asked for by that.
func (d *Directory) id(e *ldap.Entry) string {
	for _, name := range d.ids() {
		raw := e.GetEqualFoldRawAttributeValue(name)
		if len(raw) == 0 {
			continue
		}
		if strings.EqualFold(name, "objectGUID") {
			return "objectguid=" + hex.EncodeToString(raw)
		}
		return strings.ToLower(name) + "=" + strings.ToLower(string(raw))
	}
	return dnID + foldDN(e.DN)
}

// dnID begins what entries are known by that have nothing better than their name.
const dnID = "dn="

// foldDN is a name in one of the many ways in which it can be written.
func foldDN(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	return strings.ToLower(parsed.String())
}

const maxName = 255

func cut(s string) string {
	if r := []rune(strings.TrimSpace(s)); len(r) > maxName {
		return string(r[:maxName])
	}
	return strings.TrimSpace(s)
}

const (
	adDisabled  = 2                   // a bit of userAccountControl
	adNever     = 9223372036854775807 // of accountExpires, as 0
	adEpoch     = 116444736000000000  // 1970, in steps of 100 nanoseconds since 1601
	lockedByAll = "000001010000Z"     // of pwdAccountLockedTime: by an administrator, until they take it back
)

// disabled says why nobody comes in by an entry. A lock that passes is for the directory to hold.
func disabled(e *ldap.Entry, now time.Time) string {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(e.GetEqualFoldAttributeValue(name), 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	isTrue := func(name string) bool { return strings.EqualFold(e.GetEqualFoldAttributeValue(name), "true") }
	switch expires := number("accountExpires"); {
	case number("userAccountControl")&adDisabled != 0:
		return "the account is disabled there (userAccountControl)"
	case expires > 0 && expires != adNever && time.Unix(0, (expires-adEpoch)*100).Before(now):
		return "the account has expired there (accountExpires)"
	case e.GetEqualFoldAttributeValue("pwdAccountLockedTime") == lockedByAll:
		return "the account is locked there (pwdAccountLockedTime)"
	case isTrue("nsAccountLock"), isTrue("loginDisabled"), isTrue("ds-pwp-account-disabled"):
		return "the account is locked there"
	}
	return ""
}

// elsewhere is who the directory has proved somebody to be.
func (d *Directory) elsewhere(p *person) user.Elsewhere {
	return user.Elsewhere{Medium: user.MediumDirectory, Provider: provider, ID: p.ID, Email: p.Email,
		Verified: d.TrustAddresses, Vouches: true, Invited: d.AlwaysSignUp, First: p.First, Last: p.Last}
}

// roles are what groups give in workspaces.
func (d *Directory) roles() []app.WorkspaceGroup {
	roles := make([]app.WorkspaceGroup, 0, len(d.WorkspaceGroups))
	for _, text := range d.WorkspaceGroups {
		if g, err := app.ParseWorkspaceGroup(text); err == nil { // checked when it was set
			roles = append(roles, g)
		}
	}
	return roles
}
