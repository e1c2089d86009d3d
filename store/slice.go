package store

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// Slice is a part of a list: Limit rows from Offset on.
type Slice struct{ Offset, Limit int }

// Page answers a part of the living rows that fit, in that order, and how many there are in all. A list that ends in
// the part is not counted again.
func (tb Table[T]) Page(t *Tx, where dbx.Expression, s Slice, order ...string) ([]T, int, error) {
	rows := []T{}
	q := tb.Query(t).AndWhere(where).OrderBy(order...).Offset(int64(s.Offset)).Limit(int64(s.Limit))
	if err := q.All(&rows); err != nil {
		return nil, 0, fmt.Errorf("list %s: %w", tb.Name, mark(err))
	}
	if len(rows) < s.Limit && (s.Offset == 0 || len(rows) > 0) {
		return rows, s.Offset + len(rows), nil
	}
	total, err := tb.Count(t, where)
	return rows, total, err
}

// InOpenProject holds for rows of a table whose project is neither archived nor deleted.
func InOpenProject(table string) dbx.Expression {
	return dbx.NewExp("EXISTS (SELECT 1 FROM projects open WHERE open.id = [[" + table + ".project_id]] AND open.archived_at IS NULL AND open.deleted_at IS NULL)")
}

// AroundOpenIssue holds for rows of a table that belong to a living work item there, in a project that is neither archived nor deleted.
func AroundOpenIssue(table string, at Place) dbx.Expression {
	return dbx.And(
		dbx.HashExp{table + ".issue_id": at.IssueID, table + ".project_id": at.ProjectID, table + ".workspace_id": at.WorkspaceID},
		dbx.NewExp("EXISTS (SELECT 1 FROM issues alive WHERE alive.id = [["+table+".issue_id]] AND alive.deleted_at IS NULL)"),
		InOpenProject(table))
}
