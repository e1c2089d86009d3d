package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var modules = []web.Op{
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

func moduleOf(c *app.Call) func(module.Seen) Module {
	return func(s module.Seen) Module {
		n := s.Progress.Issues
		return Module{ID: s.ID, WorkspaceID: s.WorkspaceID, ProjectID: s.ProjectID, Name: s.Name, Description: s.Description,
			DescriptionText: s.DescriptionText, DescriptionHTML: s.DescriptionHTML, StartDate: s.StartDate, TargetDate: s.TargetDate,
			Status: s.Status, LeadID: s.LeadID, MemberIDs: s.Members, ViewProps: s.ViewProps, SortOrder: s.SortOrder,
			ExternalSource: s.ExternalSource, ExternalID: s.ExternalID, LogoProps: s.LogoProps, TotalEstimatePoints: s.Progress.TotalPoints,
			CompletedEstimatePoints: s.Progress.Points["completed"], IsFavorite: s.IsFavorite, TotalIssues: s.Progress.Total,
			CancelledIssues: n["cancelled"], CompletedIssues: n["completed"], StartedIssues: n["started"], UnstartedIssues: n["unstarted"],
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
	Issues   []string `json:"issues"`
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
	Modules        []string `json:"modules"`
	RemovedModules []string `json:"removed_modules"`
}) (Message, error) {
	if err := checkIDs(append(in.Modules, in.RemovedModules...)); err != nil {
		return Message{}, err
	}
	return success, module.Sort(c, in.IssueID, in.Modules, in.RemovedModules)
}
