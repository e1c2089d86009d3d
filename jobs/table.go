package jobs

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/app/automation"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/itemtype"
	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/notify"
	"github.com/sailplane/sailplane/app/page/room"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/reminder"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/upgrade"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/app/workflow"
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
		letter.JobSend:             {Mail, On(sendLetter)},
		store.JobMentioned:         {Inside, On(letter.Mentioned)},
		store.JobIssueChanged:      {Inside, On(notify.IssueChanged)},
		store.JobPageCopied:        {Inside, On(asset.PageCopied)},
		store.JobProjectDeleted:    {Inside, On(project.Cascade)},
		store.JobPropertyDeleted:   {Inside, On(itemtype.Cascade)},
		workspace.JobDeleteContent: {Inside, On(workspace.DeleteContent)},
		workspace.JobDemo:          {Inside, On(demoProject)},
		store.JobHookActs:          {Inside, On(issue.RunHook)},
		store.JobHookSends:         {Outside, On(workflow.SendHook)},
		store.JobDeliver:           {Outside, On(webhook.Deliver)},
		app.JobFetchLink:           {Outside, On(issue.FetchPage)},
		analytic.JobSend:           {Long, On(analytic.Send)},
		automation.Job:             {Long, On(automation.Run)},
		store.JobExport:            {Long, On(export.Write)},
		upgrade.JobClean:           {Long, On(upgrade.Clean)},
		store.JobImport:            {Import, On(importUpload)},
		backup.JobMake:             {Backup, On(backup.Run)},
		backup.JobVerify:           {Backup, On(backup.RunVerify)},
		retention.Job:              {Clean, On(retention.Round)},
	}
}

// tries is how often a kind of job is tried, if not as most are. Letters about work outlive a weekend without a mail
// server: the last try is about three days after the first.
var tries = map[string]int{letter.JobSend: 24}

// Entries are what is done by the clock.
func Entries(cfg *app.Config) []Entry {
	entries := []Entry{
		{"reminders", "*/15 * * * *", reminder.Run},
		{"letters", "* * * * *", letter.Gather},
		{"typed pages", "* * * * *", room.FoldLeft},
		{"recurring work items", "* * * * *", issue.MakeRecurring},
		{"automations", "0 1 * * *", automation.Due},
		{"clean", "*/10 * * * *", retention.Due},
		{"parts", "40 4 * * *", asset.SweepParts},
		{"directory", "20 3 * * *", directory.Sync},
	}
	if cfg.Backup.Schedule != "" {
		entries = append(entries, Entry{"backup", cfg.Backup.Schedule, backup.Due})
	}
	return entries
}
