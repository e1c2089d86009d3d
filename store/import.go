package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Import is a row of imports: one time that a file of another tracker was taken in.
type Import struct {
	Base
	Kind          string     `db:"kind"`   // of file
	Source        string     `db:"source"` // external_source of what it made
	File          string     `db:"file"`
	Status        string     `db:"status"`
	Report        JSON       `db:"report"`
	InitiatedByID *string    `db:"initiated_by_id"`
	WorkspaceID   string     `db:"workspace_id"`
	EndedAt       *time.Time `db:"ended_at"`
}

// Imports is the table of Import rows.
var Imports = NewTable[Import]("imports")

// States of an import.
const (
	ImportRunning = "running" // or killed meanwhile: the same command goes on
	ImportDone    = "done"
	ImportUndoing = "undoing"
	ImportUndone  = "undone"
)

// ImportRow is a row of import_rows: what a row here was in its source.
type ImportRow struct {
	Base
	Kind        string `db:"kind"`
	Source      string `db:"source"`
	Scope       string `db:"scope"` // the project, or empty
	ExternalID  string `db:"external_id"`
	RowID       string `db:"row_id"`
	Taken       string `db:"taken"`     // marks of the fields, as they were taken last
	ImportID    string `db:"import_id"` // which made it
	WorkspaceID string `db:"workspace_id"`
}

// ImportRows is the table of ImportRow rows.
var ImportRows = NewTable[ImportRow]("import_rows")

// Kinds of ImportRow.
const (
	ImportedPerson   = "person"
	ImportedProject  = "project"
	ImportedState    = "state"
	ImportedLabel    = "label"
	ImportedCycle    = "cycle"
	ImportedModule   = "module"
	ImportedIssue    = "issue"
	ImportedComment  = "comment"  // on a work item that an earlier import made
	ImportedLink     = "link"     // of one
	ImportedRelation = "relation" // that an import made, whatever its sides are
)

// ImportRowsOf returns the rows of a source with these keys, by key.
func ImportRowsOf(t *Tx, at ImportRow, keys []string) (map[string]*ImportRow, error) {
	rows, err := ImportRows.List(t, dbx.And(dbx.HashExp{"workspace_id": at.WorkspaceID, "source": at.Source,
		"kind": at.Kind, "scope": at.Scope}, In("external_id", keys)))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*ImportRow, len(rows))
	for i := range rows {
		found[rows[i].ExternalID] = &rows[i]
	}
	return found, nil
}

// ImportedItem is a work item as an import finds it again, deleted or not.
type ImportedItem struct {
	Issue
	Assignees, Labels, Modules []string // in the order of their ids
	Cycle                      string
}

// ImportedItems returns work items by id.
func ImportedItems(t *Tx, ids []string) (map[string]*ImportedItem, error) {
	rows := []Issue{}
	if err := Issues.QueryAll(t).Where(In("id", ids)).All(&rows); err != nil {
		return nil, fmt.Errorf("work items of an import: %w", db.Mark(err))
	}
	found := make(map[string]*ImportedItem, len(rows))
	for i := range rows {
		found[rows[i].ID] = &ImportedItem{Issue: rows[i]}
	}
	for _, part := range []struct {
		table, column string
		put           func(i *ImportedItem, ids []string)
	}{
		{"issue_assignees", "assignee_id", func(i *ImportedItem, ids []string) { i.Assignees = ids }},
		{"issue_labels", "label_id", func(i *ImportedItem, ids []string) { i.Labels = ids }},
		{"module_issues", "module_id", func(i *ImportedItem, ids []string) { i.Modules = ids }},
		{"cycle_issues", "cycle_id", func(i *ImportedItem, ids []string) { i.Cycle = ids[len(ids)-1] }},
	} {
		pairs, err := pairsOf(t, part.table, part.column, ids)
		if err != nil {
			return nil, err
		}
		for id, of := range pairs {
			if i := found[id]; i != nil {
				part.put(i, of)
			}
		}
	}
	return found, nil
}

