package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// Automated returns the projects in which work items are archived or closed by their age.
func Automated(t *Tx) ([]string, error) {
	var ids []string
	err := t.Each(`SELECT p.id FROM projects p JOIN workspaces w ON w.id = p.workspace_id
		WHERE (p.archive_in > 0 OR p.close_in > 0) AND p.archived_at IS NULL AND p.deleted_at IS NULL AND w.deleted_at IS NULL
		ORDER BY p.id`, nil, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list projects with automations: %w", err)
	}
	return ids, nil
}

// Resting says which work items of a project have not been touched for so long that something is done with them.
type Resting struct {
	Project      string
	Closed       bool      // those that are completed or cancelled, else those that are not
	Since, Until time.Time // when they were changed last
	Among        []string  // of these only; nil: of all
}

// RestingIssues lists such work items, those first that have rested longest, and when the last of them was changed.
// What is planned stays: in a cycle that has not ended, in a module whose target date has not passed or that has none.
// So does what waits in the intake. Whoever was taken out of a cycle or a module is not in it; the reference still
// counts them. Plane: bgtasks/issue_automation_task.py
func RestingIssues(t *Tx, r Resting, most int) (ids []string, last time.Time, err error) {
	groups := "'backlog', 'unstarted', 'started'"
	if r.Closed {
		groups = "'completed', 'cancelled'"
	}
	among := ""
	args := []any{r.Project, r.Since, r.Until}
	if r.Among != nil {
		list, arg := t.In("i.id", r.Among)
		among, args = " AND "+list, append(args, arg)
	}
	query := `SELECT i.id, i.updated_at FROM issues i WHERE i.project_id = ? AND i.updated_at >= ? AND i.updated_at <= ?` + among + `
		AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft
		AND EXISTS (SELECT 1 FROM states s WHERE s.id = i.state_id AND s."group" IN (` + groups + `))
		AND NOT EXISTS (SELECT 1 FROM cycle_issues ci JOIN cycles c ON c.id = ci.cycle_id
			WHERE ci.issue_id = i.id AND ci.deleted_at IS NULL AND c.deleted_at IS NULL AND (c.end_date IS NULL OR c.end_date >= ?))
		AND NOT EXISTS (SELECT 1 FROM module_issues mi JOIN modules m ON m.id = mi.module_id
			WHERE mi.issue_id = i.id AND mi.deleted_at IS NULL AND m.deleted_at IS NULL AND (m.target_date IS NULL OR m.target_date >= ?))
		AND NOT EXISTS (SELECT 1 FROM intake_issues n WHERE n.issue_id = i.id AND n.status IN (-2, 0) AND n.deleted_at IS NULL)
		ORDER BY i.updated_at LIMIT ?`
	now := Stamped(t.Now)
	err = t.Each(query, append(args, now, Date(now.Format(time.DateOnly)), most), func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id, &last)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, last, fmt.Errorf("list work items at rest: %w", err)
	}
	return ids, last, nil
}

// ClosingState returns the state into which a project's work items are closed: the project's default if work ends
// there, else its first cancelled one; ErrNotFound without either.
func ClosingState(t *Tx, p *Project) (*State, error) {
	if p.DefaultStateID != nil {
		s, err := States.Get(t, dbx.HashExp{"id": *p.DefaultStateID, "project_id": p.ID,
			"group": []any{"completed", "cancelled"}})
		if err == nil || !errors.Is(err, ErrNotFound) {
			return s, err
		}
	}
	return States.First(t, dbx.HashExp{"project_id": p.ID, "group": "cancelled"}, "sequence", "created_at")
}

// ArchiveIssues puts work items away.
func ArchiveIssues(t *Tx, ids []string, day Date) error {
	return Issues.SetWhere(t, dbx.Params{"archived_at": day, "updated_at": t.Now}, In("id", ids))
}

// MoveIssues moves work items to a state; those that get completed by that remember when.
func MoveIssues(t *Tx, ids []string, to *State) error {
	values := dbx.Params{"state_id": to.ID, "updated_at": t.Now, "completed_at": nil}
	if to.Group == "completed" {
		values["completed_at"] = t.Now
	}
	return Issues.SetWhere(t, values, In("id", ids))
}
