package grant

import (
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// place is a person's membership in a workspace, and what groups gave of it.
type place struct {
	t                       *store.Tx
	user, source, workspace string
	grant                   *store.GrantedRole // nil: nothing
	member                  *store.WorkspaceMember
}

// settle makes the membership what groups give; app.Nobody: nothing.
func (p *place) settle(role app.Role) (change string, err error) {
	if err := p.t.Lock("memberships of " + p.workspace); err != nil { // as app.Call.HoldAccess does
		return "", err
	}
	p.member, err = store.WorkspaceMembers.Get(p.t, dbx.HashExp{"workspace_id": p.workspace, "member_id": p.user})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	active := err == nil && p.member.IsActive
	if p.grant != nil && active && p.member.Role != p.grant.Role { // somebody has changed it by hand since
		p.grant.Before = p.member.Role
	}
	switch {
	case role == app.Nobody && active:
		return p.takeAway()
	case role == app.Nobody:
		return "", store.GrantedRoles.Purge(p.t, p.grant)
	case !active:
		return p.letIn(role)
	}
	return p.change(role)
}

// letIn makes somebody a member who is none.
func (p *place) letIn(role app.Role) (string, error) {
	var err error
	if p.member == nil {
		err = store.WorkspaceMembers.Insert(p.t, store.NewWorkspaceMember(p.workspace, p.user, int(role)))
	} else {
		p.member.Role, p.member.IsActive = int(role), true
		err = store.WorkspaceMembers.Update(p.t, p.member, "role", "is_active")
	}
	if err != nil {
		return "", err
	}
	return p.note(role, 0, "is let into")
}

// change gives a member the role that groups give, or the one that they have by hand when that is higher.
func (p *place) change(role app.Role) (string, error) {
	before := p.member.Role
	if p.grant != nil {
		before = p.grant.Before
	}
	if p.grant == nil && before >= int(role) {
		return "", nil // what they have by hand is enough
	}
	now := max(role, app.Role(before))
	if p.member.Role == int(now) {
		if p.grant.Role == int(now) {
			return "", nil
		}
		return p.note(now, before, "")
	}
	last, err := p.last()
	if err != nil || last && now < app.Admin {
		return p.lastStays(err)
	}
	if err := p.become(now); err != nil {
		return "", err
	}
	return p.note(now, before, "has another role in")
}

// takeAway ends what groups gave: the role falls back to the one by hand, if there was any.
func (p *place) takeAway() (string, error) {
	w, err := store.Workspaces.Find(p.t, p.workspace)
	if errors.Is(err, store.ErrNotFound) {
		return "", store.GrantedRoles.Purge(p.t, p.grant)
	}
	if err != nil {
		return "", err
	}
	last, err := p.last()
	if err != nil || (last || w.OwnerID == p.user) && p.grant.Before < int(app.Admin) {
		return p.lastStays(err)
	}
	said := "is no longer in"
	switch p.grant.Before {
	case 0:
		err = store.EndMembership(p.t, p.member)
	case p.member.Role:
		said = ""
	default:
		said, err = "has another role in", p.become(app.Role(p.grant.Before))
	}
	if err == nil {
		err = store.GrantedRoles.Purge(p.t, p.grant)
	}
	if said != "" {
		said += " workspace " + w.Slug
	}
	return said, err
}

// become writes another role; a guest of the workspace is a guest in all its projects.
func (p *place) become(role app.Role) error {
	p.member.Role = int(role)
	if role == app.Guest {
		if err := store.GuestInProjects(p.t, p.workspace, p.user, int(app.Guest)); err != nil {
			return err
		}
	}
	return store.WorkspaceMembers.Update(p.t, p.member, "role")
}

// last says whether the member is the only active administrator of the workspace.
func (p *place) last() (bool, error) {
	if p.member.Role != int(app.Admin) {
		return false, nil
	}
	n, err := store.WorkspaceMembers.Count(p.t,
		dbx.HashExp{"workspace_id": p.workspace, "role": int(app.Admin), "is_active": true})
	return n <= 1, err
}

func (p *place) lastStays(err error) (string, error) {
	return fmt.Sprintf("stays in workspace %s, which nobody else administers", p.workspace), err
}

// note remembers what groups gave.
func (p *place) note(role app.Role, before int, said string) (string, error) {
	if said != "" {
		said = fmt.Sprintf("%s workspace %s, with role %d", said, p.workspace, role)
	}
	if p.grant == nil {
		return said, store.GrantedRoles.Insert(p.t, &store.GrantedRole{UserID: p.user, Source: p.source,
			WorkspaceID: &p.workspace, Role: int(role), Before: before})
	}
	p.grant.Role, p.grant.Before = int(role), before
	return said, store.GrantedRoles.Update(p.t, p.grant, "role", "before")
}
