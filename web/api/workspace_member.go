package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var workspaceMembers = []web.Op{
	web.Do("GET", inWorkspace+"members/", web.Workspace(), 200, "List who is or was in the workspace", listWorkspaceMembers),
	web.Do("GET", inWorkspace+"workspace-members/me/", web.SignedIn(), 200, "Read the caller's membership", readOwnMembership),
	web.Do("GET", "/api/users/me/workspaces/{slug}/project-roles/", web.Workspace(), 200, "Read the caller's roles in projects", readProjectRoles),
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
	return membershipFields{made(c, m.Meta), m.Role, m.CompanyRole, m.ViewProps, m.DefaultProps,
		m.IssueProps, m.IsActive, m.GettingStartedChecklist, m.Tips, m.ExploredFeatures, m.WorkspaceID}
}

// WorkspaceMember is a membership as colleagues see it.
type WorkspaceMember struct {
	ID     string `json:"id"`
	Member any    `json:"member"` // UserLite or UserAdminLite
	membershipFields
}

func workspaceMember(c *app.Call, m workspace.Member) WorkspaceMember {
	return WorkspaceMember{m.ID, userLite(m.User), membership(c, &m.WorkspaceMember)}
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

// NoMembership is what people see who are not in the workspace: every field empty, as the reference shows a row that is not there.
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

func readOwnMembership(c *app.Call, _ web.Nothing) (any, error) {
	m, drafts, err := workspace.Membership(c)
	if err != nil || m == nil {
		return NoMembership{}, err
	}
	return OwnMembership{m.ID, drafts, membership(c, m), m.MemberID}, nil
}

func readProjectRoles(c *app.Call, _ web.Nothing) (map[string]app.Role, error) {
	return c.Access.Projects, nil
}
