package store

import (
	"database/sql"
	"fmt"

	"github.com/sailplane/sailplane/store/db"
)

// The kinds of reminders.
const (
	DueTomorrow = "due_tomorrow"
	DueToday    = "due_today"
	Overdue     = "overdue"
)

// ReminderZone is a time zone in which people live, and the last day on which all of them were reminded; no day: never.
type ReminderZone struct {
	Zone string
	Done Date
}

// ReminderZones lists the time zones of everybody who may be reminded, by name.
func ReminderZones(t *Tx) ([]ReminderZone, error) {
	var all []ReminderZone
	err := t.Each(`SELECT u.user_timezone, z.day FROM (SELECT DISTINCT user_timezone FROM users WHERE is_active AND NOT is_bot) u
		LEFT JOIN reminder_zones z ON z.zone = u.user_timezone ORDER BY u.user_timezone`, nil, func(rows *sql.Rows) error {
		var z ReminderZone
		var done *Date
		err := rows.Scan(&z.Zone, &done)
		if done != nil {
			z.Done = *done
		}
		all = append(all, z)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the zones of people: %w", err)
	}
	return all, nil
}

// RemindedZones notes that everybody of these zones has been reminded on a day.
func RemindedZones(t *Tx, zones []string, day Date) error {
	args := make([]any, 0, 2*len(zones))
	for _, z := range zones {
		args = append(args, z, day)
	}
	err := db.InsertRows(t, "reminder_zones", "zone, day", 2, args, " ON CONFLICT (zone) DO UPDATE SET day = excluded.day")
	if err != nil {
		return fmt.Errorf("note who was reminded: %w", err)
	}
	return nil
}

// ForgetReminders forgets who was reminded of dates before then, of up to so many work items, and returns of how many
// dates that was.
func ForgetReminders(t *Tx, before Date, most int) (int64, error) {
	r, err := t.Exec(`DELETE FROM reminders WHERE target_date < ? AND issue_id IN
		(SELECT issue_id FROM reminders WHERE target_date < ? LIMIT ?)`, before, before, most)
	if err != nil {
		return 0, fmt.Errorf("forget who was reminded: %w", err)
	}
	return r.RowsAffected()
}

// Due says whose dates are looked at: of work items that are due from one day to another, where it is a day today.
type Due struct {
	From, Today, To Date
}

// dueRows are work items and those of their assignees who are to be reminded: the work item is open, they may see it,
// they did not switch reminders off, and were not reminded of that date in that way.
const dueRows = ` FROM issues i JOIN states s ON s.id = i.state_id
	JOIN projects p ON p.id = i.project_id AND p.deleted_at IS NULL AND p.archived_at IS NULL
	JOIN workspaces w ON w.id = i.workspace_id AND w.deleted_at IS NULL
	JOIN issue_assignees a ON a.issue_id = i.id AND a.deleted_at IS NULL
	JOIN users u ON u.id = a.assignee_id AND u.is_active AND NOT u.is_bot
	JOIN project_members m ON m.project_id = i.project_id AND m.member_id = a.assignee_id AND m.is_active AND m.deleted_at IS NULL
	JOIN workspace_members n ON n.workspace_id = i.workspace_id AND n.member_id = a.assignee_id AND n.is_active AND n.deleted_at IS NULL
	WHERE i.target_date >= ? AND i.target_date <= ? AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft
	AND i.target_date IS NOT NULL AND s."group" NOT IN ('completed', 'cancelled', 'triage')
	AND (m.role > 5 OR p.guest_view_all_features OR i.created_by_id = a.assignee_id)
	AND NOT EXISTS (SELECT 1 FROM user_notification_preferences o WHERE o.user_id = a.assignee_id AND o.reminders_off AND o.deleted_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.issue_id = i.id AND r.user_id = a.assignee_id AND r.kind = ` + dueKind + `
		AND r.target_date = i.target_date)`

const dueKind = "(CASE WHEN i.target_date > ? THEN 'due_tomorrow' WHEN i.target_date = ? THEN 'due_today' ELSE 'overdue' END)"

func (d Due) args() []any { return []any{d.From, d.To, d.Today, d.Today} }

// DueOf is a work item of which somebody is to be reminded.
type DueOf struct{ UserID, IssueID string }

// ListDue lists whom to remind of what among the people of some time zones, person by person from the one after a
// person on.
func ListDue(t *Tx, d Due, zones []string, after string, most int) ([]DueOf, error) {
	list, arg := t.In("u.user_timezone", zones)
	args := append(d.args(), arg)
	if after != "" {
		list, args = list+" AND a.assignee_id > ?", append(args, after)
	}
	var all []DueOf
	err := t.Each("SELECT a.assignee_id, i.id"+dueRows+" AND "+list+" ORDER BY a.assignee_id, i.target_date, i.id LIMIT ?",
		append(args, most), func(rows *sql.Rows) error {
			var o DueOf
			err := rows.Scan(&o.UserID, &o.IssueID)
			all = append(all, o)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list who is to be reminded: %w", err)
	}
	return all, nil
}

// DueIssue is a work item as reminders show it.
type DueIssue struct {
	IssueID, Name, ProjectID, WorkspaceID string
	SequenceID                            int
	Kind                                  string
	TargetDate                            Date
	Identifier, Project                   string // of the project
	Slug                                  string // of the workspace
	StateName, StateGroup                 string
}

// DueIssues returns those of the work items of which a person is still to be reminded, the oldest date first.
func DueIssues(t *Tx, d Due, user string, issues []string) ([]DueIssue, error) {
	list, arg := t.In("i.id", issues)
	args := append([]any{d.Today, d.Today}, d.args()...)
	var all []DueIssue
	err := t.Each(`SELECT i.id, i.name, i.project_id, i.workspace_id, i.sequence_id, `+dueKind+`, i.target_date, p.identifier, p.name,
		w.slug, s.name, s."group"`+dueRows+" AND a.assignee_id = ? AND "+list+" ORDER BY i.target_date, p.identifier, i.sequence_id, i.id",
		append(args, user, arg), func(rows *sql.Rows) error {
			var o DueIssue
			err := rows.Scan(&o.IssueID, &o.Name, &o.ProjectID, &o.WorkspaceID, &o.SequenceID, &o.Kind, &o.TargetDate,
				&o.Identifier, &o.Project, &o.Slug, &o.StateName, &o.StateGroup)
			all = append(all, o)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read what is due: %w", err)
	}
	return all, nil
}

// AddReminders notes that a person is reminded of work items.
func AddReminders(t *Tx, user string, of []DueIssue) error {
	args := make([]any, 0, 5*len(of))
	for i := range of {
		args = append(args, of[i].IssueID, user, of[i].Kind, of[i].TargetDate, t.Now)
	}
	if err := db.InsertRows(t, "reminders", "issue_id, user_id, kind, target_date, created_at", 5, args); err != nil {
		return fmt.Errorf("note who was reminded: %w", err)
	}
	return nil
}
