package app

import "github.com/sailplane/sailplane/store"

// RoleInfo is one of the roles that there are: in a workspace or in a project. They are the same everywhere, and so are
// their ids.
type RoleInfo struct {
	ID          string
	Namespace   string // workspace or project
	Slug        string
	Name        string
	Description string
	Level       Role // what it counts as
}

// The namespaces of roles.
const (
	OfWorkspace = "workspace"
	OfProject   = "project"
)

// Roles are all of them, the highest of a namespace first.
var Roles = []RoleInfo{
	{ID: "5a11b1a0-0001-4000-8000-000000000025", Namespace: OfWorkspace, Slug: "owner", Name: "Owner", Level: Admin,
		Description: "Made the workspace, and does in it what its administrators do"},
	{ID: "5a11b1a0-0001-4000-8000-000000000020", Namespace: OfWorkspace, Slug: "admin", Name: "Admin", Level: Admin,
		Description: "Runs the workspace: its people, its settings, the projects that they are in"},
	{ID: "5a11b1a0-0001-4000-8000-000000000015", Namespace: OfWorkspace, Slug: "member", Name: "Member", Level: Member,
		Description: "Makes projects, and joins public ones"},
	{ID: "5a11b1a0-0001-4000-8000-000000000005", Namespace: OfWorkspace, Slug: "guest", Name: "Guest", Level: Guest,
		Description: "Sees only the projects that they were taken into"},
	{ID: "5a11b1a0-0002-4000-8000-000000000020", Namespace: OfProject, Slug: "admin", Name: "Admin", Level: Admin,
		Description: "Runs the project: its people and settings, and whatever is in it"},
	{ID: "5a11b1a0-0002-4000-8000-000000000015", Namespace: OfProject, Slug: "contributor", Name: "Contributor",
		Level: Member, Description: "Makes and changes work items, cycles, modules and pages"},
	{ID: "5a11b1a0-0002-4000-8000-000000000005", Namespace: OfProject, Slug: "guest", Name: "Guest", Level: Guest,
		Description: "Reads, comments, and brings work items into the intake"},
}

// RoleSlug names a role in a namespace. A workspace's owner counts as an administrator, and is one of those but for the
// name.
func RoleSlug(namespace string, role int, owner bool) string {
	if owner && namespace == OfWorkspace && role == int(Admin) {
		return "owner"
	}
	for _, r := range Roles {
		if r.Namespace == namespace && r.Slug != "owner" && role >= int(r.Level) {
			return r.Slug
		}
	}
	return "guest"
}

// OfRole narrows a list of members to those whose role has that slug; empty: any.
func OfRole(f *store.MemberFilter, namespace, slug string) error {
	if slug == "" {
		return nil
	}
	for _, r := range Roles {
		if r.Namespace == namespace && r.Slug == slug {
			level := int(r.Level)
			f.Role = &level
			if namespace == OfWorkspace && r.Level == Admin {
				owner := slug == "owner"
				f.Owner = &owner
			}
			return nil
		}
	}
	return Field("role_slug", `"`+slug+`" is not a valid choice.`)
}
