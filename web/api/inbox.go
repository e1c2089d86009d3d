package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// inboxOps are the intakes themselves. The reference lets everybody read and write one by its id: here, as the list.
func inboxOps(plural string) []web.Op {
	all, one, members := inProject+plural, inProject+plural+"{pk:uuid}/", web.Project(app.Admin, app.Member)
	return []web.Op{
		web.Do("GET", all, members, 200, "Read the intake of a project", currentInbox),
		web.Do("POST", all, members, 201, "Add an intake, which no project can", addInbox),
		web.Do("GET", one, members, 200, "Read an intake", getInbox),
		web.Do("PATCH", one, members, 200, "Change an intake", changeInbox),
		web.Do("DELETE", one, members, 204, "Delete an intake that is not the default one", deleteInbox),
	}
}

// Inbox is an intake as this API shows it.
type Inbox struct {
	ID                string      `json:"id"`
	ProjectDetail     ProjectLite `json:"project_detail"`
	PendingIssueCount int         `json:"pending_issue_count"`
	Name              string      `json:"name"`
	Description       string      `json:"description"`
	IsDefault         bool        `json:"is_default"`
	ViewProps         store.JSON  `json:"view_props"`
	LogoProps         store.JSON  `json:"logo_props"`
	Project           string      `json:"project"`
	Workspace         string      `json:"workspace"`
	Made
}

// BlankInbox is what the reference answers for a project without an intake: the fields of a form before anything is
// filled in.
type BlankInbox struct {
	DeletedAt   *string `json:"deleted_at"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	IsDefault   bool    `json:"is_default"`
	ViewProps   *string `json:"view_props"`
	LogoProps   *string `json:"logo_props"`
	CreatedBy   *string `json:"created_by"`
	UpdatedBy   *string `json:"updated_by"`
}

func currentInbox(c *app.Call, _ web.Nothing) (web.AnyOf[Inbox, BlankInbox], error) {
	var out web.AnyOf[Inbox, BlankInbox]
	i, err := issue.CurrentInbox(c)
	switch {
	case err != nil:
	case i == nil:
		out.B = &BlankInbox{}
	default:
		out.A = new(inbox(c, i))
	}
	return out, err
}

func inbox(c *app.Call, i *issue.Inbox) Inbox {
	return Inbox{
		ID: i.ID, ProjectDetail: NewProjectLite(i.Project), PendingIssueCount: i.Pending, Name: i.Name,
		Description: i.Description, IsDefault: i.IsDefault, ViewProps: i.ViewProps, LogoProps: i.LogoProps,
		Project: i.ProjectID, Workspace: i.WorkspaceID, Made: made(c, i.AuditFields),
	}
}

func getInbox(c *app.Call, in intakePath) (Inbox, error) {
	i, err := issue.GetInbox(c, in.PK)
	if err != nil {
		return Inbox{}, err
	}
	return inbox(c, i), nil
}

func changeInbox(c *app.Call, in struct {
	intakePath
	issue.InboxInput
}) (Inbox, error) {
	i, err := issue.ChangeInbox(c, in.PK, in.InboxInput)
	if err != nil {
		return Inbox{}, err
	}
	return inbox(c, i), nil
}

// addInbox checks the request as the reference does, which then fails: the one intake is made when it is switched on.
func addInbox(_ *app.Call, _ struct {
	issue.InboxInput
	DeletedAt *string `json:"deleted_at" check:"required"`
}) (Inbox, error) {
	return Inbox{}, app.Refuse(app.Invalid, "A project has one intake, which is there once it is switched on")
}

func deleteInbox(c *app.Call, in intakePath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteInbox(c, in.PK)
}
