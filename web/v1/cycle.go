package v1

import (
	"cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/cycle"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allCycles      = inProject + "cycles/"
	oneCycle       = allCycles + "{pk:uuid}/"
	inCycle        = allCycles + "{cycle_id:uuid}/"
	archivedCycles = inProject + "archived-cycles/"
)

var cycles = []web.Op{
	do("GET", allCycles, readers, 200, "List cycles", listCycles),
	do("POST", allCycles, writers, 201, "Create a cycle", createCycle),
	do("GET", oneCycle, readers, 200, "Read a cycle", getCycle),
	do("PATCH", oneCycle, writers, 200, "Change a cycle", changeCycle),
	do("DELETE", oneCycle, writers, 204, "Delete a cycle", deleteCycle),
	do("POST", inCycle+"archive/", writers, 204, "Archive a cycle", archiveCycle),
	do("GET", archivedCycles, readers, 200, "List archived cycles", listArchivedCycles),
	do("DELETE", archivedCycles+"{cycle_id:uuid}/unarchive/", writers, 204, "Bring a cycle back", unarchiveCycle),
	do("POST", inCycle+"transfer-issues/", writers, 200, "Move what is not finished to another cycle", transferCycle),
	do("GET", inCycle+"cycle-issues/", readers, 200, "List the work items of a cycle", listCycleIssues),
	do("POST", inCycle+"cycle-issues/", writers, 200, "Put work items into a cycle", addCycleIssues),
	do("GET", inCycle+"cycle-issues/{issue_id:uuid}/", readers, 200, "Read a work item's place in a cycle", getCycleIssue),
	do("DELETE", inCycle+"cycle-issues/{issue_id:uuid}/", writers, 204, "Take a work item out of a cycle",
		removeCycleIssue),
}

// Cycle is a cycle as this API shows it when it is written.
type Cycle struct {
	ID string `json:"id"`
	Made
	Name             string     `json:"name"`
	Description      string     `json:"description"`
	StartDate        *string    `json:"start_date"`
	EndDate          *string    `json:"end_date"`
	ViewProps        store.JSON `json:"view_props"`
	SortOrder        float64    `json:"sort_order"`
	ExternalSource   *string    `json:"external_source"`
	ExternalID       *string    `json:"external_id"`
	ProgressSnapshot store.JSON `json:"progress_snapshot"`
	ArchivedAt       *string    `json:"archived_at"`
	LogoProps        store.JSON `json:"logo_props"`
	Timezone         string     `json:"timezone"`
	Version          int        `json:"version"`
	Project          Ref        `json:"project"`
	Workspace        Ref        `json:"workspace"`
	OwnedBy          Ref        `json:"owned_by"`
}

func cycleOf(c *app.Call, y *store.Cycle) Cycle {
	return Cycle{
		ID: y.ID, Made: made(c, &y.AuditFields), Name: y.Name, Description: y.Description, StartDate: c.TimePtr(y.StartDate),
		EndDate: c.TimePtr(y.EndDate), ViewProps: y.ViewProps, SortOrder: y.SortOrder,
		ExternalSource: y.ExternalSource, ExternalID: y.ExternalID, ProgressSnapshot: y.ProgressSnapshot,
		ArchivedAt: c.TimePtr(y.ArchivedAt), LogoProps: y.LogoProps, Timezone: y.Timezone, Version: y.Version,
		Project: ref(y.ProjectID), Workspace: ref(y.WorkspaceID), OwnedBy: ref(y.OwnedByID),
	}
}

// CountedCycle is a cycle as this API shows it when it is read.
type CountedCycle struct {
	Cycle
	cycle.Numbers
}

func countedCycle(c *app.Call, y *cycle.WithCounts) CountedCycle {
	return CountedCycle{cycleOf(c, &y.Cycle), cycle.NumbersOf(y.Progress)}
}

// ArchivedCycle is a cycle in the list of archived ones.
type ArchivedCycle struct {
	CountedCycle
	TotalEstimates     *float64 `json:"total_estimates"`
	CompletedEstimates *float64 `json:"completed_estimates"`
	StartedEstimates   *float64 `json:"started_estimates"`
}

func archivedCycle(c *app.Call, y *cycle.WithCounts) ArchivedCycle {
	return ArchivedCycle{countedCycle(c, y), y.Sums.Total, y.Sums.Completed, y.Sums.Started}
}

// cycleInput is cycle.Input without what programs can't set, and with the owner and the project.
type cycleInput struct {
	cycle.Input
	ViewProps app.Opt[store.JSON]     `json:"-"`
	LogoProps app.Opt[store.JSON]     `json:"-"`
	Snapshot  app.Opt[store.JSON]     `json:"-"`
	Version   app.Opt[int]            `json:"-"`
	SortOrder app.Opt[store.NullJSON] `json:"sort_order"` // not taken, but with it what is over can be changed
	OwnedBy   app.Opt[string]         `json:"owned_by" alias:"owned_by_id" check:"pk,null"`
	ProjectID app.Opt[string]         `json:"project_id" alias:"project" check:"blank,null"`
}

func (in *cycleInput) more() cycle.ExternalInput {
	return cycle.ExternalInput{ProjectID: in.ProjectID, OwnedBy: in.OwnedBy, Placed: in.SortOrder.Set}
}

