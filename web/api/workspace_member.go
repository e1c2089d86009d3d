package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var workspaceMembers = []web.Op{
	web.Do("GET", inWorkspace+"members/", web.Workspace(), 200, "List who is or was in the workspace", listWorkspaceMembers),
	web.Do("GET", inWorkspace+"members/{pk:uuid}/", web.Workspace(), 200, "Read a membership", readWorkspaceMember),
	web.Do("PATCH", inWorkspace+"members/{pk:uuid}/", web.Workspace(app.Admin), 200, "Change a membership", updateWorkspaceMember),
	web.Do("DELETE", inWorkspace+"members/{pk:uuid}/", web.Workspace(app.Admin), 204, "End a membership", deleteWorkspaceMember),
	web.Do("POST", inWorkspace+"members/leave/", web.Workspace(), 204, "Leave the workspace", leaveWorkspace),
	web.Do("GET", inWorkspace+"project-members/", web.Workspace().Class(), 200, "List the members of the caller's projects", listProjectsMembers),
	web.Do("POST", inWorkspace+"workspace-views/", web.Workspace().Hidden(), 204, "Keep the caller's view settings", keepViewProps),
	web.Do("GET", inWorkspace+"workspace-members/me/", web.SignedIn(), 200, "Read the caller's membership", readOwnMembership),
	web.Do("GET", "/api/users/me/workspaces/{slug}/project-roles/", web.Workspace().Class(), 200, "Read the caller's roles in projects", readProjectRoles),
}

// membershipFields is what both shapes of a membership have.
type membershipFields struct {
	Made
	Role                    int        `json:"role"`
	CompanyRole             *string    `json:"company_role"`
	ViewProps               store.JSON `json:"view_props"`
	DefaultProps            store.JSON `json:"default_props"`
	IssueProps              store.JSON `json:"issue_props"`
	IsActive                bool       `json:"is_active"`
	GettingStartedChecklist store.JSON `json:"getting_started_checklist"`
	Tips                    store.JSON `json:"tips"`
	ExploredFeatures        store.JSON `json:"explored_features"`
	Workspace               string     `json:"workspace"`
}

func membership(c *app.Call, m *store.WorkspaceMember) membershipFields {
	return membershipFields{
		Made: made(c, m.AuditFields), Role: m.Role, CompanyRole: m.CompanyRole, ViewProps: m.ViewProps,
		DefaultProps: m.DefaultProps, IssueProps: m.IssueProps, IsActive: m.IsActive,
		GettingStartedChecklist: m.GettingStartedChecklist, Tips: m.Tips, ExploredFeatures: m.ExploredFeatures,
		Workspace: m.WorkspaceID,
	}
}

// WorkspaceMember is a membership as colleagues see it.
type WorkspaceMember struct {
	ID     string `json:"id"`
	Member any    `json:"member"` // UserLite or UserAdminLite
	membershipFields
}

func workspaceMember(c *app.Call, m workspace.Member) WorkspaceMember {
	return WorkspaceMember{m.ID, NewUserLite(m.User), membership(c, &m.WorkspaceMember)}
}

// memberFor shows a membership with the address of its person, unless the caller is a guest.
func memberFor(c *app.Call) func(workspace.Member) WorkspaceMember {
	return func(m workspace.Member) WorkspaceMember {
		out := workspaceMember(c, m)
		if c.Access.Workspace > app.Guest {
			out.Member = userAdminLite(m.User)
		}
		return out
	}
}

// OwnMembership is the caller's membership.
type OwnMembership struct {
	ID              string `json:"id"`
	DraftIssueCount int    `json:"draft_issue_count"`
	membershipFields
	Member string `json:"member"`
}

// NoMembership is what people see who are not in the workspace: every field empty, as the reference shows a row that is
// not there.
type NoMembership struct {
	DeletedAt               *string `json:"deleted_at"`
	Role                    *int    `json:"role"`
	CompanyRole             string  `json:"company_role"`
	ViewProps               *string `json:"view_props"`
	DefaultProps            *string `json:"default_props"`
	IssueProps              *string `json:"issue_props"`
	IsActive                bool    `json:"is_active"`
	GettingStartedChecklist *string `json:"getting_started_checklist"`
	Tips                    *string `json:"tips"`
	ExploredFeatures        *string `json:"explored_features"`
	CreatedBy               *string `json:"created_by"`
	UpdatedBy               *string `json:"updated_by"`
	Workspace               *string `json:"workspace"`
	Member                  *string `json:"member"`
}

