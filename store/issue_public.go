package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/store/db"
)

// PublicIssue is a work item as the public API shows it, with the ids of its people and labels, oldest first: ids grow
// with time.
type PublicIssue struct {
	Issue
	AssigneeIDs, LabelIDs []string
}

// PublicScope is where the public API looks for single work items; issuelist finds its lists.
type PublicScope struct {
	Workspace, Project string
	Own                OwnOnly
	All                bool // archived ones and drafts too, and those of an archived project or that wait in the intake
}

// where is the condition of being there.
func (s PublicScope) where(t *Tx) (string, []any) {
	where, args := "i.deleted_at IS NULL AND i.project_id = ? AND i.workspace_id = ?", []any{s.Project, s.Workspace}
	if !s.All {
		where += " AND " + VisibleIssue("i") +
			" AND EXISTS (SELECT 1 FROM projects p WHERE p.id = i.project_id AND p.archived_at IS NULL AND p.deleted_at IS NULL)"
	}
	own, more := s.Own.and(t, "i")
	return where + own, append(args, more...)
}

// ByID reads a work item; ErrNotFound without one.
func (s PublicScope) ByID(t *Tx, id string) (*PublicIssue, error) { return s.one(t, "i.id = ?", id) }

// ByNumber reads the oldest work item with that number.
func (s PublicScope) ByNumber(t *Tx, n int) (*PublicIssue, error) {
	return s.one(t, "i.sequence_id = ?", n)
}

// ByOrigin reads the oldest work item that another program calls so.
func (s PublicScope) ByOrigin(t *Tx, id, source string) (*PublicIssue, error) {
	return s.one(t, "i.external_id = ? AND i.external_source = ?", id, source)
}

func (s PublicScope) one(t *Tx, which string, args ...any) (*PublicIssue, error) {
	where, more := s.where(t)
	rows, err := readPublic(t, which+" AND "+where+" ORDER BY i.created_at, i.id LIMIT 1", append(args, more...))
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

// ByIDs reads those of the work items that are there, oldest first.
func (s PublicScope) ByIDs(t *Tx, ids []string) ([]PublicIssue, error) {
	in, arg := t.In("i.id", ids)
	own, more := s.Own.and(t, "i")
	where := in + " AND " + unsorted(t, "i.project_id") + " = ? AND i.workspace_id = ? AND i.deleted_at IS NULL" + own
	return readPublic(t, where+" ORDER BY i.created_at, i.id", append([]any{arg, s.Project, s.Workspace}, more...))
}

// PublicIssues reads living work items in the order of their ids; what is gone by now is left out.
func PublicIssues(t *Tx, ids []string) ([]PublicIssue, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, arg := t.In("i.id", ids)
	rows, err := readPublic(t, in+" AND i.deleted_at IS NULL", []any{arg})
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(ids))
	for n, id := range ids {
		at[id] = n
	}
	slices.SortFunc(rows, func(x, y PublicIssue) int { return cmp.Compare(at[x.ID], at[y.ID]) })
	return rows, nil
}

// unsorted keeps SQLite from going through all that has such a value in order to find rows that have others, too.
func unsorted(t *Tx, column string) string {
	if t.Postgres() {
		return column
	}
	return "+" + column
}

// publicColumns are those that the public API shows.
var publicColumns = Issues.Columns("i", "deleted_at", "description_json", "description_stripped")

func readPublic(t *Tx, where string, args []any) ([]PublicIssue, error) {
	rows, err := t.Rows("SELECT "+publicColumns.List+" FROM issues i WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list work items: %w", err)
	}
	defer rows.Close()
	var list []PublicIssue
	var i PublicIssue
	dest := publicColumns.Into(&i.Issue)
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("scan a work item: %w", err)
		}
		list = append(list, i)
	}
	if err := rows.Err(); err != nil {
		return nil, db.Mark(err)
	}
	return list, fillLinks(t, list)
}

// fillLinks adds people and labels, one query each.
func fillLinks(t *Tx, list []PublicIssue) error {
	if len(list) == 0 {
		return nil
	}
	ids, at := make([]string, len(list)), make(map[string]*PublicIssue, len(list))
	for n := range list {
		ids[n], at[list[n].ID] = list[n].ID, &list[n]
	}
	err := eachLink(t, "issue_assignees", "assignee_id", ids,
		func(issue, id string) { at[issue].AssigneeIDs = append(at[issue].AssigneeIDs, id) })
	if err != nil {
		return err
	}
	return eachLink(t, "issue_labels", "label_id", ids,
		func(issue, id string) { at[issue].LabelIDs = append(at[issue].LabelIDs, id) })
}

func eachLink(t *Tx, table, column string, issues []string, do func(issue, id string)) error {
	in, arg := t.In("issue_id", issues)
	rows, err := t.Rows("SELECT issue_id, "+column+" FROM "+table+" WHERE deleted_at IS NULL AND "+in+" ORDER BY "+column,
		arg)
	if err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var issue, id string
		if err := rows.Scan(&issue, &id); err != nil {
			return err
		}
		do(issue, id)
	}
	return db.Mark(rows.Err())
}
