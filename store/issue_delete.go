package store

import (
	"database/sql"
	"fmt"
)

// issueParts are the tables whose rows belong to a work item and go with it. Its history stays, as in the reference.
var issueParts = []string{"issue_assignees", "issue_labels", "issue_links", "issue_mentions", "issue_reactions",
	"issue_relations", "issue_typed_relations", "issue_worklogs", "issue_property_values", "issue_subscribers",
	"issue_votes", "issue_comments", "issue_description_versions", "issue_versions", "issue_pages",
	"release_issues", "customer_issues", "cycle_issues", "module_issues", "intake_issues", "file_assets",
	"workflow_approvals", "workflow_hook_runs", "milestone_issues", "initiative_issues"}

// DeleteIssue marks a work item, its sub-items of all depths and what belongs to them as deleted, forgets that anybody
// looked at it, and returns their ids, its own first. Plane: bgtasks/deletion_task.py, which does it a moment
// later.
func DeleteIssue(t *Tx, id string) (gone []string, err error) {
	ids, err := subtree(t, id)
	if err != nil {
		return nil, fmt.Errorf("sub-items: %w", err)
	}
	if err := t.LockRows("issues", ids...); err != nil { // before their parts, as everybody who changes them does
		return nil, err
	}
	for _, table := range issueParts {
		if err := deleteIn(t, table, "issue_id", ids); err != nil {
			return nil, err
		}
	}
	for _, table := range []string{"issue_relations", "issue_typed_relations"} {
		if err := deleteIn(t, table, "related_issue_id", ids); err != nil {
			return nil, err
		}
	}
	if err := deleteIn(t, "issues", "id", ids); err != nil {
		return nil, err
	}
	list, arg := t.In("entity_identifier", ids)
	if _, err := t.Exec("DELETE FROM user_recent_visits WHERE entity_name = 'issue' AND "+list, arg); err != nil {
		return nil, fmt.Errorf("forget visits: %w", err)
	}
	return ids, nil
}

// DeleteIssuesAlone marks the visible work items of a project among the ids as deleted, takes all of them out of cycles
// and modules, and returns which these were; sub-items and the rest stay. Plane: app/views/issue/base.py
func DeleteIssuesAlone(t *Tx, workspace, project string, ids []string) ([]string, error) {
	list, arg := t.In("i.id", ids)
	var found []string
	err := t.Each("SELECT i.id FROM issues i WHERE i.workspace_id = ? AND i.project_id = ? AND "+VisibleIssue("i")+" AND "+
		list, []any{workspace, project, arg}, scanID(&found))
	if err != nil {
		return nil, fmt.Errorf("work items to delete: %w", err)
	}
	if err := t.LockRows("issues", found...); err != nil {
		return nil, err
	}
	for _, part := range []struct{ table, column string }{{"cycle_issues", "issue_id"}, {"module_issues", "issue_id"},
		{"issues", "id"}} {
		if err := deleteIn(t, part.table, part.column, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// subtree returns the id and those of all living work items below; a circle of parents ends it.
func subtree(t *Tx, id string) ([]string, error) {
	var ids []string
	err := t.Each(`WITH RECURSIVE below (id) AS (
			SELECT id FROM issues WHERE id = ?
			UNION SELECT i.id FROM issues i JOIN below b ON i.parent_id = b.id WHERE i.deleted_at IS NULL
		) SELECT id FROM below`, []any{id}, scanID(&ids))
	return ids, err
}

func scanID(ids *[]string) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		*ids = append(*ids, id)
		return err
	}
}

func deleteIn(t *Tx, table, column string, ids []string) error {
	list, arg := t.In(column, ids)
	if _, err := t.Exec("UPDATE "+table+" SET deleted_at = ? WHERE "+t.InOrder(table, "deleted_at IS NULL AND "+list),
		t.Now, arg); err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
	}
	return nil
}
