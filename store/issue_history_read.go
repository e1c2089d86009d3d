package store

import (
	"time"

	"github.com/pocketbase/dbx"
)

// HistoryOf returns the entries of a work item, oldest first; since leaves out what is not newer. Comments, votes and
// reactions are told elsewhere. In an archived project there is none.
func HistoryOf(t *Tx, at IssueKey, since *time.Time) ([]IssueActivity, error) {
	where := []dbx.Expression{
		dbx.HashExp{"issue_id": at.IssueID, "project_id": at.ProjectID, "workspace_id": at.WorkspaceID},
		dbx.NewExp("([[field]] IS NULL OR [[field]] NOT IN ('comment', 'vote', 'reaction', 'draft'))"),
		dbx.NewExp("EXISTS (SELECT 1 FROM projects p WHERE p.id = issue_activities.project_id AND p.archived_at IS NULL)"),
		OfOwnProject,
	}
	if since != nil {
		where = append(where, After("created_at", *since))
	}
	return IssueActivities.List(t, dbx.And(where...), "created_at", "id")
}
