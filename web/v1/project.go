package v1

import (
	"errors"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneProject = inWorkspace + "projects/{pk:uuid}/"

var (
	everybody = web.Workspace().Class()
	// leads are a project's administrators, and those of the workspace who are in it.
	leads = web.Project(app.Admin).Denied()
)

var projects = []web.Op{
	do("GET", inWorkspace+"projects/", everybody, 200, "List projects", listProjects).Narrowed(),
	do("POST", inWorkspace+"projects/", team, 201, "Create a project", createProject),
	do("GET", oneProject, everybody, 200, "Read a project", getProject),
	do("PATCH", oneProject, leads, 200, "Change a project", changeProject),
	do("DELETE", oneProject, leads, 204, "Delete a project", deleteProject),
	do("POST", inProject+"archive/", leads.NoProject(errNowhere), 204, "Archive a project", archiveProject),
	do("DELETE", inProject+"archive/", leads, 204, "Bring a project back", unarchiveProject),
	web.Do("GET", inProject+"summary/", team, 200, "Count what is in a project", summarise),
}

// Project is a project as this API shows it. Its place among the caller's own is in lists only.
type Project struct {
	ID            string  `json:"id"`
	TotalMembers  int     `json:"total_members"`
	TotalCycles   int     `json:"total_cycles"`
	TotalModules  int     `json:"total_modules"`
	IsMember      bool    `json:"is_member"`
	MemberRole    *int    `json:"member_role"`
	IsDeployed    bool    `json:"is_deployed"`
	CoverImageURL *string `json:"cover_image_url"`
	Made
	Name                  string         `json:"name"`
	Description           string         `json:"description"`
	DescriptionText       store.NullJSON `json:"description_text"`
	DescriptionHTML       store.NullJSON `json:"description_html"`
	Network               int            `json:"network"`
	Identifier            string         `json:"identifier"`
	Emoji                 *string        `json:"emoji"`
	IconProp              store.NullJSON `json:"icon_prop"`
	ModuleView            bool           `json:"module_view"`
	CycleView             bool           `json:"cycle_view"`
	IssueViewsView        bool           `json:"issue_views_view"`
	PageView              bool           `json:"page_view"`
	IntakeView            bool           `json:"intake_view"`
	IsTimeTrackingEnabled bool           `json:"is_time_tracking_enabled"`
	IsIssueTypeEnabled    bool           `json:"is_issue_type_enabled"`
	GuestViewAllFeatures  bool           `json:"guest_view_all_features"`
	CoverImage            *string        `json:"cover_image"`
	ArchiveIn             int            `json:"archive_in"`
	CloseIn               int            `json:"close_in"`
	LogoProps             store.JSON     `json:"logo_props"`
	ArchivedAt            *string        `json:"archived_at"`
	Timezone              string         `json:"timezone"`
	ExternalSource        *string        `json:"external_source"`
	ExternalID            *string        `json:"external_id"`
	Workspace             Ref            `json:"workspace"`
	DefaultAssignee       Ref            `json:"default_assignee"`
	ProjectLead           Ref            `json:"project_lead"`
	CoverImageAsset       *string        `json:"cover_image_asset"`
	Estimate              *string        `json:"estimate"`
	DefaultState          *string        `json:"default_state"`
}

// ListedProject is a project in a list.
type ListedProject struct {
	Project
	SortOrder *float64 `json:"sort_order"` // nil outside the project
}

func projectOf(c *app.Call, p *store.ProjectWithCounts) Project {
	return Project{ID: p.ID, TotalMembers: p.TotalMembers, TotalCycles: p.TotalCycles, TotalModules: p.TotalModules,
		IsMember: p.MemberRole != nil, MemberRole: p.MemberRole, IsDeployed: p.IsDeployed,
		CoverImageURL: app.PictureURL(p.CoverImageAssetID, p.CoverImage), Made: made(c, &p.AuditFields), Name: p.Name,
		Description: p.Description, DescriptionText: p.DescriptionText, DescriptionHTML: p.DescriptionHTML,
		Network: p.Network, Identifier: p.Identifier, Emoji: p.Emoji, IconProp: p.IconProp, ModuleView: p.ModuleView,
		CycleView: p.CycleView, IssueViewsView: p.IssueViewsView, PageView: p.PageView, IntakeView: p.IntakeView,
		IsTimeTrackingEnabled: p.IsTimeTrackingEnabled, IsIssueTypeEnabled: p.IsIssueTypeEnabled,
		GuestViewAllFeatures: p.GuestViewAllFeatures, CoverImage: p.CoverImage, ArchiveIn: p.ArchiveIn,
		CloseIn: p.CloseIn, LogoProps: p.LogoProps, ArchivedAt: c.TimePtr(p.ArchivedAt), Timezone: p.Timezone,
		ExternalSource: p.ExternalSource, ExternalID: p.ExternalID, Workspace: ref(p.WorkspaceID),
		DefaultAssignee: Ref{ID: p.DefaultAssigneeID}, ProjectLead: Ref{ID: p.ProjectLeadID},
		CoverImageAsset: p.CoverImageAssetID, Estimate: p.EstimateID,
		DefaultState: p.DefaultStateID}
}

func listedProject(c *app.Call, p *store.ProjectWithCounts) ListedProject {
	return ListedProject{projectOf(c, p), p.Place}
}

// projectInput is project.Input without what programs can't set, and with the intake's switch.
type projectInput struct {
	project.Input
	DescriptionText app.Opt[store.NullJSON] `json:"-"`
	DescriptionHTML app.Opt[store.NullJSON] `json:"-"`
	Network         app.Opt[int]            `json:"-"`
	LogoProps       app.Opt[store.JSON]     `json:"-"`
	CoverImageAsset app.Opt[string]         `json:"-"`
	ArchivedAt      app.Opt[string]         `json:"-"`
	IntakeView      app.Opt[bool]           `json:"intake_view" alias:"inbox_view"`
}

func listProjects(c *app.Call, in struct {
	listing
	OrderBy string `query:"order_by"`
}) (Page[ListedProject], error) {
	return list(c, in.listing,
		func(s store.ListPart) ([]store.ProjectWithCounts, int, error) {
			return project.ListV1(c, s, in.OrderBy)
		}, listedProject)
}

func createProject(c *app.Call, in projectInput) (Project, error) {
	in.DefaultState, in.Estimate = app.Opt[string]{}, app.Opt[string]{} // a new project has none to choose from
	p, err := project.CreateV1(c, in.Input, in.IntakeView.V)
	return plain(c, p, err, projectOf)
}

func getProject(c *app.Call, in View) (Shown[Project], error) {
	p, err := project.GetV1(c)
	return one(c, in, p, err, projectOf)
}

func changeProject(c *app.Call, in projectInput) (Project, error) {
	p, err := project.ChangeV1(c, in.Input, in.IntakeView)
	return plain(c, p, err, projectOf)
}

func deleteProject(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, project.Delete(c)
}

func archiveProject(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	_, err := project.Archive(c, true)
	return web.Nothing{}, err
}

func unarchiveProject(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	_, err := project.Archive(c, false)
	return web.Nothing{}, err
}

func summarise(c *app.Call, in struct {
	Fields string `query:"fields" type:"words"`
}) (project.Summary, error) {
	names := words(in.Fields)
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	s, err := project.Summarise(c, names)
	if errors.Is(err, store.ErrNotFound) {
		err = app.Refuse(app.NotFound, "Project not found")
	}
	return s, err
}
