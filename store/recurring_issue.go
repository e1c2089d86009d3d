package store

import (
	"database/sql"
	"fmt"
	"time"
)

// RecurringIssue is a row of recurring_issues: a work item that is made again and again.
type RecurringIssue struct {
	AuditFields
	Name        string     `db:"name"`
	Item        JSON       `db:"item"` // what the work items begin with beside their name
	Rule        string     `db:"rule"` // of RFC 5545
	StartDate   Date       `db:"start_date"`
	EndDate     *Date      `db:"end_date"`
	Clock       string     `db:"clock"`       // HH:MM in the project's zone
	DueInDays   *int       `db:"due_in_days"` // nil: they are never due
	IsActive    bool       `db:"is_active"`
	NextDay     *Date      `db:"next_day"` // nil: none is made any more
	NextAt      *time.Time `db:"next_at"`  // the moment of that day
	LastDay     *Date      `db:"last_day"` // nil: none was made
	LastIssueID *string    `db:"last_issue_id"`
	Made        int        `db:"made"`
	Fault       string     `db:"fault"` // why the last one could not be made; empty: it was
	ProjectID   string     `db:"project_id"`
	WorkspaceID string     `db:"workspace_id"`
}

// RecurringIssues is the table of RecurringIssue rows.
var RecurringIssues = NewTable[RecurringIssue]("recurring_issues")

// DueRecurring returns up to so many recurring work items of which one is to be made by now, those first that wait
// longest. Those of archived projects wait.
func DueRecurring(t *Tx, now time.Time, most int) (ids []string, err error) {
	err = t.Each(`SELECT r.id FROM recurring_issues r
		JOIN projects p ON p.id = r.project_id AND p.deleted_at IS NULL AND p.archived_at IS NULL
		JOIN workspaces w ON w.id = r.workspace_id AND w.deleted_at IS NULL
		WHERE r.next_at <= ? AND r.next_at IS NOT NULL AND r.is_active AND r.deleted_at IS NULL
		ORDER BY r.next_at, r.id LIMIT ?`, []any{Stamped(now), most}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list recurring work items: %w", err)
	}
	return ids, nil
}
