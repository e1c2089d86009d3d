// Package retention removes what is kept no longer: one rule is one row of Rules. Nothing else in the server removes
// rows for their age, but reminders, which forget dates that are over.
package retention

import (
	"context"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

// Rule says of which rows no more than those of so many days are kept, or which of them are of no use.
type Rule struct {
	Name    string // in figures and commands
	What    string // in words, for people
	Setting string // the key in [retention] that says for how many days; empty: it is not for anybody to say
	Often   bool   // every ten minutes, and not only at night

	days    func(r *app.RetentionConfig) int // nil: none
	zeroAll bool                             // 0 days keep nothing, and not everything
	stale   func(s scope) ([]store.Stale, error)
	step    func(a *app.App) Step // in place of stale
	first   func(ctx context.Context, a *app.App) error
}

// Step removes up to so many rows, and returns how many.
type Step func(t *store.Tx, most int) (int64, error)

// scope is what a rule goes by.
type scope struct {
	ctx         context.Context
	app         *app.App
	now, before time.Time // what is older than before may go
}

// Rules are all there are, in the order in which they are followed.
func Rules() []Rule { return slices.Concat(rulesOfLogs(), rulesOfFiles(), rulesOfDeleted()) }

// rulesOfLogs are about what ends by itself, and what was noted down.
func rulesOfLogs() []Rule {
	return []Rule{
		{Name: "changes", What: "changes of work items that every node has followed", Often: true, step: forgetChanges},
		{Name: "stream-events", What: "what happened, for those who listen", Setting: "event_days", Often: true,
			days: func(r *app.RetentionConfig) int { return r.EventDays }, step: forgetEvents,
			first: numberEvents},
		{Name: "limits", What: "counts of requests whose minute is over", Often: true, step: forgetLimits},
		{Name: "sessions", What: "sessions that have ended", stale: since("sessions", "session_key", "expire_date")},
		{Name: "halfway-sign-ins", What: "sign-ins that never came to their end",
			stale: since(store.HalfwaySignIns.Name, "id", "expires_at")},
		{Name: "remembered-browsers", What: "browsers that are to ask for the second factor again",
			stale: since(store.RememberedBrowsers.Name, "id", "expires_at")},
		{Name: "codes", What: "codes that are no longer good", stale: since("codes", "purpose", "expires_at")},
		{Name: "webhook-logs", What: "what webhooks were sent", Setting: "webhook_log_days",
			days:  func(r *app.RetentionConfig) int { return r.WebhookLogDays },
			stale: since(store.WebhookLogs.Name, "id", "created_at")},
		{Name: "webhook-deliveries", What: "events that webhooks were told of", Setting: "webhook_log_days",
			days:  func(r *app.RetentionConfig) int { return r.WebhookLogDays },
			stale: one(func(s scope) store.Stale { return store.StaleDeliveries(s.before) })},
		{Name: "mail-logs", What: "what letters were made of", Setting: "mail_log_days",
			days:  func(r *app.RetentionConfig) int { return r.MailLogDays },
			stale: since("email_notification_logs", "id", "created_at")},
		{Name: "api-logs", What: "requests by key", Setting: "api_log_days", zeroAll: true,
			days:  func(r *app.RetentionConfig) int { return r.APILogDays },
			stale: since(store.APIActivityLogs.Name, "id", "created_at")},
		{Name: "audit", What: "the oldest of the audit log", Setting: "audit_days",
			days: func(r *app.RetentionConfig) int { return r.AuditDays }, step: forgetAudit},
		{Name: "notifications", What: "what people were told", Setting: "notification_days",
			days:  func(r *app.RetentionConfig) int { return r.NotificationDays },
			stale: since(store.Notifications.Name, "id", "created_at")},
		{Name: "page-versions", What: "old versions of pages", Setting: "page_version_days",
			days:  func(r *app.RetentionConfig) int { return r.PageVersionDays },
			stale: old(store.PageVersions.Name, "page_id")},
		{Name: "page-versions-many", What: "versions of pages over retention.versions",
			stale: many(store.PageVersions.Name, "page_id")},
		{Name: "description-versions", What: "old versions of work items' descriptions", Setting: "description_version_days",
			days:  func(r *app.RetentionConfig) int { return r.DescriptionVersionDays },
			stale: old(store.IssueDescriptionVersions.Name, "issue_id")},
		{Name: "description-versions-many", What: "versions of descriptions over retention.versions",
			stale: many(store.IssueDescriptionVersions.Name, "issue_id")},
	}
}

// rulesOfFiles are about files that were sent, or made to be fetched.
func rulesOfFiles() []Rule {
	return []Rule{
		{Name: "export-files", What: "files of exports", Setting: "export_days",
			days:  func(r *app.RetentionConfig) int { return r.ExportDays },
			stale: one(func(s scope) store.Stale { return store.StaleExports(s.before) })},
		{Name: "exports", What: "exports in the list", Setting: "export_list_days",
			days:  func(r *app.RetentionConfig) int { return r.ExportListDays },
			stale: listedExports},
		{Name: "uploads", What: "uploads that never came to an end", Setting: "upload_days",
			days:  func(r *app.RetentionConfig) int { return r.UploadDays },
			stale: one(func(s scope) store.Stale { return store.StaleUploads(s.before) })},
		{Name: "import-uploads", What: "files that were sent to be imported, with their reports", Setting: "import_days",
			days:  func(r *app.RetentionConfig) int { return r.ImportDays },
			stale: one(func(s scope) store.Stale { return store.StaleImportUploads(s.before) })},
		{Name: "import-arrivals", What: "files to be imported that never came to their end", Setting: "upload_days",
			days:  func(r *app.RetentionConfig) int { return r.UploadDays },
			stale: one(func(s scope) store.Stale { return store.StaleArrivals(s.before) })},
	}
}

// rulesOfDeleted are about what failed, and what was deleted.
func rulesOfDeleted() []Rule {
	return []Rule{
		{Name: "failed-jobs", What: "jobs that failed for good", Setting: "failed_job_days",
			days:  func(r *app.RetentionConfig) int { return r.FailedJobDays },
			stale: one(func(s scope) store.Stale { return store.StaleJobs(s.before) })},
		{Name: "deleted", What: "what people deleted, with its files", Setting: "deleted_days", days: deletedDays,
			stale: deleted},
		{Name: "history", What: "history of work items that are gone for good", Setting: "deleted_days", days: deletedDays,
			stale: one(func(s scope) store.Stale { return store.StaleHistory(s.before) })},
		{Name: "texts", What: "texts of comments that are gone for good", Setting: "deleted_days", days: deletedDays,
			stale: one(func(s scope) store.Stale { return store.StaleDescriptions(s.before) })},
		{Name: "numbers", What: "numbers of work items that are gone for good",
			stale: one(func(scope) store.Stale { return store.StaleNumbers() })},
	}
}

func deletedDays(r *app.RetentionConfig) int { return r.DeletedDays }

// one makes a rule about one table.
func one(stale func(s scope) store.Stale) func(scope) ([]store.Stale, error) {
	return func(s scope) ([]store.Stale, error) { return []store.Stale{stale(s)}, nil }
}

// since makes a rule about rows of which the time in a column is too long ago.
func since(table, key, column string) func(scope) ([]store.Stale, error) {
	return one(func(s scope) store.Stale { return store.StaleSince(table, key, column, s.before) })
}

// old makes a rule about versions that are too old.
func old(table, of string) func(scope) ([]store.Stale, error) {
	return one(func(s scope) store.Stale { return store.StaleVersions(table, of, 0, s.before) })
}

// many makes a rule about versions of which there are too many.
func many(table, of string) func(scope) ([]store.Stale, error) {
	return func(s scope) ([]store.Stale, error) {
		most := s.app.Config.Retention.Versions
		if most == 0 {
			return nil, nil
		}
		return []store.Stale{store.StaleVersions(table, of, most, time.Time{})}, nil
	}
}

// listedExports is the rows of old exports; the files of which the row says where they are go first.
func listedExports(s scope) ([]store.Stale, error) {
	return []store.Stale{store.StaleExports(s.before),
		store.StaleSince(store.Exporters.Name, "id", "created_at", s.before)}, nil
}

// deleted is all that people have deleted, those rows first that nothing refers to: so that few go along with others.
func deleted(s scope) ([]store.Stale, error) {
	tables, err := s.app.DB.SoftTables(s.ctx)
	if err != nil {
		return nil, err
	}
	var all []store.Stale
	for _, table := range tables {
		all = append(all, store.StaleDeleted(table, s.before))
	}
	return all, nil
}

func forgetAudit(a *app.App) Step { return audit.Old(a) }

func forgetChanges(*app.App) Step { return outline.Sweep }

// mostEvents is how many events are kept, however young they are: some 30 MB.
const mostEvents = 100_000

func forgetEvents(a *app.App) Step {
	var before time.Time // nothing is older
	if days := a.Config.Retention.EventDays; days > 0 {
		before = a.DB.Now().AddDate(0, 0, -days)
	}
	return func(t *store.Tx, most int) (int64, error) {
		return store.SweepStreamEvents(t, before, mostEvents, most)
	}
}

func numberEvents(ctx context.Context, a *app.App) error { return store.NumberStreamEvents(ctx, a.DB) }

func forgetLimits(a *app.App) Step { return a.Limits().Sweep }
