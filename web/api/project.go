package api

import (
	"errors"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/visit"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneProject = inWorkspace + "projects/{pk:uuid}/"

var projects = []web.Op{
	web.Do("GET", inWorkspace+"projects/", web.Workspace(), 200, "List projects", listProjects),
	web.Do("POST", inWorkspace+"projects/", web.Workspace(app.Admin, app.Member), 201, "Create a project", createProject),
	web.Do("GET", inWorkspace+"projects/details/", web.Workspace(), 200, "List projects in full", listProjectDetails),
	web.Do("GET", oneProject, web.Workspace(), 200, "Read a project", getProject).Refuses(409),
	web.Do("PATCH", oneProject, changesProject, 200, "Change a project", patchProject),
	web.Do("PUT", oneProject, changesProject, 200, "Replace what is said of a project", putProject),
	web.Do("DELETE", oneProject, changesProject, 204, "Delete a project", deleteProject),
	web.Do("POST", inProject+"archive/", web.Project(app.Admin, app.Member), 200, "Archive a project", archiveProject),
	web.Do("DELETE", inProject+"archive/", web.Project(app.Admin, app.Member), 204, "Bring a project back", unarchiveProject),
}

// changesProject: unlike elsewhere an administrator of the workspace needs no membership of the project.
var changesProject = web.Project(app.Admin).OrElse(web.Workspace(app.Admin))

// ProjectBrief is a project in the plain list.
type ProjectBrief struct {
	ID                   string     `json:"id"`
	Name                 string     `json:"name"`
	Identifier           string     `json:"identifier"`
	SortOrder            *float64   `json:"sort_order"`
	LogoProps            store.JSON `json:"logo_props"`
	MemberRole           *int       `json:"member_role"`
	IntakeCount          int        `json:"intake_count"`
	ArchivedAt           *string    `json:"archived_at"`
	Workspace            string     `json:"workspace"`
	CycleView            bool       `json:"cycle_view"`
	IssueViewsView       bool       `json:"issue_views_view"`
	ModuleView           bool       `json:"module_view"`
	PageView             bool       `json:"page_view"`
	InboxView            bool       `json:"inbox_view"`
	GuestViewAllFeatures bool       `json:"guest_view_all_features"`
	ProjectLead          *string    `json:"project_lead"`
	Network              int        `json:"network"`
	CreatedAt            string     `json:"created_at"`
	UpdatedAt            string     `json:"updated_at"`
	CreatedBy            *string    `json:"created_by"`
	UpdatedBy            *string    `json:"updated_by"`
}

func projectBrief(c *app.Call) func(store.ProjectForMember) ProjectBrief {
	return func(p store.ProjectForMember) ProjectBrief {
		return ProjectBrief{ID: p.ID, Name: p.Name, Identifier: p.Identifier, SortOrder: p.Place, LogoProps: p.LogoProps,
			MemberRole: p.MemberRole, IntakeCount: p.IntakeCount, ArchivedAt: c.TimePtr(p.ArchivedAt),
			Workspace: p.WorkspaceID, CycleView: p.CycleView, IssueViewsView: p.IssueViewsView, ModuleView: p.ModuleView,
			PageView: p.PageView, InboxView: p.IntakeView, GuestViewAllFeatures: p.GuestViewAllFeatures,
			ProjectLead: p.ProjectLeadID, Network: p.Network,
			CreatedAt: c.Time(p.CreatedAt), UpdatedAt: c.Time(p.UpdatedAt), CreatedBy: p.CreatedByID, UpdatedBy: p.UpdatedByID}
	}
}

// Project is a project in full, as the caller sees it.
type Project struct {
	ID                    string         `json:"id"`
	IsFavorite            bool           `json:"is_favorite"`
	SortOrder             *float64       `json:"sort_order"`
	MemberRole            *int           `json:"member_role"`
	Anchor                *string        `json:"anchor"`
	Members               []string       `json:"members"`
	CoverImageURL         *string        `json:"cover_image_url"`
	InboxView             bool           `json:"inbox_view"`
	NextWorkItemSequence  int            `json:"next_work_item_sequence"`
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
	Workspace             string         `json:"workspace"`
	DefaultAssignee       *string        `json:"default_assignee"`
	ProjectLead           *string        `json:"project_lead"`
	CoverImageAsset       *string        `json:"cover_image_asset"`
	Estimate              *string        `json:"estimate"`
	DefaultState          *string        `json:"default_state"`
	Made
}

func projectOf(c *app.Call) func(store.ProjectForMember) Project {
	return func(p store.ProjectForMember) Project {
		return Project{ID: p.ID, IsFavorite: p.IsFavorite, SortOrder: p.Place, MemberRole: p.MemberRole, Anchor: p.Anchor,
			Members: p.Members, CoverImageURL: pictureURL(p.CoverImageAssetID, p.CoverImage), InboxView: p.IntakeView,
			NextWorkItemSequence: p.NextSequence, Name: p.Name, Description: p.Description,
			DescriptionText: p.DescriptionText, DescriptionHTML: p.DescriptionHTML, Network: p.Network,
			Identifier: p.Identifier, Emoji: p.Emoji, IconProp: p.IconProp, ModuleView: p.ModuleView, CycleView: p.CycleView,
			IssueViewsView: p.IssueViewsView, PageView: p.PageView, IntakeView: p.IntakeView,
			IsTimeTrackingEnabled: p.IsTimeTrackingEnabled, IsIssueTypeEnabled: p.IsIssueTypeEnabled,
			GuestViewAllFeatures: p.GuestViewAllFeatures, CoverImage: p.CoverImage, ArchiveIn: p.ArchiveIn,
			CloseIn: p.CloseIn, LogoProps: p.LogoProps, ArchivedAt: c.TimePtr(p.ArchivedAt), Timezone: p.Timezone,
			ExternalSource: p.ExternalSource, ExternalID: p.ExternalID, Workspace: p.WorkspaceID,
			DefaultAssignee: p.DefaultAssigneeID, ProjectLead: p.ProjectLeadID, CoverImageAsset: p.CoverImageAssetID,
			Estimate: p.EstimateID, DefaultState: p.DefaultStateID,
			Made: made(c, p.AuditFields)}
	}
}

func oneOf(c *app.Call, p *store.ProjectForMember, err error) (Project, error) {
	if err != nil {
		return Project{}, err
	}
	return projectOf(c)(*p), nil
}

func listProjects(c *app.Call, _ web.Nothing) ([]ProjectBrief, error) {
	ps, err := project.List(c)
	return web.Map(ps, projectBrief(c)), err
}

// listProjectDetails returns all projects by the caller's own order; a page, in the order that is asked for, only to
// those who say which one and how large. Plane: app/views/project/base.py
func listProjectDetails(c *app.Call, in struct {
	web.Pages
	OrderBy *string `query:"order_by"`
}) (web.AnyOf[[]Project, web.Page[Project]], error) {
	var out web.AnyOf[[]Project, web.Page[Project]]
	if in.Whole() {
		ps, err := project.ListInOwnOrder(c)
		out.A = new(web.Map(ps, projectOf(c)))
		return out, err
	}
	p, err := in.Paging(1000)
	if err != nil {
		return out, err
	}
	by := "-created_at"
	if in.OrderBy != nil {
		by = *in.OrderBy
	}
	rows, total, err := project.ListPart(c, by, p.Offset(), p.Size)
	out.B = new(web.Paged(p, total, web.Map(rows, projectOf(c))))
	return out, err
}

func getProject(c *app.Call, _ web.Nothing) (Project, error) {
	p, err := project.Get(c)
	if err == nil {
		visit.Note(c, "project", p.ID, p.ID)
	}
	return oneOf(c, p, err)
}

// newProject has the intake's switch under its own name; see changedProject.
type newProject struct {
	project.Input
	IntakeView bool `json:"intake_view" alias:"inbox_view"`
}

func createProject(c *app.Call, in newProject) (Project, error) {
	p, err := project.Create(c, in.Input, in.IntakeView)
	return oneOf(c, p, err)
}

// changedProject takes the intake's switch under the name that the frontends send, or its own.
type changedProject struct {
	project.Input
	InboxView app.Opt[bool] `json:"inbox_view" alias:"intake_view"`
}

func patchProject(c *app.Call, in changedProject) (Project, error) {
	if fault := in.Faults["inbox_view"]; fault != nil {
		delete(in.Faults, "inbox_view")
		in.Faults["intake_view"] = fault
	}
	p, err := project.Change(c, in.Input, in.InboxView)
	return oneOf(c, p, err)
}

// putProject wants more than patchProject and knows the intake's switch by its other name; what is not said stays, too.
// With it the reference lets everybody move a project to another workspace, or delete it.
func putProject(c *app.Call, in struct {
	project.Input
	IntakeView app.Opt[bool]      `json:"intake_view" alias:"inbox_view"`
	Workspace  app.Opt[string]    `json:"workspace" check:"required,pk"`
	DeletedAt  app.Opt[time.Time] `json:"deleted_at" check:"required,null"`
}) (Project, error) {
	if in.Workspace.V != "" && in.Workspace.V != c.Workspace.ID {
		in.Faults.Add("workspace", app.NoObject(in.Workspace.V))
	}
	if in.DeletedAt.Ptr() != nil && in.Faults["deleted_at"] == nil {
		in.Faults.Add("deleted_at", "Projects are deleted with DELETE.")
	}
	p, err := project.Change(c, in.Input, in.IntakeView)
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("Project")
	}
	return oneOf(c, p, err)
}

func deleteProject(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, project.Delete(c)
}

func archiveProject(c *app.Call, _ web.Nothing) (map[string]string, error) {
	at, err := project.Archive(c, true)
	if err != nil {
		return nil, err
	}
	return map[string]string{"archived_at": pythonTime(*at)}, nil
}

func unarchiveProject(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	_, err := project.Archive(c, false)
	return web.Nothing{}, err
}

// pythonTime writes a time as the reference does where it forgot to choose a format.
func pythonTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000000-07:00") }
