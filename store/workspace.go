package store

import (
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Workspace is a row of workspaces.
type Workspace struct {
	AuditFields
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
	AuditFields
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
var WorkspaceMembers = NewTable("workspace_members",
	func(m *WorkspaceMember) []string { return []string{AccessKey(m.WorkspaceID, m.MemberID)} })

// AccessKey is where the cache keeps a person's roles in a workspace and its projects.
func AccessKey(workspace, user string) string { return "access:" + workspace + ":" + user }

// WorkspaceInvite is a row of workspace_member_invites.
type WorkspaceInvite struct {
	AuditFields
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

// NewWorkspaceMember is an active membership with the view settings that new ones have.
func NewWorkspaceMember(workspace, user string, role int) *WorkspaceMember {
	return &WorkspaceMember{WorkspaceID: workspace, MemberID: user, Role: role, IsActive: true,
		ViewProps: memberProps, DefaultProps: memberProps, IssueProps: memberIssueProps}
}

// Plane: db/models/workspace.py
var (
	memberProps = JSON(`{"filters":{"state":null,"labels":null,"priority":null,"assignees":null,"created_by":null,"start_date":null,` +
		`"subscriber":null,"state_group":null,"target_date":null},` +
		`"display_filters":{"type":null,"layout":"list","group_by":null,"order_by":"-created_at","sub_issue":true,` +
		`"show_empty_groups":true,"calendar_date_range":""},` +
		`"display_properties":{"key":true,"link":true,"state":true,"labels":true,"assignee":true,"due_date":true,"estimate":true,` +
		`"priority":true,"created_on":true,"start_date":true,"updated_on":true,"sub_issue_count":true,"attachment_count":true}}`)
	memberIssueProps = JSON(`{"created":true,"assigned":true,"all_issues":true,"subscribed":true}`)
)

// OwnWorkspace is a workspace as one of its people has it.
type OwnWorkspace struct {
	Workspace
	TotalMembers int `db:"total_members"` // active people, no bots
	Role         int `db:"role"`          // the person's
}

// OwnWorkspaces returns the workspaces in which a person is active, newest first; more narrows them.
func OwnWorkspaces(t *Tx, user string, more ...dbx.Expression) ([]OwnWorkspace, error) {
	ws := []OwnWorkspace{}
	err := Workspaces.Query(t).
		AndSelect("(SELECT COUNT(*) FROM workspace_members m JOIN users u ON u.id = m.member_id WHERE m.workspace_id = workspaces.id"+
			" AND m.is_active AND m.deleted_at IS NULL AND NOT u.is_bot) AS total_members", "mine.role AS role").
		InnerJoin("workspace_members mine", dbx.NewExp("mine.workspace_id = workspaces.id AND mine.member_id = {:user}"+
			" AND mine.is_active AND mine.deleted_at IS NULL", dbx.Params{"user": user})).
		AndWhere(dbx.And(more...)).OrderBy("workspaces.created_at DESC").All(&ws)
	return ws, db.Mark(err)
}

// SlugTaken says whether another workspace than id has the slug, letters of either case; in a transaction that writes
// nobody else takes it until that ends. Older ones may differ only in case, which a unique index would not let stay.
func SlugTaken(t *Tx, slug, id string) (bool, error) {
	if !t.Reads() {
		if err := t.Lock("slug " + strings.ToLower(slug)); err != nil {
			return false, err
		}
	}
	where := dbx.NewExp("LOWER([[slug]]) = LOWER({:slug})", dbx.Params{"slug": slug})
	if id != "" {
		where = dbx.And(where, dbx.Not(dbx.HashExp{"id": id}))
	}
	return Workspaces.Exists(t, where)
}

// InWorkspace holds for rows whose column is a person who is or was in the workspace.
func InWorkspace(col, workspace string) dbx.Expression {
	return dbx.NewExp("[["+col+
		"]] IN (SELECT member_id FROM workspace_members WHERE workspace_id = {:workspace} AND deleted_at IS NULL)",
		dbx.Params{"workspace": workspace})
}

// ForgetLastWorkspace clears what people's profiles remember as their last workspace.
func ForgetLastWorkspace(t *Tx, workspace string) error {
	_, err := t.Exec("UPDATE profiles SET last_workspace_id = NULL WHERE last_workspace_id = ?", workspace)
	return err
}

// What a workspace holds and can be reached by other ways than through it.
var workspaceContent = []string{"projects", "project_members", "workspace_members", "workspace_member_invites",
	"deploy_boards", "issues", "cycles", "modules", "pages", "issue_views", "labels", "states", "draft_issues",
	"issue_comments", "file_assets", "notifications", "user_favorites", "user_recent_visits", "webhooks", "stickies",
	"workspace_user_links", "workspace_themes",
	"analytic_views", "intakes",
	"intake_issues", "issue_links", "estimates", "project_identifiers", "project_member_invites"}

// WorkspaceRows is everything that a deleted workspace held, to be marked as deleted.
func WorkspaceRows(workspace string) (all []Stale) {
	for _, table := range workspaceContent {
		all = append(all, living(table, "workspace_id = ?", workspace))
	}
	return all
}

// GuestInProjects makes a person no more than a guest in all projects of a workspace. It follows from their role in the
// workspace: the audit log has that.
func GuestInProjects(t *Tx, workspace, user string, guest int) error {
	_, err := t.Exec("UPDATE project_members SET role = ? WHERE workspace_id = ? AND member_id = ? AND deleted_at IS NULL",
		guest, workspace, user)
	t.Forget(AccessKey(workspace, user))
	return err
}

// LeaveProjects ends a person's memberships in all projects of a workspace, as one in the workspace ends: the audit log
// has that.
func LeaveProjects(t *Tx, workspace, user string) error {
	_, err := t.Exec("UPDATE project_members SET is_active = FALSE, updated_at = ? WHERE workspace_id = ? AND member_id = ? AND is_active"+
		" AND deleted_at IS NULL", t.Now, workspace, user)
	t.Forget(AccessKey(workspace, user))
	return err
}

// EndMembership ends a membership, and with it those in projects and private collections: who comes back has to be let
// in again.
func EndMembership(t *Tx, m *WorkspaceMember) error {
	if err := LeaveProjects(t, m.WorkspaceID, m.MemberID); err != nil {
		return err
	}
	if _, err := CollectionMembers.DeleteWhere(t,
		dbx.HashExp{"workspace_id": m.WorkspaceID, "member_id": m.MemberID}); err != nil {
		return err
	}
	m.IsActive = false
	return WorkspaceMembers.Update(t, m, "is_active")
}

// LeadsAlone says whether any project of the workspace has had nobody but that person, as its administrator.
func LeadsAlone(t *Tx, workspace, user string, admin int) (bool, error) {
	var one int
	err := t.One(`SELECT 1 FROM projects p WHERE p.workspace_id = ? AND p.deleted_at IS NULL
		AND (SELECT COUNT(*) FROM project_members m WHERE m.project_id = p.id) = 1
		AND EXISTS (SELECT 1 FROM project_members m WHERE m.project_id = p.id AND m.member_id = ? AND m.role = ?) LIMIT 1`,
		[]any{workspace, user, admin}, &one)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// OfOpenProjects holds for rows of those of the projects that are in the workspace and not archived.
func OfOpenProjects(workspace string, projects []string) dbx.Expression {
	return dbx.And(In("project_id",
		projects), dbx.NewExp("project_id IN (SELECT id FROM projects WHERE workspace_id = {:workspace}"+
		" AND archived_at IS NULL AND deleted_at IS NULL)", dbx.Params{"workspace": workspace}))
}

// WorkspacePeople says which of those people are active members of the workspace.
func WorkspacePeople(t *Tx, workspace string, users []string) (map[string]bool, error) {
	rows, err := WorkspaceMembers.List(t,
		dbx.And(dbx.HashExp{"workspace_id": workspace, "is_active": true}, In("member_id", users)))
	known := map[string]bool{}
	for _, m := range rows {
		known[m.MemberID] = true
	}
	return known, err
}

// KnownWorkspace is a workspace as the administrators of the installation see it.
type KnownWorkspace struct {
	Workspace
	TotalProjects int    `db:"total_projects"`
	TotalMembers  int    `db:"total_members"` // active people, no bots
	OwnerEmail    string `db:"owner_email"`
	OwnerFirst    string `db:"owner_first"`
	OwnerLast     string `db:"owner_last"`
}

// KnownWorkspaces returns a page of all workspaces that fit, newest first, and how many fit.
func KnownWorkspaces(t *Tx, where dbx.Expression, limit, offset int) ([]KnownWorkspace, int, error) {
	total, err := Workspaces.Count(t, where)
	if err != nil {
		return nil, 0, err
	}
	ws := []KnownWorkspace{}
	err = Workspaces.Query(t).
		AndSelect("(SELECT COUNT(*) FROM projects p WHERE p.workspace_id = workspaces.id AND p.deleted_at IS NULL) AS total_projects",
			"(SELECT COUNT(*) FROM workspace_members m JOIN users u ON u.id = m.member_id WHERE m.workspace_id = workspaces.id"+
				" AND m.is_active AND m.deleted_at IS NULL AND NOT u.is_bot) AS total_members",
			"COALESCE(owner.email, '') AS owner_email", "owner.first_name AS owner_first", "owner.last_name AS owner_last").
		InnerJoin("users owner", dbx.NewExp("owner.id = workspaces.owner_id")).
		AndWhere(where).OrderBy("workspaces.created_at DESC").Limit(int64(limit)).Offset(int64(offset)).All(&ws)
	return ws, total, db.Mark(err)
}

// WorkspaceWithSlug returns the living workspace with that slug, letters of either case: the one that is spelled so
// before others; ErrNotFound if there is none.
func WorkspaceWithSlug(t *Tx, slug string) (*Workspace, error) {
	w, err := Workspaces.Get(t, dbx.HashExp{"slug": slug})
	if !errors.Is(err, ErrNotFound) {
		return w, err
	}
	return Workspaces.First(t, dbx.NewExp("LOWER([[slug]]) = LOWER({:slug})", dbx.Params{"slug": slug}), "created_at")
}
