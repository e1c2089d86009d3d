package store

import (
	"database/sql"
	"fmt"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// DraftDetail is a draft with what belongs to it; lists of ids are sorted.
type DraftDetail struct {
	DraftIssue
	CycleID                          *string  `db:"-"`
	ModuleIDs, LabelIDs, AssigneeIDs []string `db:"-"`
}

// NextDraft returns the place behind the last draft of a project's state; nil when there is none.
func NextDraft(t *Tx, project, state string) (place *float64, err error) {
	err = t.One("SELECT MAX(sort_order) + 10000 FROM draft_issues WHERE project_id = ? AND state_id = ? AND deleted_at IS NULL", []any{project, state}, &place)
	if err != nil {
		return nil, fmt.Errorf("place of a draft: %w", err)
	}
	return place, nil
}

// DraftPair is a table of what a draft is tied to.
type DraftPair struct{ table, column string }

// The tables that tie drafts to other rows.
var (
	DraftAssignees = DraftPair{"draft_issue_assignees", "assignee_id"}
	DraftLabels    = DraftPair{"draft_issue_labels", "label_id"}
	DraftModules   = DraftPair{"draft_issue_modules", "module_id"}
	DraftCycles    = DraftPair{"draft_issue_cycles", "cycle_id"}
)

// SetDraftPairs ties a draft to these rows and no others of the table.
func SetDraftPairs(t *Tx, d *DraftIssue, pair DraftPair, ids []string) error {
	if _, err := t.Exec("UPDATE "+pair.table+" SET deleted_at = ? WHERE "+t.InOrder(pair.table,
		"draft_issue_id = ? AND deleted_at IS NULL"), t.Now, d.ID); err != nil {
		return fmt.Errorf("delete from %s: %w", pair.table, err)
	}
	if len(ids) == 0 {
		return nil
	}
	args := make([]any, 0, len(ids)*8)
	for _, id := range ids {
		args = append(args, NewID(), t.Now, t.Now, actor(t), d.ID, id, d.ProjectID, d.WorkspaceID)
	}
	if err := db.InsertRows(t, pair.table,
		"id, created_at, updated_at, created_by_id, draft_issue_id, "+pair.column+", project_id, workspace_id", 8,
		args); err != nil {
		return fmt.Errorf("write %s: %w", pair.table, err)
	}
	return nil
}

// DraftFilter narrows a list of drafts; what is empty does not.
type DraftFilter struct {
	ID         string
	Name       string // part of it
	Priorities []string
	States     []string
	Projects   []string
	StartDate  [2]Date // from and to, both included; an empty one is open
	TargetDate [2]Date
}

func (f *DraftFilter) where(workspace, owner string) dbx.Expression {
	where := []dbx.Expression{dbx.HashExp{"workspace_id": workspace, "created_by_id": owner}}
	if f.ID != "" {
		where = append(where, dbx.HashExp{"id": f.ID})
	}
	if f.Name != "" {
		where = append(where, Contains("name", f.Name))
	}
	for col, ids := range map[string][]string{"priority": f.Priorities, "state_id": f.States, "project_id": f.Projects} {
		if len(ids) > 0 {
			where = append(where, In(col, ids))
		}
	}
	for col, ends := range map[string][2]Date{"start_date": f.StartDate, "target_date": f.TargetDate} {
		for n, operator := range []string{">=", "<="} {
			if ends[n] != "" {
				name := col + strconv.Itoa(n)
				where = append(where, dbx.NewExp("[["+col+"]] "+operator+" {:"+name+"}", dbx.Params{name: ends[n]}))
			}
		}
	}
	return dbx.And(where...)
}

// ListDrafts returns a page of somebody's drafts, newest first, and how many there are: three queries, however many
// rows.
func ListDrafts(t *Tx, workspace, owner string, f DraftFilter, limit, offset int) ([]DraftDetail, int, error) {
	where := f.where(workspace, owner)
	total, err := DraftIssues.Count(t, where)
	if err != nil {
		return nil, 0, err
	}
	var rows []DraftIssue
	if err := DraftIssues.Query(t).AndWhere(where).OrderBy("created_at DESC",
		"id DESC").Limit(int64(limit)).Offset(int64(offset)).All(&rows); err != nil {
		return nil, 0, fmt.Errorf("list drafts: %w", db.Mark(err))
	}
	details, ids, at := make([]DraftDetail, len(rows)), make([]string, len(rows)), map[string]*DraftDetail{}
	for i := range rows {
		details[i] = DraftDetail{DraftIssue: rows[i], ModuleIDs: []string{}, LabelIDs: []string{}, AssigneeIDs: []string{}}
		ids[i], at[rows[i].ID] = rows[i].ID, &details[i]
	}
	return details, total, readDraftPairs(t, ids, at)
}

func readDraftPairs(t *Tx, ids []string, at map[string]*DraftDetail) error {
	if len(ids) == 0 {
		return nil
	}
	query, args := "", []any{}
	for i, pair := range []DraftPair{DraftAssignees, DraftLabels, DraftModules, DraftCycles} {
		list, arg := t.In("draft_issue_id", ids)
		if i > 0 {
			query += " UNION ALL "
		}
		query += fmt.Sprintf("SELECT %d, draft_issue_id, %s FROM %s WHERE deleted_at IS NULL AND %s", i, pair.column,
			pair.table, list)
		args = append(args, arg)
	}
	err := t.Each(query+" ORDER BY 1, 3", args, func(rows *sql.Rows) error {
		var kind int
		var draft, id string
		if err := rows.Scan(&kind, &draft, &id); err != nil {
			return err
		}
		d := at[draft]
		if kind == 3 {
			d.CycleID = &id
			return nil
		}
		list := []*[]string{&d.AssigneeIDs, &d.LabelIDs, &d.ModuleIDs}[kind]
		*list = append(*list, id)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what belongs to drafts: %w", err)
	}
	return nil
}

// MoveDraftFiles gives the files of a draft to the work item that it became.
func MoveDraftFiles(t *Tx, draft, issue string) error {
	_, err := t.Exec("UPDATE file_assets SET issue_id = ?, draft_issue_id = NULL, entity_type = 'ISSUE_DESCRIPTION' WHERE draft_issue_id = ? AND deleted_at IS NULL", issue, draft)
	return err
}
