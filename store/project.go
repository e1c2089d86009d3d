package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Project is a row of projects.
type Project struct {
	AuditFields
	Name                  string     `db:"name"`
	Description           string     `db:"description"`
	DescriptionText       NullJSON   `db:"description_text"`
	DescriptionHTML       NullJSON   `db:"description_html"`
	Network               int        `db:"network"`
	Identifier            string     `db:"identifier"`
	DefaultAssigneeID     *string    `db:"default_assignee_id"`
	ProjectLeadID         *string    `db:"project_lead_id"`
	WorkspaceID           string     `db:"workspace_id"`
	Emoji                 *string    `db:"emoji"`
	CycleView             bool       `db:"cycle_view"`
	ModuleView            bool       `db:"module_view"`
	CoverImage            *string    `db:"cover_image"`
	IssueViewsView        bool       `db:"issue_views_view"`
	PageView              bool       `db:"page_view"`
	EstimateID            *string    `db:"estimate_id"`
	IconProp              NullJSON   `db:"icon_prop"`
	IntakeView            bool       `db:"intake_view"`
	ArchiveIn             int        `db:"archive_in"`
	CloseIn               int        `db:"close_in"`
	DefaultStateID        *string    `db:"default_state_id"`
	LogoProps             JSON       `db:"logo_props"`
	ArchivedAt            *time.Time `db:"archived_at"`
	IsTimeTrackingEnabled bool       `db:"is_time_tracking_enabled"`
	IsIssueTypeEnabled    bool       `db:"is_issue_type_enabled"`
	GuestViewAllFeatures  bool       `db:"guest_view_all_features"`
	Timezone              string     `db:"timezone"`
	CoverImageAssetID     *string    `db:"cover_image_asset_id"`
	ExternalID            *string    `db:"external_id"`
	ExternalSource        *string    `db:"external_source"`
}

// Projects is the table of Project rows. What is written to one is told to those who follow it.
var Projects = NewTable("projects", func(p *Project) []string { return []string{ProjectKey(p.ID)} })

// ProjectKey is what is said to be forgotten when a project is written.
func ProjectKey(id string) string { return "project:" + id }

// ProjectIdentifier is a row of project_identifiers.
type ProjectIdentifier struct {
	ID          int64      `db:"id"`
	CreatedAt   time.Time  `db:"created_at"`
	UpdatedAt   time.Time  `db:"updated_at"`
	Name        string     `db:"name"`
	CreatedByID *string    `db:"created_by_id"`
	ProjectID   string     `db:"project_id"`
	UpdatedByID *string    `db:"updated_by_id"`
	WorkspaceID *string    `db:"workspace_id"`
	DeletedAt   *time.Time `db:"deleted_at"`
}

// ProjectIdentifiers is the table of ProjectIdentifier rows.
var ProjectIdentifiers = NewTable[ProjectIdentifier]("project_identifiers")

// ProjectMember is a row of project_members.
type ProjectMember struct {
	AuditFields
	Comment      *string `db:"comment"`
	Role         int     `db:"role"`
	MemberID     *string `db:"member_id"`
	ProjectID    string  `db:"project_id"`
	WorkspaceID  string  `db:"workspace_id"`
	ViewProps    JSON    `db:"view_props"`
	DefaultProps JSON    `db:"default_props"`
	SortOrder    float64 `db:"sort_order"`
	Preferences  JSON    `db:"preferences"`
	IsActive     bool    `db:"is_active"`
}

// ProjectMembers is the table of ProjectMember rows.
var ProjectMembers = NewTable("project_members", func(m *ProjectMember) []string {
	if m.MemberID == nil {
		return nil
	}
	return []string{AccessKey(m.WorkspaceID, *m.MemberID)}
})

