package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const roleExample = `{"id":"5a11b1a0-0002-4000-8000-000000000015","namespace":"project","slug":"contributor",` +
	`"name":"Contributor","description":"Makes and changes work items, cycles, modules and pages","level":15,` +
	`"is_system":true}`

var roles = []web.Op{
	do("GET", inWorkspace+"roles/", everybody, 200, "List the roles that there are", listRoles).
		Explained("They are the same in every workspace, with the same ids; none can be made. level is what memberships have"+
			" as their role.").Like("", examplePage(roleExample)),
	do("GET", inWorkspace+"roles/{role_id:uuid}/", everybody, 200, "Read a role", getRole).
		Explained("See the list of roles.").Like("", roleExample),
	do("GET", inWorkspace+"project-role-distribution/", web.Workspace(app.Admin).Class(), 200,
		"Count who has which role in projects", countRoles).
		Explained("Of all projects that are not archived, for administrators of the workspace: people, not robots, who are"+
			" there now.").
		Like("", `{"total_memberships":3,"total_distinct_members":2,"roles":[{"role_id":"5a11b1a0-0002-4000-8000-000000000020",`+
			`"name":"Admin","slug":"admin","is_system":true,"level":20,"membership_count":3,"distinct_member_count":2}]}`),
}

// Role is one of the roles that there are.
type Role struct {
	ID          string `json:"id"`
	Namespace   string `json:"namespace"`
	Slug        string `json:"slug"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Level       int    `json:"level"`
	IsSystem    bool   `json:"is_system"` // always: nobody makes roles
}

func roleOf(_ *app.Call, r *app.RoleInfo) Role {
	return Role{ID: r.ID, Namespace: r.Namespace, Slug: r.Slug, Name: r.Name, Description: r.Description,
		Level: int(r.Level), IsSystem: true}
}

func listRoles(c *app.Call, in struct {
	listing
	Namespace string `query:"namespace" type:"workspace|project"`
}) (Page[Role], error) {
	found := app.Roles
	switch in.Namespace {
	case "":
	case app.OfWorkspace, app.OfProject:
		found = slices.DeleteFunc(slices.Clone(found), func(r app.RoleInfo) bool { return r.Namespace != in.Namespace })
	default:
		return Page[Role]{}, app.Field("namespace", `"`+in.Namespace+`" is not a valid choice.`)
	}
	return list(c, in.listing, func(s store.ListPart) ([]app.RoleInfo, int, error) {
		from := min(s.Offset, len(found))
		return found[from:min(from+s.Limit, len(found))], len(found), nil
	}, roleOf)
}

func getRole(c *app.Call, in struct {
	ID string `path:"role_id"`
}) (Role, error) {
	at := slices.IndexFunc(app.Roles, func(r app.RoleInfo) bool { return r.ID == in.ID })
	if at < 0 {
		return Role{}, errNowhere
	}
	return roleOf(c, &app.Roles[at]), nil
}

// RoleShare is how many have a role in projects.
type RoleShare struct {
	RoleID      string `json:"role_id"`
	Name        string `json:"name"`
	Slug        string `json:"slug"`
	IsSystem    bool   `json:"is_system"`
	Level       int    `json:"level"`
	Memberships int    `json:"membership_count"`
	People      int    `json:"distinct_member_count"`
}

// RoleShares is how many have which role in the projects of a workspace.
type RoleShares struct {
	Memberships int         `json:"total_memberships"`
	People      int         `json:"total_distinct_members"`
	Roles       []RoleShare `json:"roles"`
}

func countRoles(c *app.Call, _ web.Nothing) (RoleShares, error) {
	all, err := workspace.ProjectRoles(c)
	return RoleShares{all.Memberships, all.People, web.Map(all.Roles, func(r workspace.RoleShare) RoleShare {
		return RoleShare{RoleID: r.ID, Name: r.Name, Slug: r.Slug, IsSystem: true, Level: int(r.Level),
			Memberships: r.Memberships, People: r.People}
	})}, err
}
