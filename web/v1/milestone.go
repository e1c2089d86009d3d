package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/milestone"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allMilestones   = inProject + "milestones/"
	oneMilestone    = allMilestones + "{pk:uuid}/"
	milestoneIssues = allMilestones + "{milestone_id:uuid}/work-items/"
)

const (
	milestoneExample = `{"id":"` + exampleID + `","title":"Beta","target_date":"2026-05-08","external_source":null,` +
		`"external_id":null,` + exampleIn + `}`
	milestoneIssueExample = `{"id":"` + exampleID + `","issue":"` + otherID + `","milestone":"` + exampleID + `",` +
		exampleIn + `}`
)

var milestones = []web.Op{
	do("GET", allMilestones, readers, 200, "List milestones", listMilestones).
		Explained("By their dates, those without one last.").Like("", examplePage(milestoneExample)),
	do("POST", allMilestones, writers, 201, "Create a milestone", createMilestone).
		Like(`{"title":"Beta","target_date":"2026-05-08"}`, milestoneExample),
	do("GET", oneMilestone, readers, 200, "Read a milestone", getMilestone).Like("", milestoneExample),
	do("PATCH", oneMilestone, writers, 200, "Change a milestone", changeMilestone).
		Explained("Only the keys that are sent change.").Like(`{"target_date":"2026-05-15"}`, milestoneExample),
	do("DELETE", oneMilestone, changes("milestones"), 204, "Delete a milestone", deleteMilestone).
		Explained("One's own, or as an administrator of the project. Its work items stay."),
	do("GET", milestoneIssues, readers, 200, "List the work items of a milestone", listMilestoneIssues).
		Explained("Without archived ones; what came last comes first. expand=issue shows the work items themselves.").
		Like("", examplePage(milestoneIssueExample)),
	do("POST", milestoneIssues, writers, 201, "Put work items into a milestone", addMilestoneIssues).
		Explained("Of the same project, all or none; the answer has those that were not in it. A work item is in one"+
			" milestone at most: it leaves the other one.").
		Like(`{"issues":["`+otherID+`"]}`, `[`+milestoneIssueExample+`]`),
	do("DELETE", milestoneIssues, writers, 204, "Take work items out of a milestone", removeMilestoneIssues).
		Explained("Those that are not in it are passed over.").Like(`{"issues":["`+otherID+`"]}`, ""),
}

// Milestone is a milestone as this API shows it.
type Milestone struct {
	ID string `json:"id"`
	Made
	Title          string      `json:"title"`
	TargetDate     *store.Date `json:"target_date"`
	ExternalSource *string     `json:"external_source"`
	ExternalID     *string     `json:"external_id"`
	Project        Ref         `json:"project"`
	Workspace      Ref         `json:"workspace"`
}

func milestoneOf(c *app.Call, m *store.Milestone) Milestone {
	return Milestone{ID: m.ID, Made: made(c, &m.AuditFields), Title: m.Title, TargetDate: m.TargetDate,
		ExternalSource: m.ExternalSource, ExternalID: m.ExternalID, Project: ref(m.ProjectID), Workspace: ref(m.WorkspaceID)}
}

// MilestoneIssue is a work item's place in a milestone.
type MilestoneIssue struct {
	ID string `json:"id"`
	Made
	Project   Ref `json:"project"`
	Workspace Ref `json:"workspace"`
	Milestone Ref `json:"milestone"`
	Issue     Ref `json:"issue"`
}

func milestoneIssueOf(c *app.Call, m *store.MilestoneIssue) MilestoneIssue {
	return MilestoneIssue{ID: m.ID, Made: made(c, &m.AuditFields), Project: ref(m.ProjectID),
		Workspace: ref(m.WorkspaceID), Milestone: ref(m.MilestoneID), Issue: ref(m.IssueID)}
}

func listMilestones(c *app.Call, in ordered) (Page[Milestone], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.Milestone, int, error) {
		return milestone.List(c, s, in.OrderBy)
	}, milestoneOf)
}

func createMilestone(c *app.Call, in milestone.Input) (Milestone, error) {
	m, err := milestone.Create(c, in)
	return plain(c, m, err, milestoneOf)
}

func getMilestone(c *app.Call, in struct {
	byID
	View
}) (Shown[Milestone], error) {
	m, err := milestone.Get(c, in.PK)
	return one(c, in.View, m, err, milestoneOf)
}

func changeMilestone(c *app.Call, in struct {
	byID
	milestone.Input
}) (Milestone, error) {
	m, err := milestone.Change(c, in.PK, in.Input)
	return plain(c, m, err, milestoneOf)
}

func deleteMilestone(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, milestone.Delete(c, in.PK)
}

type ofMilestone struct {
	Milestone string `path:"milestone_id"`
}

func listMilestoneIssues(c *app.Call, in struct {
	ofMilestone
	listing
}) (Page[MilestoneIssue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.MilestoneIssue, int, error) {
		return milestone.ListIssues(c, in.Milestone, s)
	}, milestoneIssueOf)
}

type inMilestone struct {
	ofMilestone
	Issues []string `json:"issues" alias:"work_item_ids" check:"required,pk"`
}

func addMilestoneIssues(c *app.Call, in inMilestone) ([]MilestoneIssue, error) {
	all, err := milestone.AddIssues(c, in.Milestone, in.Issues)
	return web.Map(all, func(m store.MilestoneIssue) MilestoneIssue { return milestoneIssueOf(c, &m) }), err
}

func removeMilestoneIssues(c *app.Call, in inMilestone) (web.Nothing, error) {
	return web.Nothing{}, milestone.RemoveIssues(c, in.Milestone, in.Issues)
}