// ImportedComments returns the comments on work items that came from a source, deleted ones too, by work item and by
// their keys there.
func ImportedComments(t *Tx, source string, issues []string) (map[string]map[string]*IssueComment, error) {
	rows := []IssueComment{}
	err := IssueComments.QueryAll(t).Where(dbx.And(In("issue_id", issues),
		dbx.HashExp{"external_source": source})).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("comments of an import: %w", db.Mark(err))
	}
	found := map[string]map[string]*IssueComment{}
	for i := range rows {
		of := found[rows[i].IssueID]
		if of == nil {
			of = map[string]*IssueComment{}
			found[rows[i].IssueID] = of
		}
		if rows[i].ExternalID != nil {
			of[*rows[i].ExternalID] = &rows[i]
		}
	}
	return found, nil
}

// LinkedAddresses returns the addresses of the links of work items, deleted ones too, by work item.
func LinkedAddresses(t *Tx, issues []string) (map[string]map[string]bool, error) {
	in, arg := t.In("issue_id", issues)
	found := map[string]map[string]bool{}
	err := t.Each("SELECT issue_id, url FROM issue_links WHERE "+in, []any{arg}, func(r *sql.Rows) error {
		var issue, url string
		err := r.Scan(&issue, &url)
		if found[issue] == nil {
			found[issue] = map[string]bool{}
		}
		found[issue][url] = true
		return err
	})
	return found, err
}

// NumbersTaken returns which of the numbers work items of a project have or had, and the highest of all.
func NumbersTaken(t *Tx, project string, numbers []int) (taken map[int]bool, last int, err error) {
	taken = map[int]bool{}
	var highest *int
	if err := t.One("SELECT MAX(sequence) FROM issue_sequences WHERE project_id = ?", []any{project}, &highest); err != nil {
		return nil, 0, fmt.Errorf("the last number: %w", err)
	}
	if highest != nil {
		last = *highest
	}
	for len(numbers) > 0 {
		some := numbers[:min(len(numbers), 500)]
		numbers = numbers[len(some):]
		var found []int
		values := make([]any, len(some))
		for i, n := range some {
			values[i] = n
		}
		err := t.Select("sequence").From("issue_sequences").Where(dbx.HashExp{"project_id": project,
			"sequence": values}).Column(&found)
		if err != nil {
			return nil, 0, fmt.Errorf("numbers that are taken: %w", db.Mark(err))
		}
		for _, n := range found {
			taken[n] = true
		}
	}
	return taken, last, nil
}

// LastPlaces returns the place of the last work item of states, by state.
func LastPlaces(t *Tx, states []string) (map[string]float64, error) {
	last := map[string]float64{}
	for _, s := range states {
		var place *float64
		if err := t.One("SELECT MAX(sort_order) FROM issues WHERE state_id = ? AND deleted_at IS NULL", []any{s},
			&place); err != nil {
			return nil, fmt.Errorf("the last place of a state: %w", err)
		}
		if place != nil {
			last[s] = *place
		}
	}
	return last, nil
}

// ImportCounts says how many rows of each kind an import has made that are still known.
func ImportCounts(t *Tx, id string) (map[string]int, error) {
	counts := map[string]int{}
	err := t.Each("SELECT kind, COUNT(*) FROM import_rows WHERE import_id = ? GROUP BY kind", []any{id},
		func(r *sql.Rows) error {
			var kind string
			var n int
			err := r.Scan(&kind, &n)
			counts[kind] = n
			return err
		})
	return counts, err
}

// RemoveImported marks work items as deleted, with what belongs to them. What was put below them stays, without a
// parent.
func RemoveImported(t *Tx, ids []string) error {
	if err := t.LockRows("issues", ids...); err != nil {
		return err
	}
	for _, table := range issueParts {
		if err := deleteIn(t, table, "issue_id", ids); err != nil {
			return err
		}
	}
	for _, table := range []string{"issue_relations", "issue_typed_relations"} {
		if err := deleteIn(t, table, "related_issue_id", ids); err != nil {
			return err
		}
	}
	if err := deleteIn(t, "issues", "id", ids); err != nil {
		return err
	}
	list, arg := t.In("parent_id", ids)
	if _, err := t.Exec("UPDATE issues SET parent_id = NULL WHERE "+t.InOrder("issues", "deleted_at IS NULL AND "+list),
		arg); err != nil {
		return fmt.Errorf("take work items from below what goes: %w", err)
	}
	list, arg = t.In("entity_identifier", ids)
	_, err := t.Exec("DELETE FROM user_recent_visits WHERE entity_name = 'issue' AND "+list, arg)
	return err
}

