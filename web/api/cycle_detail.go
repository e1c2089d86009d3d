package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/cycle"
	"github.com/sailplane/sailplane/app/plan"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneOfCycles = inProject + "cycles/{cycle_id:uuid}/"

var cycleDetails = []web.Op{
	web.Do("GET", inProject+"archived-cycles/", plans, 200, "List archived cycles", listArchivedCycles),
	web.Do("GET", inProject+"archived-cycles/{pk:uuid}/", plans, 200, "Read an archived cycle", getArchivedCycle),
	web.Do("GET", inWorkspace+"cycles/", web.Workspace().Class(), 200, "List cycles of all projects", listAllCycles),
	web.Do("PUT", oneCycle, plans, 200, "Read a cycle; nothing is written", putCycle),
	web.Do("GET", oneOfCycles+"progress/", web.Project(), 200, "Say how far a cycle is", cycleProgress),
	web.Do("GET", oneOfCycles+"analytics/", web.Project(), 200, "Say who has a cycle's work items, and how they burn down", cycleAnalytics),
	web.Do("POST", oneOfCycles+"transfer-issues/", plans, 200, "Move what is not finished to another cycle", transferCycle),
}

// PlainCycle is what every form of a cycle shows.
type PlainCycle struct {
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
}

func plainCycle(s cycle.ForMember) PlainCycle {
	return PlainCycle{
		ID: s.ID, WorkspaceID: s.WorkspaceID, ProjectID: s.ProjectID, Name: s.Name, Description: s.Description,
		StartDate: timeIn(s.StartDate, s.Zone), EndDate: timeIn(s.EndDate, s.Zone), OwnedByID: s.OwnedByID,
		ViewProps: s.ViewProps, SortOrder: s.SortOrder, ExternalSource: s.ExternalSource, ExternalID: s.ExternalID,
		ProgressSnapshot: s.ProgressSnapshot,
	}
}

// ArchivedCycle is a cycle in the list of archived ones.
type ArchivedCycle struct {
	PlainCycle
	ArchivedAt *string `json:"archived_at"`
	IsFavorite bool    `json:"is_favorite"`
	cycle.Numbers
	Status      string   `json:"status"`
	AssigneeIDs []string `json:"assignee_ids"`
}

func archivedCycle(s cycle.ForMember) ArchivedCycle {
	return ArchivedCycle{
		PlainCycle: plainCycle(s), ArchivedAt: timeIn(s.ArchivedAt, s.Zone), IsFavorite: s.IsFavorite,
		Numbers: cycle.NumbersOf(s.Progress), Status: s.Status, AssigneeIDs: s.Assignees,
	}
}

func listArchivedCycles(c *app.Call, _ web.Nothing) ([]ArchivedCycle, error) {
	cs, err := cycle.ListArchived(c)
	return web.Map(cs, archivedCycle), err
}

// ArchivedCycleDetail is an archived cycle read by itself.
type ArchivedCycleDetail struct {
	ArchivedCycle
	LogoProps               store.JSON `json:"logo_props"`
	CreatedBy               *string    `json:"created_by"`
	CompletedEstimatePoints float64    `json:"completed_estimate_points"`
	TotalEstimatePoints     float64    `json:"total_estimate_points"`
	SubIssues               int        `json:"sub_issues"`
	plan.Detail
}

func getArchivedCycle(c *app.Call, in cyclePK) (ArchivedCycleDetail, error) {
	a, err := cycle.GetArchived(c, in.PK)
	if err != nil {
		return ArchivedCycleDetail{}, err
	}
	return ArchivedCycleDetail{
		ArchivedCycle: archivedCycle(a.ForMember), LogoProps: a.LogoProps, CreatedBy: a.CreatedByID,
		CompletedEstimatePoints: a.Progress.Points["completed"], TotalEstimatePoints: a.Progress.TotalPoints,
		SubIssues: a.SubIssues, Detail: a.Detail,
	}, nil
}

// WorkspaceCycle is a cycle in the list of all projects'.
type WorkspaceCycle struct {
	PlainCycle
	LogoProps store.JSON `json:"logo_props"`
	cycle.Numbers
}

func listAllCycles(c *app.Call, _ web.Nothing) ([]WorkspaceCycle, error) {
	cs, err := cycle.ListAll(c)
	return web.Map(cs, func(s cycle.ForMember) WorkspaceCycle {
		return WorkspaceCycle{plainCycle(s), s.LogoProps, cycle.NumbersOf(s.Progress)}
	}), err
}

// UnchangedCycle is what PUT returns, which writes nothing: every field is read-only to it in the reference.
type UnchangedCycle struct {
	PlainCycle
	LogoProps       store.JSON `json:"logo_props"`
	IsFavorite      bool       `json:"is_favorite"`
	TotalIssues     int        `json:"total_issues"`
	CancelledIssues int        `json:"cancelled_issues"`
	CompletedIssues int        `json:"completed_issues"`
	Status          string     `json:"status"`
}

func putCycle(c *app.Call, in cyclePK) (UnchangedCycle, error) {
	s, _, err := cycle.Get(c, in.PK)
	if err != nil {
		return UnchangedCycle{}, err
	}
	n := cycle.NumbersOf(s.Progress)
	return UnchangedCycle{
		PlainCycle: plainCycle(*s), LogoProps: s.LogoProps, IsFavorite: s.IsFavorite, TotalIssues: n.Total,
		CancelledIssues: n.Cancelled, CompletedIssues: n.Completed, Status: s.Status,
	}, nil
}

// CycleProgress is how far a cycle is.
type CycleProgress struct {
	BacklogPoints   float64 `json:"backlog_estimate_points"`
	UnstartedPoints float64 `json:"unstarted_estimate_points"`
	StartedPoints   float64 `json:"started_estimate_points"`
	CancelledPoints float64 `json:"cancelled_estimate_points"`
	CompletedPoints float64 `json:"completed_estimate_points"`
	TotalPoints     float64 `json:"total_estimate_points"`
	cycle.Numbers
}

func cycleProgress(c *app.Call, in cyclePath) (CycleProgress, error) {
	n, now, err := cycle.Progress(c, in.CycleID)
	p := now.Points
	return CycleProgress{
		BacklogPoints: p["backlog"], UnstartedPoints: p["unstarted"], StartedPoints: p["started"],
		CancelledPoints: p["cancelled"], CompletedPoints: p["completed"], TotalPoints: now.TotalPoints, Numbers: n,
	}, err
}

func cycleAnalytics(c *app.Call, in struct {
	cyclePath
	Type *string `query:"type" type:"issues|points"`
}) (web.AnyOf[cycle.CountDistribution, cycle.SumDistribution], error) {
	kind := "issues"
	if in.Type != nil {
		kind = *in.Type
	}
	counts, sums, err := cycle.Analytics(c, in.CycleID, kind)
	return web.AnyOf[cycle.CountDistribution, cycle.SumDistribution]{A: counts, B: sums}, err
}

func transferCycle(c *app.Call, in struct {
	cyclePath
	NewCycleID string `json:"new_cycle_id" check:"blank,null"`
}) (Message, error) {
	if in.NewCycleID != "" {
		if err := checkIDs([]string{in.NewCycleID}); err != nil {
			return Message{}, err
		}
	}
	return Message{"Success"}, cycle.Transfer(c, in.CycleID, in.NewCycleID)
}
