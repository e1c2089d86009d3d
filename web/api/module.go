package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	oneModule       = inProject + "modules/{pk:uuid}/"
	archivesModule  = inProject + "modules/{module_id:uuid}/archive/"
	favoriteModules = inProject + "user-favorite-modules/"
)

var modules = []web.Op{
	web.Do("GET", inProject+"modules/", web.Project(), 200, "List modules", listModules),
	web.Do("GET", oneModule, plans, 200, "Read a module", getModule),
	web.Do("GET", inProject+"archived-modules/", web.Project().Class(), 200, "List archived modules", listArchivedModules),
	web.Do("GET", inProject+"archived-modules/{pk:uuid}/", web.Project().Class(), 200, "Read an archived module", getArchivedModule),
	web.Do("GET", inWorkspace+"modules/", web.Workspace().Class(), 200, "List modules of all projects", listAllModules),
	web.Do("PUT", oneModule, plans, 200, "Write a module anew", putModule),
	web.Do("PATCH", oneModule, plans, 200, "Change a module", patchModule),
	web.Do("DELETE", oneModule, web.Project(app.Admin).OrCreator("modules"), 204, "Delete a module", deleteModule),
	web.Do("POST", archivesModule, plans.Class(), 200, "Archive a module", archiveModule),
	web.Do("DELETE", archivesModule, plans.Class(), 204, "Bring a module back", unarchiveModule),
	web.Do("POST", favoriteModules, web.Project().Class(), 204, "Make a module a favourite", addFavoriteModule),
	web.Do("DELETE", favoriteModules+"{module_id:uuid}/", web.Project().Class(), 204, "Make a module no favourite", removeFavoriteModule),
	web.Do("POST", inProject+"modules/", web.Project(app.Admin, app.Member), 201, "Create a module", createModule),
	web.Do("POST", inProject+"modules/{module_id:uuid}/issues/", web.Project(app.Admin, app.Member), 201, "Put work items into a module", addModuleIssues),
	web.Do("DELETE", inProject+"modules/{module_id:uuid}/issues/{issue_id:uuid}/", web.Project(app.Admin, app.Member), 204, "Take a work item out of a module", removeModuleIssue),
	web.Do("POST", inProject+"issues/{issue_id:uuid}/modules/", web.Project(app.Admin, app.Member), 201, "Put a work item into modules and take it out of others", sortIntoModules),
}

// Module is a module as this API shows it.
type Module struct {
	ID                      string         `json:"id"`
	WorkspaceID             string         `json:"workspace_id"`
	ProjectID               string         `json:"project_id"`
	Name                    string         `json:"name"`
	Description             string         `json:"description"`
	DescriptionText         store.NullJSON `json:"description_text"`
	DescriptionHTML         store.NullJSON `json:"description_html"`
	StartDate               *store.Date    `json:"start_date"`
	TargetDate              *store.Date    `json:"target_date"`
	Status                  string         `json:"status"`
	LeadID                  *string        `json:"lead_id"`
	MemberIDs               []string       `json:"member_ids"`
	ViewProps               store.JSON     `json:"view_props"`
	SortOrder               float64        `json:"sort_order"`
	ExternalSource          *string        `json:"external_source"`
	ExternalID              *string        `json:"external_id"`
	LogoProps               store.JSON     `json:"logo_props"`
	TotalEstimatePoints     float64        `json:"total_estimate_points"`
	CompletedEstimatePoints float64        `json:"completed_estimate_points"`
	IsFavorite              bool           `json:"is_favorite"`
	TotalIssues             int            `json:"total_issues"`
	CancelledIssues         int            `json:"cancelled_issues"`
	CompletedIssues         int            `json:"completed_issues"`
	StartedIssues           int            `json:"started_issues"`
	UnstartedIssues         int            `json:"unstarted_issues"`
	BacklogIssues           int            `json:"backlog_issues"`
	CreatedAt               string         `json:"created_at"`
	UpdatedAt               string         `json:"updated_at"`
}