// importUses say what uses a row of a kind: with any, it outlives the import that made it.
var importUses = map[string]string{
	ImportedState:   "SELECT 1 FROM issues WHERE state_id = ? AND deleted_at IS NULL LIMIT 1",
	ImportedLabel:   "SELECT 1 FROM issue_labels WHERE label_id = ? AND deleted_at IS NULL LIMIT 1",
	ImportedCycle:   "SELECT 1 FROM cycle_issues WHERE cycle_id = ? AND deleted_at IS NULL LIMIT 1",
	ImportedModule:  "SELECT 1 FROM module_issues WHERE module_id = ? AND deleted_at IS NULL LIMIT 1",
	ImportedProject: "SELECT 1 FROM issues WHERE project_id = ? AND deleted_at IS NULL LIMIT 1",
}

// ImportUsed says whether anything uses a state, a label, a cycle, a module or a project.
func ImportUsed(t *Tx, kind, id string) (bool, error) {
	used := false
	err := t.Each(importUses[kind], []any{id}, func(*sql.Rows) error {
		used = true
		return nil
	})
	return used, err
}

// DropImportRows forgets what rows here were in their source.
func DropImportRows(t *Tx, ids []string) error {
	in, arg := t.In("id", ids)
	if _, err := t.Exec("DELETE FROM import_rows WHERE "+in, arg); err != nil {
		return fmt.Errorf("forget what was imported: %w", err)
	}
	return nil
}

// FreshRelations are those of the relations whose sides have none with each other, each pair once. A pair that people
// have parted here counts as related.
func FreshRelations(t *Tx, all []*IssueRelation) ([]*IssueRelation, error) {
	ids := make([]string, 0, len(all))
	for _, r := range all {
		ids = append(ids, r.IssueID, r.RelatedIssueID)
	}
	seen := map[[2]string]bool{}
	pair := func(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }
	in, arg := t.In("issue_id", ids)
	err := t.Each("SELECT issue_id, related_issue_id FROM issue_relations WHERE "+in, []any{arg}, func(r *sql.Rows) error {
		var a, b string
		err := r.Scan(&a, &b)
		seen[pair(a, b)] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("relations that are here: %w", err)
	}
	var fresh []*IssueRelation
	for _, r := range all {
		if key := pair(r.IssueID, r.RelatedIssueID); !seen[key] {
			seen[key] = true
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}

// ImportTouched says how many work items that an import made were changed or commented on by people since.
func ImportTouched(t *Tx, id string) (n int, err error) {
	err = t.One(`SELECT COUNT(*) FROM import_rows r JOIN issues i ON i.id = r.row_id AND i.deleted_at IS NULL
		WHERE r.import_id = ? AND r.kind = 'issue' AND (i.updated_by_id IS NOT NULL OR EXISTS (SELECT 1 FROM issue_comments c
			WHERE c.issue_id = i.id AND c.external_source IS NULL AND c.deleted_at IS NULL))`, []any{id}, &n)
	return n, err
}

// PersonUsed says whether work items or comments that are there name somebody.
func PersonUsed(t *Tx, user string) (bool, error) {
	used := false
	err := t.Each(`SELECT 1 WHERE EXISTS (SELECT 1 FROM issues WHERE created_by_id = ? AND deleted_at IS NULL)
		OR EXISTS (SELECT 1 FROM issue_assignees WHERE assignee_id = ? AND deleted_at IS NULL)
		OR EXISTS (SELECT 1 FROM issue_comments WHERE actor_id = ? AND deleted_at IS NULL)`, []any{user, user, user},
		func(*sql.Rows) error {
			used = true
			return nil
		})
	return used, err
}

// RemoveImportedSingly removes comments, links or relations that an import added to work items which were here.
func RemoveImportedSingly(t *Tx, kind string, ids []string) error {
	switch kind {
	case ImportedComment:
		for _, id := range ids {
			if _, err := DeleteComment(t, id); err != nil {
				return err
			}
		}
		return nil
	case ImportedLink:
		return deleteIn(t, "issue_links", "id", ids)
	}
	in, arg := t.In("id", ids)
	_, err := t.Exec("DELETE FROM issue_relations WHERE "+in, arg)
	return err
}
