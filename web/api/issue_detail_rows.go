package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
)

// IntakeLite is a work item's place in the intake, inside the work item.
type IntakeLite struct {
	ID          string  `json:"id"`
	Status      int     `json:"status"`
	DuplicateTo *string `json:"duplicate_to"`
	SnoozedTill *string `json:"snoozed_till"`
	Source      *string `json:"source"`
}

func expandIntake(c *app.Call, d *store.IssueDetail) (any, error) {
	rows, err := issue.Intakes(c, d.ID)
	list := make([]IntakeLite, len(rows))
	for i, n := range rows {
		list[i] = IntakeLite{
			ID: n.ID, Status: n.Status, DuplicateTo: n.DuplicateToID, SnoozedTill: c.TimePtr(n.SnoozedTill),
			Source: n.Source,
		}
	}
	return list, err
}

// AttachmentLite is a file inside a work item.
type AttachmentLite struct {
	ID         string     `json:"id"`
	Asset      string     `json:"asset"`
	Attributes store.JSON `json:"attributes"`
	CreatedBy  *string    `json:"created_by"`
	UpdatedAt  string     `json:"updated_at"`
	UpdatedBy  *string    `json:"updated_by"`
	AssetURL   *string    `json:"asset_url"`
}

func expandAttachments(c *app.Call, d *store.IssueDetail) (any, error) {
	rows, err := asset.AttachedTo(c, d.ID)
	list := make([]AttachmentLite, len(rows))
	for i := range rows {
		f := &rows[i]
		list[i] = AttachmentLite{
			ID: f.ID, Asset: f.Asset, Attributes: f.Attributes, CreatedBy: f.CreatedByID,
			UpdatedAt: c.Time(f.UpdatedAt), UpdatedBy: f.UpdatedByID, AssetURL: asset.URL(f, c.Workspace.Slug),
		}
	}
	return list, err
}

// IssueInCycle is the row that ties a work item to a cycle, with the work item inside.
type IssueInCycle struct {
	Made
	ID          string        `json:"id"`
	IssueDetail CycleIssueRow `json:"issue_detail"`
	Project     string        `json:"project"`
	Workspace   string        `json:"workspace"`
	Issue       string        `json:"issue"`
	Cycle       string        `json:"cycle"`
}

// CycleIssueRow is a work item as it is kept, with short forms of what it refers to.
type CycleIssueRow struct {
	KeptIssue
	LabelDetails    []labelLite  `json:"label_details"`
	StateDetail     *issueState  `json:"state_detail"`
	ProjectDetail   *ProjectLite `json:"project_detail"`
	AssigneeDetails []UserLite   `json:"assignee_details"`
	SubIssuesCount  *int         `json:"sub_issues_count"`
	AttachmentCount *int         `json:"attachment_count"`
	LinkCount       *int         `json:"link_count"`
}

type labelLite struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

func expandCycle(c *app.Call, d *store.IssueDetail) (any, error) {
	ties, err := issue.Cycles(c, d.ID)
	if err != nil || len(ties) == 0 {
		return []IssueInCycle{}, err
	}
	row, err := cycleIssueRow(c, d)
	list := make([]IssueInCycle, len(ties))
	for i, tie := range ties {
		list[i] = IssueInCycle{
			Made: made(c, tie.AuditFields), ID: tie.ID, IssueDetail: row, Project: tie.ProjectID, Workspace: tie.WorkspaceID,
			Issue: tie.IssueID, Cycle: tie.CycleID,
		}
	}
	return list, err
}

func cycleIssueRow(c *app.Call, d *store.IssueDetail) (CycleIssueRow, error) {
	w, err := issue.ReadWhole(c, d)
	if err != nil {
		return CycleIssueRow{}, err
	}
	lite := NewProjectLite(w.Project)
	out := CycleIssueRow{
		KeptIssue: keptIssue(c, w.Issue, d.AssigneeIDs, d.LabelIDs), LabelDetails: []labelLite{},
		AssigneeDetails: []UserLite{}, SubIssuesCount: counted(d.SubIssues), AttachmentCount: counted(d.Attachments),
		LinkCount: counted(d.Links), ProjectDetail: &lite,
	}
	for _, l := range w.Labels {
		out.LabelDetails = append(out.LabelDetails, labelLite{l.ID, l.Name, l.Color})
	}
	for i := range w.Assignees {
		out.AssigneeDetails = append(out.AssigneeDetails, NewUserLite(&w.Assignees[i]))
	}
	if s := w.State; s != nil {
		out.StateDetail = &issueState{s.ID, s.Name, s.Color, s.Group}
	}
	return out, nil
}
