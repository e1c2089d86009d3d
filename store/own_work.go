package store

import (
	"fmt"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// OwnWork is an issue that is assigned to somebody, as their overview needs it.
type OwnWork struct {
	ID, Name, ProjectID   string
	Group                 string // of its state
	StartDate, TargetDate *Date
	CompletedAt           *time.Time
}

// WorkOf returns what is assigned to a person in those projects of a workspace, newest first.
func WorkOf(t *Tx, workspace, user string, projects []string, seen OwnOnly) ([]OwnWork, error) {
	in, ids := t.In("i.project_id", projects)
	own, args := seen.and(t, "i")
	rows, err := t.Rows(`SELECT i.id, i.name, i.project_id, s."group", i.start_date, i.target_date, i.completed_at`+shownIssues+`
		JOIN issue_assignees a ON a.issue_id = i.id AND a.assignee_id = ? AND a.deleted_at IS NULL
		WHERE i.workspace_id = ? AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft AND `+in+own+" ORDER BY i.created_at DESC", append([]any{user, workspace, ids}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("list assigned work: %w", err)
	}
	defer rows.Close()
	var all []OwnWork
	for rows.Next() {
		var w OwnWork
		if err := rows.Scan(&w.ID, &w.Name, &w.ProjectID, &w.Group, &w.StartDate, &w.TargetDate, &w.CompletedAt); err != nil {
			return nil, fmt.Errorf("list assigned work: %w", err)
		}
		all = append(all, w)
	}
	return all, db.Mark(rows.Err())
}