func moduleOf(c *app.Call) func(module.ForMember) Module {
	return func(s module.ForMember) Module {
		n := s.Progress.Issues
		return Module{ID: s.ID, WorkspaceID: s.WorkspaceID, ProjectID: s.ProjectID, Name: s.Name, Description: s.Description,
			DescriptionText: s.DescriptionText, DescriptionHTML: s.DescriptionHTML, StartDate: s.StartDate,
			TargetDate: s.TargetDate, Status: s.Status, LeadID: s.LeadID, MemberIDs: s.Members, ViewProps: s.ViewProps,
			SortOrder: s.SortOrder, ExternalSource: s.ExternalSource, ExternalID: s.ExternalID, LogoProps: s.LogoProps,
			TotalEstimatePoints: s.Progress.TotalPoints, CompletedEstimatePoints: s.Progress.Points["completed"],
			IsFavorite: s.IsFavorite, TotalIssues: s.Progress.Total, CancelledIssues: n["cancelled"],
			CompletedIssues: n["completed"], StartedIssues: n["started"], UnstartedIssues: n["unstarted"],
			BacklogIssues: n["backlog"], CreatedAt: c.Time(s.CreatedAt), UpdatedAt: c.Time(s.UpdatedAt)}
	}
}

func createModule(c *app.Call, in module.Input) (Module, error) {
	s, err := module.Create(c, in)
	if err != nil {
		return Module{}, err
	}
	return moduleOf(c)(*s), nil
}

func addModuleIssues(c *app.Call, in struct {
	ModuleID string   `path:"module_id"`
	Issues   []string `json:"issues" alias:"issue_ids"`
}) (Message, error) {
	if err := checkIDs(in.Issues); err != nil {
		return Message{}, err
	}
	return success, module.AddIssues(c, in.ModuleID, in.Issues)
}

func removeModuleIssue(c *app.Call, in struct {
	ModuleID string `path:"module_id"`
	IssueID  string `path:"issue_id"`
}) (web.Nothing, error) {
	return web.Nothing{}, module.RemoveIssue(c, in.ModuleID, in.IssueID)
}

func sortIntoModules(c *app.Call, in struct {
	IssueID        string   `path:"issue_id"`
	Modules        []string `json:"modules" alias:"module_ids"`
	RemovedModules []string `json:"removed_modules"`
}) (Message, error) {
	if err := checkIDs(append(in.Modules, in.RemovedModules...)); err != nil {
		return Message{}, err
	}
	return success, module.Sort(c, in.IssueID, in.Modules, in.RemovedModules)
}

// listModules returns modules; whoever asks for fields gets archived_at too, whatever the fields, as in the reference.
func listModules(c *app.Call, in struct {
	Fields string `query:"fields" type:"words"`
}) (web.AnyOf[[]Module, []DatedModule], error) {
	var out web.AnyOf[[]Module, []DatedModule]
	ms, err := module.List(c, false)
	if in.Fields != "" {
		out.B = new(web.Map(ms, datedModule(c)))
	} else {
		out.A = new(web.Map(ms, moduleOf(c)))
	}
	return out, err
}

type modulePK struct {
	PK string `path:"pk"`
}

func patchModule(c *app.Call, in struct {
	modulePK
	module.Input
}) (Module, error) {
	s, err := module.Change(c, in.PK, in.Input)
	if err != nil {
		return Module{}, err
	}
	return moduleOf(c)(*s), nil
}

func deleteModule(c *app.Call, in modulePK) (web.Nothing, error) {
	return web.Nothing{}, module.Delete(c, in.PK)
}

func archiveModule(c *app.Call, in modulePath) (map[string]string, error) {
	at, err := module.Archive(c, in.ModuleID, true)
	if err != nil {
		return nil, err
	}
	return map[string]string{"archived_at": pythonTime(*at)}, nil
}

func unarchiveModule(c *app.Call, in modulePath) (web.Nothing, error) {
	_, err := module.Archive(c, in.ModuleID, false)
	return web.Nothing{}, err
}

func addFavoriteModule(c *app.Call, in struct {
	Module *string `json:"module" check:"pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.AddFavorite(c, "module", in.Module)
}

func removeFavoriteModule(c *app.Call, in modulePath) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveFavorite(c, "module", in.ModuleID)
}