// ProjectMembersOf returns the active memberships of a project, newest first: of people who are still in the workspace,
// without robots.
func ProjectMembersOf(t *Tx, project string) ([]ProjectMember, error) {
	rows := []ProjectMember{}
	err := ProjectMembers.Query(t).InnerJoin("users",
		dbx.NewExp("users.id = project_members.member_id AND NOT users.is_bot")).
		InnerJoin("workspace_members w",
			dbx.NewExp("w.workspace_id = project_members.workspace_id AND w.member_id = project_members.member_id AND w.is_active AND w.deleted_at IS NULL")).
		AndWhere(dbx.HashExp{"project_members.project_id": project, "project_members.is_active": true}).
		OrderBy("project_members.created_at DESC", "project_members.id DESC").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", db.Mark(err))
	}
	return rows, nil
}

// ProjectInvite is a row of project_member_invites.
type ProjectInvite struct {
	AuditFields
	Email       string     `db:"email"`
	Accepted    bool       `db:"accepted"`
	Token       string     `db:"token"`
	Message     *string    `db:"message"`
	RespondedAt *time.Time `db:"responded_at"`
	Role        int        `db:"role"`
	ProjectID   string     `db:"project_id"`
	WorkspaceID string     `db:"workspace_id"`
}

// ProjectInvites is the table of ProjectInvite rows.
var ProjectInvites = NewTable[ProjectInvite]("project_member_invites")

// ProjectUserProperties is a row of project_user_properties.
type ProjectUserProperties struct {
	AuditFields
	DisplayProperties JSON    `db:"display_properties"`
	ProjectID         string  `db:"project_id"`
	UserID            string  `db:"user_id"`
	WorkspaceID       string  `db:"workspace_id"`
	DisplayFilters    JSON    `db:"display_filters"`
	Filters           JSON    `db:"filters"`
	RichFilters       JSON    `db:"rich_filters"`
	Preferences       JSON    `db:"preferences"`
	SortOrder         float64 `db:"sort_order"`
}

// ProjectUserPropertiesRows is the table of ProjectUserProperties rows.
var ProjectUserPropertiesRows = NewTable[ProjectUserProperties]("project_user_properties")

// ProjectPublicMember is a row of project_public_members.
type ProjectPublicMember struct {
	AuditFields
	MemberID    string `db:"member_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ProjectPublicMembers is the table of ProjectPublicMember rows.
var ProjectPublicMembers = NewTable[ProjectPublicMember]("project_public_members")

// ProjectsLeft returns the projects of a workspace of which a person was a member and is none any more.
func ProjectsLeft(t *Tx, workspace, user string) (ids []string, err error) {
	err = t.Select("project_id").From("project_members").Where(dbx.HashExp{"member_id": user, "workspace_id": workspace,
		"is_active": false, "deleted_at": nil}).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("read what was left: %w", db.Mark(err))
	}
	return ids, nil
}

// ProjectRole is a person's role in a project, and whether that shows guests everything.
type ProjectRole struct {
	ProjectID    string
	Role         int
	GuestsSeeAll bool
}

// ProjectRoles returns a person's roles in the living projects of a workspace in which they are an active member.
func ProjectRoles(t *Tx, workspace, user string) ([]ProjectRole, error) {
	return scanned(t, "read project roles", `SELECT m.project_id, m.role, p.guest_view_all_features FROM project_members m JOIN projects p ON p.id = m.project_id
		WHERE m.member_id = ? AND m.workspace_id = ? AND m.is_active AND m.deleted_at IS NULL AND p.deleted_at IS NULL`, []any{user, workspace},
		func(r *ProjectRole) []any { return []any{&r.ProjectID, &r.Role, &r.GuestsSeeAll} })
}

// InOpenProject holds for rows of a table whose project is neither archived nor deleted.
func InOpenProject(table string) dbx.Expression {
	return dbx.NewExp("EXISTS (SELECT 1 FROM projects open WHERE open.id = [[" + table +
		".project_id]] AND open.archived_at IS NULL AND open.deleted_at IS NULL)")
}
