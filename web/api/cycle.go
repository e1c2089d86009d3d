package api

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/cycle"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	oneCycle       = inProject + "cycles/{pk:uuid}/"
	favoriteCycles = inProject + "user-favorite-cycles/"
)

var plans = web.Project(app.Admin, app.Member) // who makes and changes cycles and modules

var cycles = []web.Op{
	web.Do("GET", inProject+"cycles/", web.Project(), 200, "List cycles", listCycles),
	web.Do("GET", oneCycle, plans, 200, "Read a cycle", getCycle),
	web.Do("PATCH", oneCycle, plans, 200, "Change a cycle", patchCycle),
	web.Do("DELETE", oneCycle, web.Project(app.Admin).OrCreator("cycles"), 204, "Delete a cycle", deleteCycle),
	web.Do("POST", inProject+"cycles/date-check/", plans, 200, "Ask whether days are free of cycles", checkCycleDates),
	web.Do("POST", inProject+"cycles/{cycle_id:uuid}/archive/", plans, 200, "Archive a cycle", archiveCycle),
	web.Do("DELETE", inProject+"cycles/{cycle_id:uuid}/archive/", plans, 204, "Bring a cycle back", unarchiveCycle),
	web.Do("POST", favoriteCycles, plans, 204, "Make a cycle a favourite", addFavoriteCycle),
	web.Do("DELETE", favoriteCycles+"{cycle_id:uuid}/", plans, 204, "Make a cycle no favourite", removeFavoriteCycle),
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

func cycleOf(s cycle.ForMember) Cycle {
	return Cycle{ID: s.ID, WorkspaceID: s.WorkspaceID, ProjectID: s.ProjectID, Name: s.Name, Description: s.Description,
		StartDate: timeIn(s.StartDate, s.Zone), EndDate: timeIn(s.EndDate, s.Zone), OwnedByID: s.OwnedByID,
		ViewProps: s.ViewProps, SortOrder: s.SortOrder, ExternalSource: s.ExternalSource, ExternalID: s.ExternalID,
		ProgressSnapshot: s.ProgressSnapshot, LogoProps: s.LogoProps, Version: s.Version, CreatedBy: s.CreatedByID,
		IsFavorite: s.IsFavorite, TotalIssues: s.Progress.Total,
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
	Issues  []string `json:"issues" alias:"issue_ids"`
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

// ListedCycle is a cycle in the list.
type ListedCycle struct {
	Cycle
	CancelledIssues int `json:"cancelled_issues"`
}

func listedCycle(s cycle.ForMember) ListedCycle {
	return ListedCycle{cycleOf(s), s.Progress.Issues["cancelled"]}
}

func listCycles(c *app.Call, in struct {
	CycleView string `query:"cycle_view" type:"current|all"`
}) ([]ListedCycle, error) {
	cs, err := cycle.List(c, in.CycleView == "current")
	return web.Map(cs, listedCycle), err
}

// CycleDetail is a cycle read by itself.
type CycleDetail struct {
	Cycle
	SubIssues int `json:"sub_issues"`
}

type cyclePK struct {
	PK string `path:"pk"`
}

func getCycle(c *app.Call, in cyclePK) (CycleDetail, error) {
	s, sub, err := cycle.Get(c, in.PK)
	if err != nil {
		return CycleDetail{}, err
	}
	return CycleDetail{cycleOf(*s), sub}, nil
}

func patchCycle(c *app.Call, in struct {
	cyclePK
	cycle.Input
}) (Cycle, error) {
	s, err := cycle.Change(c, in.PK, in.Input)
	if err != nil {
		return Cycle{}, err
	}
	return cycleOf(*s), nil
}

func deleteCycle(c *app.Call, in cyclePK) (web.Nothing, error) {
	return web.Nothing{}, cycle.Delete(c, in.PK)
}

// DatesFree says whether days are free of cycles.
type DatesFree struct {
	Status bool   `json:"status"`
	Error  string `json:"error,omitempty"`
}

func checkCycleDates(c *app.Call, in struct {
	StartDate *app.WrittenTime `json:"start_date" check:"null,blank"`
	EndDate   *app.WrittenTime `json:"end_date" check:"null,blank"`
	CycleID   string           `json:"cycle_id" check:"null,blank"`
}) (DatesFree, error) {
	if in.StartDate == nil || in.EndDate == nil {
		return DatesFree{}, app.Refuse(app.Invalid, "Start date and end date both are required")
	}
	free, err := cycle.Free(c, *in.StartDate, *in.EndDate, in.CycleID)
	if err != nil || free {
		return DatesFree{Status: free}, err
	}
	return DatesFree{Error: "You have a cycle already on the given dates, if you want to create a draft cycle you can do that by removing dates"}, nil
}

func archiveCycle(c *app.Call, in cyclePath) (map[string]string, error) {
	at, err := cycle.Archive(c, in.CycleID, true)
	if err != nil {
		return nil, err
	}
	return map[string]string{"archived_at": pythonTime(*at)}, nil
}

func unarchiveCycle(c *app.Call, in cyclePath) (web.Nothing, error) {
	_, err := cycle.Archive(c, in.CycleID, false)
	return web.Nothing{}, err
}

func addFavoriteCycle(c *app.Call, in struct {
	Cycle *string `json:"cycle" check:"pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.AddFavorite(c, "cycle", in.Cycle)
}

func removeFavoriteCycle(c *app.Call, in cyclePath) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveFavorite(c, "cycle", in.CycleID)
}