// listCycles returns a page, but those that run now without an envelope.
func listCycles(c *app.Call, in struct {
	ordered
	Status    string `query:"status" type:"current|upcoming|completed|draft|incomplete"`
	CycleView string `query:"cycle_view" type:"current|upcoming|completed|draft|incomplete|all"` // the older name
}) (Found[CountedCycle], error) {
	view := cmp.Or(in.Status, in.CycleView)
	if view == "current" {
		rows, _, err := cycle.ListV1(c, store.ListPart{Limit: longestPage}, view, in.OrderBy)
		if err != nil {
			return Found[CountedCycle]{}, err
		}
		all, err := showAll(c, in.View,
			web.Map(rows, func(y cycle.WithCounts) CountedCycle { return countedCycle(c, &y) }))
		return Found[CountedCycle]{all}, err
	}
	page, err := list(c, in.listing,
		func(s store.ListPart) ([]cycle.WithCounts, int, error) { return cycle.ListV1(c, s, view, in.OrderBy) },
		countedCycle)
	return Found[CountedCycle]{page}, err
}

func listArchivedCycles(c *app.Call, in ordered) (Page[ArchivedCycle], error) {
	return list(c, in.listing,
		func(s store.ListPart) ([]cycle.WithCounts, int, error) { return cycle.ListArchivedV1(c, s, in.OrderBy) },
		archivedCycle)
}

func createCycle(c *app.Call, in cycleInput) (Cycle, error) {
	y, err := cycle.CreateV1(c, in.Input, in.more())
	return plain(c, y, err, cycleOf)
}

func getCycle(c *app.Call, in struct {
	byID
	View
}) (Shown[CountedCycle], error) {
	y, err := cycle.GetV1(c, in.PK)
	return one(c, in.View, y, err, countedCycle)
}

func changeCycle(c *app.Call, in struct {
	byID
	cycleInput
}) (Cycle, error) {
	y, err := cycle.ChangeV1(c, in.PK, in.Input, in.more())
	return plain(c, y, err, cycleOf)
}

func deleteCycle(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, cycle.DeleteV1(c, in.PK)
}

// ofCycle is the input of what is done in a cycle.
type ofCycle struct {
	Cycle string `path:"cycle_id"`
}

func archiveCycle(c *app.Call, in ofCycle) (web.Nothing, error) {
	_, err := cycle.Archive(c, in.Cycle, true)
	return web.Nothing{}, err
}

func unarchiveCycle(c *app.Call, in ofCycle) (web.Nothing, error) {
	_, err := cycle.Archive(c, in.Cycle, false)
	return web.Nothing{}, err
}

// Message says that something was done.
type Message struct {
	Message string `json:"message"`
}

func transferCycle(c *app.Call, in struct {
	ofCycle
	To string `json:"new_cycle_id" check:"blank,null"`
}) (Message, error) {
	return Message{"Success"}, cycle.TransferV1(c, in.Cycle, in.To)
}

func listCycleIssues(c *app.Call, in struct {
	ofCycle
	listing
	issue.PublicQuery
}) (Page[Issue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.PublicIssue, int, error) {
		return issue.PublicListIn(c, store.InCycle, in.Cycle, s, in.PublicQuery)
	}, issueOf)
}

// CycleIssue is a work item's place in a cycle.
type CycleIssue struct {
	ID string `json:"id"`
	Made
	Project   Ref `json:"project"`
	Workspace Ref `json:"workspace"`
	Issue     Ref `json:"issue"`
	Cycle     Ref `json:"cycle"`
}

func cycleIssue(c *app.Call, l *store.CycleIssue) CycleIssue {
	return CycleIssue{
		ID: l.ID, Made: made(c, &l.AuditFields), Project: ref(l.ProjectID), Workspace: ref(l.WorkspaceID),
		Issue: ref(l.IssueID), Cycle: ref(l.CycleID),
	}
}

// AddedCycleIssue is a work item's place in a cycle as adding shows it.
type AddedCycleIssue struct {
	CycleIssue
	SubIssuesCount int `json:"sub_issues_count"`
}

func addCycleIssues(c *app.Call, in struct {
	ofCycle
	Issues []string `json:"issues" alias:"issue_ids"`
}) ([]AddedCycleIssue, error) {
	all, err := cycle.AddIssuesV1(c, in.Cycle, in.Issues)
	return web.Map(all, func(l cycle.Link) AddedCycleIssue {
		return AddedCycleIssue{cycleIssue(c, &l.CycleIssue),
			l.SubItems}
	}), err
}

// cycleIssuePath is the input of what is done with one work item of a cycle.
type cycleIssuePath struct {
	ofCycle
	ofIssue
}

func getCycleIssue(c *app.Call, in struct {
	cycleIssuePath
	View
}) (Shown[CycleIssue], error) {
	l, err := cycle.GetIssueV1(c, in.Cycle, in.Issue)
	return one(c, in.View, l, err, cycleIssue)
}

func removeCycleIssue(c *app.Call, in cycleIssuePath) (web.Nothing, error) {
	return web.Nothing{}, cycle.RemoveIssueV1(c, in.Cycle, in.Issue)
}
