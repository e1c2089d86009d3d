package store

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
)

// Label is a row of labels.
type Label struct {
	AuditFields
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	ProjectID      *string `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
	ParentID       *string `db:"parent_id"`
	Color          string  `db:"color"`
	SortOrder      float64 `db:"sort_order"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
}

// Labels is the table of Label rows.
var Labels = NewTable[Label]("labels")

// LabelNamed says whether another label of the project than id has that name, in letters of either case.
func LabelNamed(t *Tx, project, name, id string) (bool, error) {
	rows, err := Labels.List(t, dbx.And(dbx.HashExp{"project_id": project}, Contains("name", name)))
	if err != nil {
		return false, err
	}
	for _, l := range rows {
		if l.ID != id && strings.EqualFold(l.Name, name) {
			return true, nil
		}
	}
	return false, nil
}

// DeleteLabels deletes a label, all below it, and what links them to work items, drafts and pages.
func DeleteLabels(t *Tx, id string) error {
	const tree = `WITH RECURSIVE tree (id) AS (SELECT id FROM labels WHERE id = ? UNION SELECT l.id FROM labels l JOIN tree ON l.parent_id = tree.id WHERE l.deleted_at IS NULL) `
	for _, links := range []string{"issue_labels", "draft_issue_labels", "page_labels"} {
		if _, err := t.Exec(tree+"UPDATE "+links+" SET deleted_at = ? WHERE "+t.InOrder(links,
			"label_id IN (SELECT id FROM tree) AND deleted_at IS NULL"), id, t.Now); err != nil {
			return fmt.Errorf("unlink labels: %w", err)
		}
	}
	_, err := t.Exec(tree+"UPDATE labels SET deleted_at = ? WHERE "+t.InOrder("labels",
		"id IN (SELECT id FROM tree) AND deleted_at IS NULL"), id, t.Now)
	return err
}
