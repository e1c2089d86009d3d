package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allWorklogs = oneItem + "worklogs/"
	oneWorklog  = allWorklogs + "{pk:uuid}/"
)

const (
	worklogExample = `{"id":"` + otherID + `","created_at":"2026-05-04T09:30:00Z","updated_at":"2026-05-04T09:30:00Z",` +
		`"description":"Review","duration":30,"created_by":"` + exampleID + `","updated_by":null,"issue_id":"` + exampleID +
		`","project_id":"` + exampleID + `","workspace_id":"` + exampleID + `","logged_by":"` + exampleID + `"}`
	workedExample = `[{"issue_id":"` + exampleID + `","duration":95}]`
)

var worklogs = []web.Op{
	do("GET", allWorklogs, readers, 200, "List the time logged on a work item", listWorklogs).
		Explained("Newest first; duration is in minutes.").Like("", `[`+worklogExample+`]`),
	do("POST", allWorklogs, writers, 201, "Log time on a work item", createWorklog).
		Explained("It is the caller's, of 1 to 525600 minutes. Projects take it whether or not they have time_tracking"+
			" switched on.").Like(`{"duration":30,"description":"Review"}`, worklogExample),
	do("PATCH", oneWorklog, changes("issue_worklogs"), 200, "Change logged time", changeWorklog).
		Explained("One's own, or as an administrator of the project.").Like(`{"duration":30}`, worklogExample),
	do("DELETE", oneWorklog, changes("issue_worklogs"), 204, "Delete logged time", deleteWorklog).
		Explained("One's own, or as an administrator of the project."),
	totalOp("total-worklogs/"),
	totalOp("work-logs/total/"), // as the Node client has it
}

func totalOp(name string) web.Op {
	return do("GET", inProject+name, readers, 200, "Sum the time logged in a project", sumWorklogs).
		Explained("In minutes, for every work item with some that the caller may see, archived ones too.").
		Like("", workedExample)
}

// Worklog is time that somebody has logged on a work item.
type Worklog struct {
	ID          string  `json:"id"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	Description string  `json:"description"`
	Duration    int     `json:"duration"` // minutes
	CreatedBy   *string `json:"created_by"`
	UpdatedBy   *string `json:"updated_by"`
	IssueID     string  `json:"issue_id"`
	ProjectID   string  `json:"project_id"`
	WorkspaceID string  `json:"workspace_id"`
	LoggedBy    string  `json:"logged_by"`
}

func worklogOf(c *app.Call, w *store.Worklog) Worklog {
	return Worklog{ID: w.ID, CreatedAt: c.Time(w.CreatedAt), UpdatedAt: c.Time(w.UpdatedAt), Description: w.Description,
		Duration: w.Duration, CreatedBy: w.CreatedByID, UpdatedBy: w.UpdatedByID, IssueID: w.IssueID,
		ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID, LoggedBy: w.LoggedByID}
}

func listWorklogs(c *app.Call, in ofIssue) ([]Worklog, error) {
	all, err := issue.ListWorklogs(c, in.Issue)
	return web.Map(all, func(w store.Worklog) Worklog { return worklogOf(c, &w) }), err
}

func createWorklog(c *app.Call, in struct {
	ofIssue
	issue.WorklogInput
}) (Worklog, error) {
	w, err := issue.CreateWorklog(c, in.Issue, in.WorklogInput)
	return plain(c, w, err, worklogOf)
}

func changeWorklog(c *app.Call, in struct {
	ofIssue
	byID
	issue.WorklogInput
}) (Worklog, error) {
	w, err := issue.ChangeWorklog(c, in.Issue, in.PK, in.WorklogInput)
	return plain(c, w, err, worklogOf)
}

func deleteWorklog(c *app.Call, in struct {
	ofIssue
	byID
}) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteWorklog(c, in.Issue, in.PK)
}

// WorkedTime is how long was worked on a work item in all, in minutes.
type WorkedTime struct {
	IssueID  string `json:"issue_id"`
	Duration int    `json:"duration"`
}

func sumWorklogs(c *app.Call, _ web.Nothing) ([]WorkedTime, error) {
	all, err := issue.Worked(c)
	return web.Map(all, func(w store.WorkedTime) WorkedTime { return WorkedTime{w.IssueID, w.Minutes} }), err
}
