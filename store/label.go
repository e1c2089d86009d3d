package store

import (
	"database/sql"
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

// labelTree is a label and all below it.
const labelTree = `WITH RECURSIVE tree (id) AS (SELECT id FROM labels WHERE id = ? UNION SELECT l.id FROM labels l JOIN tree ON l.parent_id = tree.id WHERE l.deleted_at IS NULL) `

// LabelledBy returns a label and all below it, and the work items that have any of them.
func LabelledBy(t *Tx, id string) (labels, issues []string, err error) {
	collect := func(query string, into *[]string) error {
		return t.Each(labelTree+query, []any{id}, func(r *sql.Rows) error {
			var one string
			err := r.Scan(&one)
			*into = append(*into, one)
			return err
		})
	}
	err = collect("SELECT id FROM tree", &labels)
	if err == nil {
		err = collect(`SELECT DISTINCT l.issue_id FROM issue_labels l JOIN issues i ON i.id = l.issue_id AND i.deleted_at IS NULL
			WHERE l.label_id IN (SELECT id FROM tree) AND l.deleted_at IS NULL ORDER BY l.issue_id`, &issues)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list who has a label: %w", err)
	}
	return labels, issues, nil
}

// DeleteLabels deletes a label, all below it, and what links them to work items, drafts and pages.
func DeleteLabels(t *Tx, id string) error {
	for _, links := range []string{"issue_labels", "draft_issue_labels", "page_labels"} {
		if _, err := t.Exec(labelTree+"UPDATE "+links+" SET deleted_at = ? WHERE "+t.InOrder(links,
			"label_id IN (SELECT id FROM tree) AND deleted_at IS NULL"), id, t.Now); err != nil {
			return fmt.Errorf("unlink labels: %w", err)
		}
	}
	_, err := t.Exec(labelTree+"UPDATE labels SET deleted_at = ? WHERE "+t.InOrder("labels",
		"id IN (SELECT id FROM tree) AND deleted_at IS NULL"), id, t.Now)
	return err
}
