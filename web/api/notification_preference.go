package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var notificationPreferences = []web.Op{
	web.Do("GET", "/api/users/me/notification-preferences/", web.SignedIn(), 200, "Read which letters the caller wants", readPreference),
	web.Do("PATCH", "/api/users/me/notification-preferences/", web.SignedIn(), 200, "Change which letters the caller wants", updatePreference),
}

// NotificationPreference says which emails about issues a person wants.
type NotificationPreference struct {
	ID string `json:"id"`
	Made
	PropertyChange bool    `json:"property_change"`
	StateChange    bool    `json:"state_change"`
	Comment        bool    `json:"comment"`
	Mention        bool    `json:"mention"`
	IssueCompleted bool    `json:"issue_completed"`
	Reminders      bool    `json:"reminders"` // ours: of due dates
	User           string  `json:"user"`
	Workspace      *string `json:"workspace"`
	Project        *string `json:"project"`
}

func notificationPreference(c *app.Call, p *store.NotificationPreference) NotificationPreference {
	return NotificationPreference{
		ID: p.ID, Made: made(c, p.AuditFields), PropertyChange: p.PropertyChange, StateChange: p.StateChange,
		Comment: p.Comment, Mention: p.Mention, IssueCompleted: p.IssueCompleted, Reminders: !p.RemindersOff,
		User: p.UserID, Workspace: p.WorkspaceID, Project: p.ProjectID,
	}
}

func readPreference(c *app.Call, _ web.Nothing) (NotificationPreference, error) {
	p, err := workspace.EmailPreference(c)
	if err != nil {
		return NotificationPreference{}, err
	}
	return notificationPreference(c, p), nil
}

func updatePreference(c *app.Call, in struct {
	PropertyChange app.Opt[bool] `json:"property_change"`
	StateChange    app.Opt[bool] `json:"state_change"`
	Comment        app.Opt[bool] `json:"comment"`
	Mention        app.Opt[bool] `json:"mention"`
	IssueCompleted app.Opt[bool] `json:"issue_completed"`
	Reminders      app.Opt[bool] `json:"reminders"`

	User      app.Opt[string] `json:"user" check:"pk"`
	Workspace app.Opt[string] `json:"workspace" check:"pk,null"`
	Project   app.Opt[string] `json:"project" check:"pk,null"`
	Faults    app.Fields      `body:"faults"`
}) (NotificationPreference, error) {
	p, err := workspace.EmailPreference(c)
	if err != nil {
		return NotificationPreference{}, err
	}
	if err := workspace.CheckPreference(c, wellFormed(in.User), wellFormed(in.Workspace), wellFormed(in.Project),
		in.Faults); err != nil {
		return NotificationPreference{}, err
	}
	if err := in.Faults.Err(); err != nil {
		return NotificationPreference{}, err
	}
	var cols []string
	app.ChangePtr(&cols, "workspace_id", in.Workspace, &p.WorkspaceID)
	app.ChangePtr(&cols, "project_id", in.Project, &p.ProjectID)
	app.Change(&cols, "property_change", in.PropertyChange, &p.PropertyChange)
	app.Change(&cols, "state_change", in.StateChange, &p.StateChange)
	app.Change(&cols, "comment", in.Comment, &p.Comment)
	app.Change(&cols, "mention", in.Mention, &p.Mention)
	app.Change(&cols, "issue_completed", in.IssueCompleted, &p.IssueCompleted)
	in.Reminders.V = !in.Reminders.V // the column says the opposite, so that it is empty for everybody else
	app.Change(&cols, "reminders_off", in.Reminders, &p.RemindersOff)
	err = workspace.UpdateEmailPreference(c, p, cols...)
	return notificationPreference(c, p), err
}

// wellFormed returns an id, or nil for none and for what is no id.
func wellFormed(id app.Opt[string]) *string {
	if id.V == "" {
		return nil
	}
	return id.Ptr()
}
