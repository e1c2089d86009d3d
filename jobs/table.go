package jobs

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/notify"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/upgrade"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

// Lanes are the lanes of all kinds of jobs.
func Lanes() map[string]string {
	lanes := map[string]string{}
	for kind, duty := range Handlers() {
		lanes[kind] = string(duty.Lane)
	}
	return lanes
}

// Handlers says who does which kind of job, and in which lane.
func Handlers() map[string]Duty {
	return map[string]Duty{
		mail.Job:                   {Mail, On(sendMail)},
		store.JobIssueChanged:      {Inside, On(notify.IssueChanged)},
		store.JobPageCopied:        {Inside, On(asset.PageCopied)},
		store.JobProjectDeleted:    {Inside, On(project.Cascade)},
		workspace.JobDeleteContent: {Inside, On(workspace.DeleteContent)},
		workspace.JobDemo:          {Inside, On(demoProject)},
		store.JobDeliver:           {Outside, On(webhook.Deliver)},
		issue.JobFetchLink:         {Outside, On(issue.FetchPage)},
		analytic.JobSend:           {Long, On(analytic.Send)},
		export.JobWrite:            {Long, On(export.Write)},
		upgrade.JobClean:           {Long, On(upgrade.Clean)},
		backup.JobMake:             {Backup, On(backup.Run)},
		backup.JobVerify:           {Backup, On(backup.RunVerify)},
		retention.Job:              {Clean, On(retention.Round)},
	}
}

// Entries are what is done by the clock.
func Entries(cfg *app.Config) []Entry {
	entries := []Entry{
		{"clean", "*/10 * * * *", retention.Due},
		{"parts", "40 4 * * *", asset.SweepParts},
	}
	if cfg.Backup.Schedule != "" {
		entries = append(entries, Entry{"backup", cfg.Backup.Schedule, backup.Due})
	}
	return entries
}
