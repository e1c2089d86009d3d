package directory

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/sailplane/sailplane/app"
)

// How far groups within groups are followed, and how many there may be.
const (
	mostSteps  = 10
	mostGroups = 1000
	perSearch  = 50 // of which groups name them is asked for at a time
)

// errManyGroups says that nobody knows all groups of a person: they are left as they were.
var errManyGroups = errors.New("the person is in more groups, or in groups within more groups, than are looked at")

// inChain is Active Directory's rule that follows groups within groups by itself.
const inChain = "1.2.840.113556.1.4.1941"

// groupFilter is by what groups are found that name an entry.
func (d *Directory) groupFilter(dn, login string) string {
	text := d.GroupFilter
	switch {
	case text != "":
	case d.NestedGroups == app.NestedChain:
		text = "(member:" + inChain + ":={dn})"
	case login == "":
		text = "(|(member={dn})(uniqueMember={dn}))"
	default:
		text = "(|(member={dn})(uniqueMember={dn})(memberUid={login}))"
	}
	if login == "" {
		login = dn // a group has no login: its name stands for it, which no person's is
	}
	dn, login = ldap.EscapeFilter(dn), ldap.EscapeFilter(login)
	return strings.NewReplacer("{dn}", dn, "{login}", login, "{username}", login).Replace(text)
}

// groups are the names of all groups that a person is in, each in the ways in which the settings may name it.
func (d *Directory) groups(s *session, p *person) (names []string, err error) {
	seen := map[string]bool{}
	filters := []string{d.groupFilter(p.DN, p.Login)}
	for step := 0; len(filters) > 0; step++ {
		if step == mostSteps {
			return nil, errManyGroups
		}
		var next []string
		for len(filters) > 0 {
			n := min(len(filters), perSearch)
			found, err := d.groupsBy(s, "(|"+strings.Join(filters[:n], "")+")")
			if err != nil {
				return nil, err
			}
			filters = filters[n:]
			for _, g := range found {
				if dn := foldDN(g.DN); !seen[dn] {
					seen[dn] = true
					names = append(names, d.named(g)...)
					next = append(next, d.groupFilter(g.DN, ""))
				}
			}
			if len(seen) > mostGroups {
				return nil, errManyGroups
			}
		}
		if d.NestedGroups == app.NestedWalk {
			filters = next
		}
	}
	return names, nil
}

func (d *Directory) groupsBy(s *session, filter string) ([]*ldap.Entry, error) {
	base := d.GroupBaseDN
	if base == "" {
		base = d.BaseDN
	}
	found, err := s.SearchWithPaging(d.search(base, ldap.ScopeWholeSubtree, 0, filter, []string{d.GroupNameAttribute}),
		perPage)
	if err != nil {
		return nil, fmt.Errorf("look for groups below %s: %w", base, err)
	}
	return found.Entries, nil
}

// named is how the settings may name a group: as its entry is named, however that is written, or by the name it has.
func (d *Directory) named(g *ldap.Entry) (names []string) {
	wanted := append([]string{}, d.AdminGroups...)
	for _, role := range d.roles() {
		wanted = append(wanted, role.Group)
	}
	folded, called := foldDN(g.DN), g.GetEqualFoldAttributeValues(d.GroupNameAttribute)
	for _, group := range wanted {
		is := strings.Contains(group, "=") && foldDN(group) == folded
		for _, name := range called {
			is = is || strings.EqualFold(name, group)
		}
		if is {
			names = append(names, group)
		}
	}
	return names
}
