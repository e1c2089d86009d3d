package store

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/sailplane/sailplane/store/db"
)

// NextIssue returns the number of the project's next work item and the place behind the last one of the state; no place
// when the state is empty. Nobody else may be numbering: Lock the project first. A number is never used again, so the
// largest ever counts. Plane: db/models/issue.py
func NextIssue(t *Tx, project, state string) (sequence int, place *float64, err error) {
	var last *int
	var in any // Postgres wants a UUID or NULL
	if state != "" {
		in = state
	}
	err = t.One(`SELECT (SELECT MAX(sequence) FROM issue_sequences WHERE project_id = ?),
		(SELECT MAX(sort_order) FROM issues WHERE state_id = ? AND deleted_at IS NULL) + 10000`, []any{project, in}, &last, &place)
	if last != nil {
		sequence = *last
	}
	return sequence + 1, place, err
}

// AddAssignees writes who does a work item; the ids must be different ones, and new to it.
func AddAssignees(t *Tx, at IssueKey, users []string) error {
	return addPairs(t, "issue_assignees", "assignee_id", at, users)
}

// AddLabels writes the labels of a work item; the ids must be different ones, and new to it.
func AddLabels(t *Tx, at IssueKey, labels []string) error {
	return addPairs(t, "issue_labels", "label_id", at, labels)
}

// AddMentions writes whom the text of a work item names; those it named before are left alone.
func AddMentions(t *Tx, at IssueKey, users []string) error {
	return addPairs(t, "issue_mentions", "mention_id", at, users,
		" ON CONFLICT (issue_id, mention_id) WHERE deleted_at IS NULL DO NOTHING")
}

func addPairs(t *Tx, table, column string, at IssueKey, ids []string, tail ...string) error {
	if len(ids) == 0 {
		return nil
	}
	args := make([]any, 0, len(ids)*8)
	for _, id := range ids {
		args = append(args, NewID(), t.Now, t.Now, actor(t), at.IssueID, id, at.ProjectID, at.WorkspaceID)
	}
	if err := db.InsertRows(t, table,
		"id, created_at, updated_at, created_by_id, issue_id, "+column+", project_id, workspace_id", 8, args,
		tail...); err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

// DropAssignees takes people off a work item.
func DropAssignees(t *Tx, issue string, users []string) error {
	return dropPairs(t, "issue_assignees", "assignee_id", issue, users)
}

// DropLabels takes labels off a work item.
func DropLabels(t *Tx, issue string, labels []string) error {
	return dropPairs(t, "issue_labels", "label_id", issue, labels)
}

// DropMentions forgets that the text of a work item named these people.
func DropMentions(t *Tx, issue string, users []string) error {
	return dropPairs(t, "issue_mentions", "mention_id", issue, users)
}

func dropPairs(t *Tx, table, column, issue string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	list, arg := t.In(column, ids)
	if _, err := t.Exec("UPDATE "+table+" SET deleted_at = ? WHERE "+t.InOrder(table,
		"issue_id = ? AND deleted_at IS NULL AND "+list), t.Now, issue, arg); err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
	}
	return nil
}

// AssigneesOf returns who does a work item, with their names.
func AssigneesOf(t *Tx, issue string) (map[string]NamedRef, error) {
	return named(t, `SELECT a.assignee_id, u.display_name, TRUE FROM issue_assignees a JOIN users u ON u.id = a.assignee_id
		WHERE a.issue_id = ? AND a.deleted_at IS NULL`, issue)
}

// LabelsOf returns the labels of a work item, with their names.
func LabelsOf(t *Tx, issue string) (map[string]NamedRef, error) {
	return named(t, `SELECT l.label_id, n.name, TRUE FROM issue_labels l JOIN labels n ON n.id = l.label_id
		WHERE l.issue_id = ? AND l.deleted_at IS NULL`, issue)
}

// MentionsOf returns whom the text of a work item names.
func MentionsOf(t *Tx, issue string) ([]string, error) {
	var ids []string
	err := t.Each("SELECT mention_id FROM issue_mentions WHERE issue_id = ? AND deleted_at IS NULL", []any{issue},
		func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	return ids, err
}

// MoveIssueDates writes the dates of work items, each its own.
func MoveIssueDates(t *Tx, rows []*Issue) error {
	value := "(?, ?, ?),"
	if t.Postgres() {
		value = "(CAST(? AS uuid), CAST(? AS date), CAST(? AS date)),"
	}
	const atOnce = 10_000 // three parameters each, and SQLite takes 32,766
	for len(rows) > 0 {
		n := min(len(rows), atOnce)
		args := append(make([]any, 0, 2+3*n), t.Now, actor(t))
		for _, i := range rows[:n] {
			args = append(args, i.ID, i.StartDate, i.TargetDate)
		}
		if _, err := t.Exec(`UPDATE issues SET updated_at = ?, updated_by_id = ?, start_date = v.column2, target_date = v.column3
			FROM (VALUES `+strings.TrimSuffix(strings.Repeat(value, n), ",")+`) v WHERE issues.id = v.column1`, args...); err != nil {
			return fmt.Errorf("move dates of work items: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

// actor is who writes, NULL for nobody.
func actor(t *Tx) any {
	if t.Actor == "" {
		return nil
	}
	return t.Actor
}
