package app

import (
	"errors"
	"fmt"
)

// RetentionConfig says for how many days is kept what grows with use; 0 is for ever, but for APILogDays, where it means
// that there is no log. Versions is how many versions of each text are kept; 0: all.
type RetentionConfig struct {
	WebhookLogDays         int `toml:"webhook_log_days"`
	MailLogDays            int `toml:"mail_log_days"`
	APILogDays             int `toml:"api_log_days"`
	NotificationDays       int `toml:"notification_days"`
	Versions               int `toml:"versions"`
	PageVersionDays        int `toml:"page_version_days"`
	DescriptionVersionDays int `toml:"description_version_days"`
	ExportDays             int `toml:"export_days"`
	ExportListDays         int `toml:"export_list_days"`
	UploadDays             int `toml:"upload_days"`
	ImportDays             int `toml:"import_days"`
	FailedJobDays          int `toml:"failed_job_days"`
	DeletedDays            int `toml:"deleted_days"`
	EventDays              int `toml:"event_days"`
	AuditDays              int `toml:"audit_days"`
}

// defaultRetention has the reference's numbers where it has one: 30 days for logs, 20 versions, 8 days for exports, 7
// for uploads and 60 for what was deleted.
func defaultRetention() RetentionConfig {
	return RetentionConfig{WebhookLogDays: 30, MailLogDays: 30, APILogDays: 30, NotificationDays: 180, Versions: 20,
		ExportDays: 8, ExportListDays: 90, UploadDays: 7, ImportDays: 30, FailedJobDays: 90, DeletedDays: 60, EventDays: 1,
		AuditDays: 365}
}

// longestRetention is a hundred years: what is longer is no number of days, and would leave the calendar.
const longestRetention = 36_500

// check returns the first key of the section that is of no use, and why.
func (r *RetentionConfig) check() (key string, err error) {
	for _, s := range (&Config{Retention: *r}).Settings() {
		if s.Section != "retention" {
			continue
		}
		switch n := s.value.Int(); {
		case n < 0:
			return s.Key, errors.New("the number is too small")
		case n > longestRetention:
			return s.Key, fmt.Errorf("the number is too large; 0 is for ever, %d the most", longestRetention)
		}
	}
	return "", nil
}
