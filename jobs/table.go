package jobs

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/notify"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

// Handlers says who does which kind of job.
func Handlers() map[string]Handler {
	return map[string]Handler{
		store.JobIssueChanged:      inTurn(On(notify.IssueChanged), On(webhook.IssueChanged)),
		store.JobHappened:          On(webhook.Happened),
		store.JobDeliver:           On(webhook.Deliver),
		store.JobPageCopied:        On(asset.PageCopied),
		issue.JobFetchLink:         On(issue.FetchPage),
		app.JobMail:                On(sendMail),
		analytic.JobSend:           On(analytic.Send),
		export.JobWrite:            On(export.Write),
		store.JobProjectDeleted:    On(project.Cascade),
		workspace.JobDeleteContent: On(workspace.DeleteContent),
		workspace.JobDemo:          On(demoProject),
	}
}

// Entries are what is done by the clock.
func Entries() []Entry {
	return []Entry{
		{"issue-changes", "*/10 * * * *", sweepChanges},
		{"limits", "*/10 * * * *", app.SweepLimits},
		{"expired-sessions", "10 3 * * *", user.PurgeSessions},
		{"hard-delete", "20 3 * * *", hardDelete},
		{"exports", "50 3 * * *", export.Sweep},
		{"uploads", "40 4 * * *", asset.Sweep},
	}
}
