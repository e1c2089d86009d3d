package api

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/cycle"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var cycles = []web.Op{
	web.Do("POST", inProject+"cycles/", web.Project(app.Admin, app.Member), 201, "Create a cycle", createCycle),
	web.Do("POST", inProject+"cycles/{cycle_id:uuid}/cycle-issues/", web.Project(app.Admin, app.Member), 201, "Put work items into a cycle", addCycleIssues),
	web.Do("DELETE", inProject+"cycles/{cycle_id:uuid}/cycle-issues/{issue_id:uuid}/", web.Project(app.Admin, app.Member), 204, "Take a work item out of a cycle", removeCycleIssue),
}

// Cycle is a cycle as this API shows it. Its dates are in the project's time zone.
type Cycle struct {
	ID               string     `json:"id"`
	WorkspaceID      string     `json:"workspace_id"`
	ProjectID        string     `json:"project_id"`
	Name             string     `json:"name"`
	Description      string     `json:"description"`
	StartDate        *string    `json:"start_date"`
	EndDate          *string    `json:"end_date"`
	OwnedByID        string     `json:"owned_by_id"`
	ViewProps        store.JSON `json:"view_props"`
	SortOrder        float64    `json:"sort_order"`
	ExternalSource   *string    `json:"external_source"`
	ExternalID       *string    `json:"external_id"`
	ProgressSnapshot store.JSON `json:"progress_snapshot"`
	LogoProps        store.JSON `json:"logo_props"`
	Version          int        `json:"version"`
	CreatedBy        *string    `json:"created_by"`
	IsFavorite       bool       `json:"is_favorite"`
	TotalIssues      int        `json:"total_issues"`
	CompletedIssues  int        `json:"completed_issues"`
	Status           string     `json:"status"`
	AssigneeIDs      []string   `json:"assignee_ids"`
}

func cycleOf(s cycle.Seen) Cycle {
	return Cycle{ID: s.ID, WorkspaceID: s.WorkspaceID, ProjectID: s.ProjectID, Name: s.Name, Description: s.Description,
		StartDate: timeIn(s.StartDate, s.Zone), EndDate: timeIn(s.EndDate, s.Zone), OwnedByID: s.OwnedByID, ViewProps: s.ViewProps,
		SortOrder: s.SortOrder, ExternalSource: s.ExternalSource, ExternalID: s.ExternalID, ProgressSnapshot: s.ProgressSnapshot,
		LogoProps: s.LogoProps, Version: s.Version, CreatedBy: s.CreatedByID, IsFavorite: s.IsFavorite, TotalIssues: s.Progress.Total,
		CompletedIssues: s.Progress.Issues["completed"], Status: s.Status, AssigneeIDs: s.Assignees}
}

func timeIn(t *time.Time, zone *time.Location) *string {
	if t == nil {
		return nil
	}
	s := app.Time(*t, zone)
	return &s
}

func createCycle(c *app.Call, in cycle.Input) (Cycle, error) {
	s, err := cycle.Create(c, in)
	if err != nil {
		return Cycle{}, err
	}
	return cycleOf(*s), nil
}

// Message is the whole answer of operations that have nothing to show.
type Message struct {
	Message string `json:"message"`
}

var success = Message{"success"}

func addCycleIssues(c *app.Call, in struct {
	CycleID string   `path:"cycle_id"`
	Issues  []string `json:"issues"`
}) (Message, error) {
	if err := checkIDs(in.Issues); err != nil {
		return Message{}, err
	}
	return success, cycle.AddIssues(c, in.CycleID, in.Issues)
}

type cycleIssuePath struct {
	CycleID string `path:"cycle_id"`
	IssueID string `path:"issue_id"`
}

func removeCycleIssue(c *app.Call, in cycleIssuePath) (web.Nothing, error) {
	return web.Nothing{}, cycle.RemoveIssue(c, in.CycleID, in.IssueID)
}