func listWorkspaceMembers(c *app.Call, in struct {
	Search string `query:"search"`
}) ([]WorkspaceMember, error) {
	ms, err := workspace.ListMembers(c, in.Search)
	return web.Map(ms, memberFor(c)), err
}

func readOwnMembership(c *app.Call, _ web.Nothing) (web.AnyOf[OwnMembership, NoMembership], error) {
	var out web.AnyOf[OwnMembership, NoMembership]
	m, drafts, err := workspace.Membership(c)
	switch {
	case err != nil:
	case m == nil:
		out.B = &NoMembership{}
	default:
		out.A = &OwnMembership{m.ID, drafts, membership(c, m), m.MemberID}
	}
	return out, err
}

func readProjectRoles(c *app.Call, _ web.Nothing) (map[string]app.Role, error) {
	return c.Access.Projects, nil
}

func readWorkspaceMember(c *app.Call, in struct {
	ID string `path:"pk"`
}) (WorkspaceMember, error) {
	m, err := workspace.GetMember(c, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		return WorkspaceMember{}, app.Refuse(app.NotFound, "Workspace member not found")
	}
	if err != nil {
		return WorkspaceMember{}, err
	}
	return memberFor(c)(*m), nil
}

func updateWorkspaceMember(c *app.Call, in struct {
	ID                      string              `path:"pk"`
	Workspace               app.Opt[string]     `json:"workspace" check:"pk"` // read, as every field of the row; it stays
	Role                    app.Opt[int]        `json:"role" check:"choice=20|15|5"`
	CompanyRole             app.Opt[string]     `json:"company_role" check:"null,blank"`
	IsActive                app.Opt[bool]       `json:"is_active"`
	ViewProps               app.Opt[store.JSON] `json:"view_props"`
	DefaultProps            app.Opt[store.JSON] `json:"default_props"`
	IssueProps              app.Opt[store.JSON] `json:"issue_props"`
	ExploredFeatures        app.Opt[store.JSON] `json:"explored_features"`
	GettingStartedChecklist app.Opt[store.JSON] `json:"getting_started_checklist"`
	Tips                    app.Opt[store.JSON] `json:"tips"`
}) (WorkspaceMember, error) {
	if in.Workspace.Set && in.Workspace.V != c.Workspace.ID {
		return WorkspaceMember{}, app.Field("workspace", app.NoObject(in.Workspace.V))
	}
	m, err := workspace.UpdateMember(c, in.ID, func(m *store.WorkspaceMember) (cols []string) {
		app.Change(&cols, "role", in.Role, &m.Role)
		app.ChangePtr(&cols, "company_role", in.CompanyRole, &m.CompanyRole)
		app.Change(&cols, "is_active", in.IsActive, &m.IsActive)
		app.Change(&cols, "view_props", in.ViewProps, &m.ViewProps)
		app.Change(&cols, "default_props", in.DefaultProps, &m.DefaultProps)
		app.Change(&cols, "issue_props", in.IssueProps, &m.IssueProps)
		app.Change(&cols, "explored_features", in.ExploredFeatures, &m.ExploredFeatures)
		app.Change(&cols, "getting_started_checklist", in.GettingStartedChecklist, &m.GettingStartedChecklist)
		app.Change(&cols, "tips", in.Tips, &m.Tips)
		return cols
	})
	if err != nil {
		return WorkspaceMember{}, err
	}
	return workspaceMember(c, *m), nil
}

func deleteWorkspaceMember(c *app.Call, in struct {
	ID string `path:"pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveMember(c, in.ID)
}

func leaveWorkspace(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, workspace.Leave(c)
}

// MemberOfProject is a membership in the map of projects.
type MemberOfProject struct {
	ID           string  `json:"id"`
	Role         int     `json:"role"`
	Member       *string `json:"member"`
	OriginalRole int     `json:"original_role"`
	CreatedAt    string  `json:"created_at"`
}

func listProjectsMembers(c *app.Call, _ web.Nothing) (map[string][]MemberOfProject, error) {
	rows, err := workspace.ListProjectMembers(c)
	out := map[string][]MemberOfProject{}
	for _, m := range rows {
		out[m.ProjectID] = append(out[m.ProjectID], MemberOfProject{
			ID: m.ID, Role: m.Role, Member: m.MemberID, OriginalRole: m.Role, CreatedAt: c.Time(m.CreatedAt),
		})
	}
	return out, err
}

func keepViewProps(c *app.Call, in struct {
	ViewProps store.JSON `json:"view_props"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.KeepViewProps(c, in.ViewProps)
}
