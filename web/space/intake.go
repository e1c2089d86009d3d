package space

import (
	"encoding/json"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

const (
	reports      = onBoard + "intakes/{intake_id:uuid}/intake-issues/"
	olderReports = onBoard + "intakes/{intake_id:uuid}/inbox-issues/"
	oneReport    = reports + "{pk:uuid}/"
)

var reporting = writesWhere(board.Intake, "Intake is not enabled for this Project Board")

// Reports go by the ids of their places in the intake, not by those of their work items as in the app.
var intake = []web.Op{
	web.Do("GET", reports, reporting, 200, "List what was reported", listReports),
	web.Do("POST", reports, reporting, 200, "Report something", createReport),
	web.Do("GET", olderReports, reporting, 200, "List what was reported", listReports),
	web.Do("POST", olderReports, reporting, 200, "Report something", createReport),
	web.Do("GET", oneReport, reporting, 200, "Read a report", getReport),
	web.Do("PATCH", oneReport, reporting, 200, "Change one's report", patchReport),
	web.Do("DELETE", oneReport, reporting, 204, "Take one's report back", deleteReport),
}

// StateLite is the state of a report.
type StateLite struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
	Group string `json:"group"`
}

// LabelLite is a label of a report.
type LabelLite struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

// Report is a work item that came in through the intake.
type Report struct {
	ID              string           `json:"id"`
	StateDetail     *StateLite       `json:"state_detail"`
	ProjectDetail   api.ProjectLite  `json:"project_detail"`
	LabelDetails    []LabelLite      `json:"label_details"`
	AssigneeDetails []api.UserLite   `json:"assignee_details"`
	IssueIntake     []api.IntakeLite `json:"issue_intake"`
	api.Made
	store.IssueValues
	Point               *int        `json:"point"`
	Name                string      `json:"name"`
	DescriptionJSON     store.JSON  `json:"description_json"`
	DescriptionHTML     string      `json:"description_html"`
	DescriptionStripped *string     `json:"description_stripped"`
	DescriptionBinary   []byte      `json:"description_binary"`
	SequenceID          int         `json:"sequence_id"`
	CompletedAt         *string     `json:"completed_at"`
	ArchivedAt          *store.Date `json:"archived_at"`
	IsDraft             bool        `json:"is_draft"`
	ExternalSource      *string     `json:"external_source"`
	ExternalID          *string     `json:"external_id"`
	Project             string      `json:"project"`
	Workspace           string      `json:"workspace"`
	Parent              *string     `json:"parent"`
	State               *string     `json:"state"`
	EstimatePoint       *string     `json:"estimate_point"`
	Type                *string     `json:"type"`
	Assignees           []string    `json:"assignees"`
	Labels              []string    `json:"labels"`
}

// ListedReport is a Report in a list.
type ListedReport struct {
	Report
	SubIssuesCount int `json:"sub_issues_count"`
}

func report(c *app.Call, r issue.Report) Report {
	d := r.IssueDetail
	out := Report{ID: d.ID, ProjectDetail: api.NewProjectLite(r.Project),
		LabelDetails:    web.Map(r.Labels, func(l *store.Label) LabelLite { return LabelLite{l.ID, l.Name, l.Color} }),
		AssigneeDetails: web.Map(r.Assignees, api.NewUserLite),
		IssueIntake: web.Map(r.In, func(n store.IntakeIssue) api.IntakeLite {
			return api.IntakeLite{ID: n.ID, Status: n.Status, DuplicateTo: n.DuplicateToID,
				SnoozedTill: c.TimePtr(n.SnoozedTill), Source: n.Source}
		}),
		Made: api.Made{CreatedAt: c.Time(d.CreatedAt), UpdatedAt: c.Time(d.UpdatedAt), CreatedBy: d.CreatedByID,
			UpdatedBy: d.UpdatedByID}, IssueValues: d.IssueValues, Point: d.Point, Name: d.Name,
		DescriptionJSON: d.DescriptionJSON,
		DescriptionHTML: d.DescriptionHTML, DescriptionStripped: d.DescriptionStripped,
		DescriptionBinary: d.DescriptionBinary,
		SequenceID:        d.SequenceID, CompletedAt: c.TimePtr(d.CompletedAt), ArchivedAt: d.ArchivedAt,
		IsDraft: d.IsDraft, ExternalSource: d.ExternalSource, ExternalID: d.ExternalID, Project: d.ProjectID,
		Workspace: d.WorkspaceID, Parent: d.ParentID, State: d.StateID, EstimatePoint: d.EstimatePointID, Type: d.TypeID,
		Assignees: d.AssigneeIDs,
		Labels:    d.LabelIDs}
	if s := r.State; s != nil {
		out.StateDetail = &StateLite{s.ID, s.Name, s.Color, s.Group}
	}
	return out
}

func shownReport(c *app.Call, r *issue.Report, err error) (Report, error) {
	if err != nil {
		return Report{}, err
	}
	return report(c, *r), nil
}

type intakePath struct {
	Intake string `path:"intake_id"`
}

type reportPath struct {
	intakePath
	ID string `path:"pk"`
}

func listReports(c *app.Call, in struct {
	intakePath
	Single filter.PublicParams `query:"*"`
}) ([]ListedReport, error) {
	rs, err := issue.ListReports(c, in.Intake, in.Single)
	return web.Map(rs, func(r issue.Report) ListedReport { return ListedReport{report(c, r), r.SubIssues} }), err
}

func createReport(c *app.Call, in struct {
	intakePath
	Issue json.RawMessage `json:"issue"`
}) (Report, error) {
	if err := api.CheckIntakeItem(in.Issue); err != nil {
		return Report{}, err
	}
	var item issue.ReportInput
	if _, err := web.Nested(in.Issue, &item); err != nil {
		return Report{}, err
	}
	r, err := issue.CreateReport(c, in.Intake, item)
	return shownReport(c, r, err)
}

func getReport(c *app.Call, in reportPath) (Report, error) {
	r, err := issue.GetReport(c, in.Intake, in.ID)
	return shownReport(c, r, err)
}

// patchReport: a request without the work item fails in the reference.
func patchReport(c *app.Call, in struct {
	reportPath
	Issue json.RawMessage `json:"issue"`
}) (api.WrittenIssue, error) {
	if len(in.Issue) == 0 {
		return api.WrittenIssue{}, app.Field("issue", "This field is required.")
	}
	var item issue.ReportInput
	if _, err := web.NestedPart(in.Issue, &item); err != nil {
		return api.WrittenIssue{}, err
	}
	id, err := issue.ChangeReport(c, in.Intake, in.ID, item)
	if err != nil {
		return api.WrittenIssue{}, err
	}
	return api.NewWrittenIssue(c, id, issue.Input{})
}

func deleteReport(c *app.Call, in reportPath) (web.Nothing, error) {
	return web.Nothing{}, issue.DropReport(c, in.Intake, in.ID)
}
