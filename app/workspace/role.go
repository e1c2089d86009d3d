package workspace

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// RoleShare is how many have a role in the projects of a workspace.
type RoleShare struct {
	app.RoleInfo
	Memberships int // one for each project
	People      int // each of them once
}

// RoleShares is how the people of a workspace share the roles in its projects.
type RoleShares struct {
	Memberships int
	People      int
	Roles       []RoleShare
}

// ProjectRoles counts who has which role in the projects of the call's workspace that are not archived.
func ProjectRoles(c *app.Call) (RoleShares, error) {
	all, byRole, err := store.ProjectRoleShares(c.Read(), c.Workspace.ID)
	if err != nil {
		return RoleShares{}, err
	}
	shares := RoleShares{Memberships: all.Memberships, People: all.People}
	for _, role := range app.Roles {
		if role.Namespace != app.OfProject {
			continue
		}
		share := RoleShare{RoleInfo: role}
		for _, n := range byRole {
			if n.Role == int(role.Level) {
				share.Memberships, share.People = n.Memberships, n.People
			}
		}
		shares.Roles = append(shares.Roles, share)
	}
	return shares, nil
}
