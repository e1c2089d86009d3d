package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/app/plan"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// DatedModule is a module with the time when it was archived.
type DatedModule struct {
	Module
	ArchivedAt *string `json:"archived_at"`
}

func datedModule(c *app.Call) func(module.ForMember) DatedModule {
	return func(s module.ForMember) DatedModule {
		return DatedModule{moduleOf(c)(s), c.TimePtr(s.ArchivedAt)}
	}
}

// ModuleDetail is a module read by itself.
type ModuleDetail struct {
	DatedModule
	Links                   []ModuleLink `json:"link_module"`
	SubIssues               int          `json:"sub_issues"`
	BacklogEstimatePoints   float64      `json:"backlog_estimate_points"`
	UnstartedEstimatePoints float64      `json:"unstarted_estimate_points"`
	StartedEstimatePoints   float64      `json:"started_estimate_points"`
	CancelledEstimatePoints float64      `json:"cancelled_estimate_points"`
	plan.Detail
}

func moduleDetail(c *app.Call, d *module.Detail) ModuleDetail {
	points := d.Progress.Points
	return ModuleDetail{
		DatedModule: datedModule(c)(d.ForMember), Links: web.Map(d.Links, moduleLink(c)), SubIssues: d.SubIssues,
		BacklogEstimatePoints: points["backlog"], UnstartedEstimatePoints: points["unstarted"],
		StartedEstimatePoints: points["started"], CancelledEstimatePoints: points["cancelled"], Detail: d.Detail,
	}
}

func getModule(c *app.Call, in modulePK) (ModuleDetail, error) {
	d, err := module.Current(c, in.PK)
	if err != nil {
		return ModuleDetail{}, err
	}
	return moduleDetail(c, d), nil
}

// NoModule is how the reference shows an archived module that there is not.
type NoModule struct {
	MemberIDs []string `json:"member_ids"`
	plan.Detail
}

