// Package grant gives people what their groups elsewhere stand for: a role in workspaces, and that they administer the
// installation. Whoever knows of groups (a provider of sign-in, a directory) says what they give now, and this makes,
// changes and takes away what is different from the last time. What somebody gave by hand stays.
package grant

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Wanted is what the groups of a person give.
type Wanted struct {
	Admin      bool                // of the installation
	Workspaces map[string]app.Role // by slug
}

// Of reads what groups give: the first list makes administrators, the second one gives roles, the highest counting. Who
// compares groups compares letters exactly; Keycloak's paths are the same with and without the slash before.
func Of(groups, admins []string, roles []app.WorkspaceGroup) Wanted {
	has := func(group string) bool {
		return slices.ContainsFunc(groups, func(g string) bool {
			return strings.TrimPrefix(g, "/") == strings.TrimPrefix(group, "/")
		})
	}
	w := Wanted{Admin: slices.ContainsFunc(admins, has), Workspaces: map[string]app.Role{}}
	for _, r := range roles {
		if has(r.Group) {
			w.Workspaces[r.Slug] = max(w.Workspaces[r.Slug], r.Role)
		}
	}
	return w
}

// Apply makes a person, who is written, have what a source's groups give, and no more of what they gave before. The
// last administrator of the installation or of a workspace stays one, and so does a workspace's owner. It returns what
// it changed, in words for the log.
func Apply(t *store.Tx, u *store.User, source string, w Wanted) (changes []string, err error) {
	rows, err := store.GrantedRoles.List(t, dbx.HashExp{"user_id": u.ID, "source": source})
	if err != nil {
		return nil, err
	}
	admin, granted := (*store.GrantedRole)(nil), map[string]*store.GrantedRole{}
	for i, g := range rows {
		if g.WorkspaceID == nil {
			admin = &rows[i]
		} else {
			granted[*g.WorkspaceID] = &rows[i]
		}
	}
	wanted, err := byID(t, w.Workspaces)
	if err != nil {
		return nil, err
	}
	places := slices.AppendSeq(slices.Collect(maps.Keys(wanted)), maps.Keys(granted))
	slices.Sort(places) // whoever holds several locks takes them in the same order
	for _, workspace := range slices.Compact(places) {
		p := place{t: t, user: u.ID, source: source, workspace: workspace, grant: granted[workspace]}
		change, err := p.settle(wanted[workspace])
		if err != nil {
			return nil, err
		}
		if change != "" {
			changes = append(changes, change)
		}
	}
	change, err := settleAdmin(t, u.ID, source, admin, w.Admin)
	if change != "" {
		changes = append(changes, change)
	}
	return changes, err
}

// EndAdministration ends that a person administers the installation because of a source's groups, unless nobody else
// does.
func EndAdministration(t *store.Tx, u *store.User, source string) error {
	row, err := store.GrantedRoles.Get(t, dbx.HashExp{"user_id": u.ID, "source": source, "workspace_id": nil})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = settleAdmin(t, u.ID, source, row, false)
	}
	return err
}

// byID knows workspaces by their ids; those that are not there give nothing.
func byID(t *store.Tx, slugs map[string]app.Role) (map[string]app.Role, error) {
	found := map[string]app.Role{}
	if len(slugs) == 0 {
		return found, nil
	}
	rows, err := store.Workspaces.List(t, store.In("slug", slices.Sorted(maps.Keys(slugs))))
	for _, row := range rows {
		found[row.ID] = slugs[row.Slug]
	}
	return found, err
}

// settleAdmin makes or ends that a person administers the installation.
func settleAdmin(t *store.Tx, person, source string, had *store.GrantedRole, wanted bool) (change string, err error) {
	if !wanted && had == nil {
		return "", nil
	}
	if err := t.Lock(user.AdministratorsLock); err != nil {
		return "", err
	}
	row, err := store.InstanceAdmins.Get(t, dbx.HashExp{"user_id": person})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	is := err == nil
	switch {
	case wanted && is:
		return "", nil // by hand, or as the last time
	case wanted:
		if _, err := user.Promote(t, person, user.Administrator); err != nil {
			return "", err
		}
		change = "administers the installation"
		if had != nil {
			return change, nil
		}
		return change, store.GrantedRoles.Insert(t, &store.GrantedRole{UserID: person, Source: source,
			Role: user.Administrator})
	case is:
		err = user.Dismiss(t, row)
		if errors.Is(err, user.ErrLastAdministrator) {
			return "would not administer the installation any more, and stays the last one who does", nil
		}
		if err != nil {
			return "", err
		}
		change = "administers the installation no more"
	}
	return change, store.GrantedRoles.Purge(t, had)
}
