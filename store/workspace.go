package store

import "time"

// Workspace is a row of workspaces.
type Workspace struct {
	Meta
	Name             string  `db:"name"`
	Logo             *string `db:"logo"`
	Slug             string  `db:"slug"`
	OwnerID          string  `db:"owner_id"`
	OrganizationSize *string `db:"organization_size"`
	LogoAssetID      *string `db:"logo_asset_id"`
	Timezone         string  `db:"timezone"`
	BackgroundColor  string  `db:"background_color"`
}

// Workspaces is the table of Workspace rows.
var Workspaces = NewTable("workspaces", func(w *Workspace) []string { return []string{WorkspaceKey(w.Slug)} })

// WorkspaceKey is where the cache keeps a workspace.
func WorkspaceKey(slug string) string { return "workspace:" + slug }

// WorkspaceMember is a row of workspace_members.
type WorkspaceMember struct {
	Meta
	Role                    int     `db:"role"`
	MemberID                string  `db:"member_id"`
	WorkspaceID             string  `db:"workspace_id"`
	CompanyRole             *string `db:"company_role"`
	ViewProps               JSON    `db:"view_props"`
	DefaultProps            JSON    `db:"default_props"`
	IssueProps              JSON    `db:"issue_props"`
	IsActive                bool    `db:"is_active"`
	ExploredFeatures        JSON    `db:"explored_features"`
	GettingStartedChecklist JSON    `db:"getting_started_checklist"`
	Tips                    JSON    `db:"tips"`
}

// WorkspaceMembers is the table of WorkspaceMember rows.
var WorkspaceMembers = NewTable("workspace_members", func(m *WorkspaceMember) []string { return []string{AccessKey(m.WorkspaceID, m.MemberID)} })

// AccessKey is where the cache keeps a person's roles in a workspace and its projects.
func AccessKey(workspace, user string) string { return "access:" + workspace + ":" + user }

// WorkspaceInvite is a row of workspace_member_invites.
type WorkspaceInvite struct {
	Meta
	Email       string     `db:"email"`
	Accepted    bool       `db:"accepted"`
	Token       string     `db:"token"`
	Message     *string    `db:"message"`
	RespondedAt *time.Time `db:"responded_at"`
	Role        int        `db:"role"`
	WorkspaceID string     `db:"workspace_id"`
}

// WorkspaceInvites is the table of WorkspaceInvite rows.
var WorkspaceInvites = NewTable[WorkspaceInvite]("workspace_member_invites")