func getArchivedModule(c *app.Call, in modulePK) (web.AnyOf[ModuleDetail, NoModule], error) {
	var out web.AnyOf[ModuleDetail, NoModule]
	d, err := module.Get(c, in.PK, true)
	if errors.Is(err, store.ErrNotFound) {
		out.B = &NoModule{[]string{}, new(plan.Shares).Detail(nil, false)}
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.A = new(moduleDetail(c, d))
	return out, nil
}

// PlainModule is a module without what depends on who looks, and without points.
type PlainModule struct {
	ID              string         `json:"id"`
	WorkspaceID     string         `json:"workspace_id"`
	ProjectID       string         `json:"project_id"`
	Name            string         `json:"name"`
	Description     string         `json:"description"`
	DescriptionText store.NullJSON `json:"description_text"`
	DescriptionHTML store.NullJSON `json:"description_html"`
	StartDate       *store.Date    `json:"start_date"`
	TargetDate      *store.Date    `json:"target_date"`
	Status          string         `json:"status"`
	LeadID          *string        `json:"lead_id"`
	MemberIDs       []string       `json:"member_ids" null:"yes"` // in the workspace's list
	ViewProps       store.JSON     `json:"view_props"`
	SortOrder       float64        `json:"sort_order"`
	ExternalSource  *string        `json:"external_source"`
	ExternalID      *string        `json:"external_id"`
	TotalIssues     int            `json:"total_issues"`
	CancelledIssues int            `json:"cancelled_issues"`
	CompletedIssues int            `json:"completed_issues"`
	StartedIssues   int            `json:"started_issues"`
	UnstartedIssues int            `json:"unstarted_issues"`
	BacklogIssues   int            `json:"backlog_issues"`
	CreatedAt       string         `json:"created_at"`
	UpdatedAt       string         `json:"updated_at"`
	ArchivedAt      *string        `json:"archived_at"`
}

func plainModule(c *app.Call, s module.ForMember, members []string) PlainModule {
	n := s.Progress.Issues
	return PlainModule{
		ID: s.ID, WorkspaceID: s.WorkspaceID, ProjectID: s.ProjectID, Name: s.Name, Description: s.Description,
		DescriptionText: s.DescriptionText, DescriptionHTML: s.DescriptionHTML, StartDate: s.StartDate,
		TargetDate: s.TargetDate, Status: s.Status, LeadID: s.LeadID, MemberIDs: members, ViewProps: s.ViewProps,
		SortOrder: s.SortOrder, ExternalSource: s.ExternalSource, ExternalID: s.ExternalID,
		TotalIssues: s.Progress.Total, CancelledIssues: n["cancelled"], CompletedIssues: n["completed"],
		StartedIssues: n["started"], UnstartedIssues: n["unstarted"], BacklogIssues: n["backlog"],
		CreatedAt: c.Time(s.CreatedAt), UpdatedAt: c.Time(s.UpdatedAt), ArchivedAt: c.TimePtr(s.ArchivedAt),
	}
}

// ArchivedModule is a module in the list of archived ones.
type ArchivedModule struct {
	PlainModule
	IsFavorite bool `json:"is_favorite"`
}

func listArchivedModules(c *app.Call, _ web.Nothing) ([]ArchivedModule, error) {
	ms, err := module.List(c, true)
	return web.Map(ms, func(s module.ForMember) ArchivedModule {
		return ArchivedModule{plainModule(c, s, s.Members),
			s.IsFavorite}
	}), err
}

// WorkspaceModule is a module in the list of all projects'.
type WorkspaceModule struct {
	PlainModule
	LogoProps store.JSON `json:"logo_props"`
}

func listAllModules(c *app.Call, _ web.Nothing) ([]WorkspaceModule, error) {
	ms, err := module.ListAll(c)
	return web.Map(ms, func(s module.ForMember) WorkspaceModule {
		return WorkspaceModule{plainModule(c, s, nil),
			s.LogoProps}
	}), err
}

// ModuleRow is a module as its row.
type ModuleRow struct {
	ID     string  `json:"id"`
	LeadID *string `json:"lead_id"`
	Made
	Name            string         `json:"name"`
	Description     string         `json:"description"`
	DescriptionText store.NullJSON `json:"description_text"`
	DescriptionHTML store.NullJSON `json:"description_html"`
	StartDate       *store.Date    `json:"start_date"`
	TargetDate      *store.Date    `json:"target_date"`
	Status          string         `json:"status"`
	ViewProps       store.JSON     `json:"view_props"`
	SortOrder       float64        `json:"sort_order"`
	ExternalSource  *string        `json:"external_source"`
	ExternalID      *string        `json:"external_id"`
	ArchivedAt      *string        `json:"archived_at"`
	LogoProps       store.JSON     `json:"logo_props"`
	Project         string         `json:"project"`
	Workspace       string         `json:"workspace"`
	Lead            *string        `json:"lead"`
	Members         []string       `json:"members"`
	MemberIDs       []string       `json:"member_ids"`
}

func putModule(c *app.Call, in struct {
	modulePK
	module.Input
}) (ModuleRow, error) {
	s, err := module.Change(c, in.PK, in.Input)
	if err != nil {
		return ModuleRow{}, err
	}
	return ModuleRow{
		ID: s.ID, LeadID: s.LeadID, Made: made(c, s.AuditFields), Name: s.Name, Description: s.Description,
		DescriptionText: s.DescriptionText, DescriptionHTML: s.DescriptionHTML, StartDate: s.StartDate,
		TargetDate: s.TargetDate, Status: s.Status, ViewProps: s.ViewProps, SortOrder: s.SortOrder,
		ExternalSource: s.ExternalSource, ExternalID: s.ExternalID, ArchivedAt: c.TimePtr(s.ArchivedAt),
		LogoProps: s.LogoProps, Project: s.ProjectID, Workspace: s.WorkspaceID, Lead: s.LeadID, Members: s.Members,
		MemberIDs: s.Members,
	}, nil
}
