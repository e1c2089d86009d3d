package store

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/store/db"
)

// FeedIssue is a work item as programs read it, with the ids of its people and labels, oldest first: ids grow with time.
type FeedIssue struct {
	Issue
	AssigneeIDs, LabelIDs []string
}

// Feed finds work items for programs. What waits in the intake is in none.
type Feed struct {
	where []string
	args  []any
}

func (f *Feed) and(where string, args ...any) *Feed {
	f.where, f.args = append(f.where, where), append(f.args, args...)
	return f
}

// FeedOf are the work items of a project that lists show: without drafts and archived ones, none of an archived project or
// of another workspace's. Every column it asks for is in the indexes of lists, so that a count reads only an index.
func FeedOf(workspace, project string) *Feed {
	f := &Feed{}
	return f.and("i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft").
		and("i.project_id = ?", project).
		and(`(i.state_id IS NULL OR i.state_id NOT IN (SELECT s.id FROM states s WHERE s.project_id = ? AND s."group" = 'triage'))`, project).
		and("EXISTS (SELECT 1 FROM projects p WHERE p.id = ? AND p.workspace_id = ? AND p.archived_at IS NULL AND p.deleted_at IS NULL)", project, workspace)
}

// FeedOfAll are all living work items of a project, archived ones and drafts as well.
func FeedOfAll(workspace, project string) *Feed {
	return (&Feed{}).and("i.deleted_at IS NULL AND i.project_id = ? AND i.workspace_id = ?", project, workspace)
}

// ID narrows the feed to one work item.
func (f *Feed) ID(id string) *Feed { return f.and("i.id = ?", id) }

// OwnOnly narrows the feed to what a person may read.
func (f *Feed) OwnOnly(t *Tx, o OwnOnly) *Feed {
	own, args := o.and(t, "i")
	if own == "" {
		return f
	}
	return f.and(strings.TrimPrefix(own, " AND "), args...)
}

// Number narrows the feed to one work item by its number.
func (f *Feed) Number(n int) *Feed { return f.and("i.sequence_id = ?", n) }

// Origin narrows the feed to what another program calls so.
func (f *Feed) Origin(id, source string) *Feed {
	return f.and("i.external_id = ? AND i.external_source = ?", id, source)
}

// In narrows the feed to what is in a cycle or module.
func (f *Feed) In(p Plan, id string) *Feed {
	return f.and("i.id IN (SELECT l.issue_id FROM "+p.links+" l WHERE l."+p.column+" = ? AND l.deleted_at IS NULL)", id)
}

// The orders of a feed, by the names of the wire. Two are turned round: priority begins with urgent, states with backlog.
var feedOrders = map[string]string{
	"created_at": "i.created_at", "updated_at": "i.updated_at", "name": "i.name", "sort_order": "i.sort_order", "sequence_id": "i.sequence_id",
	"start_date": "i.start_date", "target_date": "i.target_date", "completed_at": "i.completed_at", "point": "i.point", "id": "i.id",
	"state": "i.state_id", "parent": "i.parent_id", "created_by": "i.created_by_id", "updated_by": "i.updated_by_id",
	"external_id": "i.external_id", "external_source": "i.external_source", "estimate_point": "i.estimate_point_id",
	"priority":              ranked("i.priority", "urgent", "high", "medium", "low", "none"),
	"state__group":          stateRank,
	"state__name":           stateRank,
	"labels__name":          "(SELECT MAX(n.name) FROM issue_labels r JOIN labels n ON n.id = r.label_id WHERE r.issue_id = i.id)",
	"assignees__first_name": "(SELECT MAX(n.first_name) FROM issue_assignees r JOIN users n ON n.id = r.assignee_id WHERE r.issue_id = i.id)",
}

var stateRank = ranked(`(SELECT s."group" FROM states s WHERE s.id = i.state_id)`, "backlog", "unstarted", "started", "completed", "cancelled")

func ranked(expr string, values ...string) string {
	b := "CASE " + expr
	for i, v := range values {
		b += " WHEN '" + v + "' THEN " + strconv.Itoa(i)
	}
	return b + " ELSE " + strconv.Itoa(len(values)) + " END"
}

// FeedOrder answers the order for a name of the wire, turned round by a minus; false when there is none of that name.
// Ties come in the order in which they were made.
func FeedOrder(name string) (string, bool) {
	key, down := strings.CutPrefix(name, "-")
	expr, ok := feedOrders[key]
	switch {
	case key == "created_at" && down:
		return "i.created_at DESC, i.id DESC", true
	case key == "created_at":
		return "i.created_at, i.id", true
	case down:
		return expr + " DESC NULLS FIRST, i.created_at, i.id", ok
	}
	return expr + " NULLS LAST, i.created_at, i.id", ok
}

// One reads the only work item of the feed, or ErrNotFound.
func (f *Feed) One(t *Tx) (*FeedIssue, error) {
	rows, err := f.read(t, "i.created_at, i.id", Slice{Limit: 1})
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

// All reads those work items of the feed, oldest first.
func (f *Feed) All(t *Tx, ids []string) ([]FeedIssue, error) {
	in, arg := t.In("i.id", ids)
	if !t.Postgres() { // SQLite would go through the whole project to find them in order
		f.where = slices.Clone(f.where)
		for n, where := range f.where {
			f.where[n] = strings.Replace(where, "i.project_id = ?", "+i.project_id = ?", 1)
		}
	}
	return f.and(in, arg).read(t, "i.created_at, i.id", Slice{Limit: len(ids)})
}

// InTurn reads those work items of the feed, in the order of their ids.
func (f *Feed) InTurn(t *Tx, ids []string) ([]FeedIssue, error) {
	rows, err := f.All(t, ids)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(ids))
	for n, id := range ids {
		at[id] = n
	}
	slices.SortFunc(rows, func(x, y FeedIssue) int { return cmp.Compare(at[x.ID], at[y.ID]) })
	return rows, nil
}

// Page reads a part of the feed in an order of FeedOrder, and says how long the feed is.
func (f *Feed) Page(t *Tx, s Slice, order string) ([]FeedIssue, int, error) {
	rows, err := f.read(t, order, s)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) < s.Limit && (s.Offset == 0 || len(rows) > 0) {
		return rows, s.Offset + len(rows), nil
	}
	var total int
	if err := t.One("SELECT COUNT(*) FROM issues i WHERE "+strings.Join(f.where, " AND "), f.args, &total); err != nil {
		return nil, 0, fmt.Errorf("count work items: %w", err)
	}
	return rows, total, nil
}

const feedColumns = `i.id, i.created_at, i.updated_at, i.created_by_id, i.updated_by_id, i.name, i.priority, i.start_date, i.target_date, i.sequence_id,
	i.parent_id, i.project_id, i.state_id, i.workspace_id, i.description_html, i.completed_at, i.sort_order, i.point, i.archived_at, i.is_draft,
	i.external_id, i.external_source, i.description_binary, i.estimate_point_id, i.type_id`

func (f *Feed) read(t *Tx, order string, s Slice) ([]FeedIssue, error) {
	rows, err := t.Rows("SELECT "+feedColumns+" FROM issues i WHERE "+strings.Join(f.where, " AND ")+" ORDER BY "+order+" LIMIT ? OFFSET ?",
		append(append([]any{}, f.args...), s.Limit, s.Offset)...)
	if err != nil {
		return nil, fmt.Errorf("list work items: %w", err)
	}
	defer rows.Close()
	var list []FeedIssue
	var i FeedIssue
	dest := []any{&i.ID, &i.CreatedAt, &i.UpdatedAt, &i.CreatedByID, &i.UpdatedByID, &i.Name, &i.Priority, &i.StartDate, &i.TargetDate, &i.SequenceID,
		&i.ParentID, &i.ProjectID, &i.StateID, &i.WorkspaceID, &i.DescriptionHTML, &i.CompletedAt, &i.SortOrder, &i.Point, &i.ArchivedAt, &i.IsDraft,
		&i.ExternalID, &i.ExternalSource, &i.DescriptionBinary, &i.EstimatePointID, &i.TypeID}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("scan a work item: %w", err)
		}
		list = append(list, i)
	}
	if err := rows.Err(); err != nil {
		return nil, db.Mark(err)
	}
	return list, fillTies(t, list)
}

// fillTies adds people and labels, one query each.
func fillTies(t *Tx, list []FeedIssue) error {
	if len(list) == 0 {
		return nil
	}
	ids, at := make([]string, len(list)), make(map[string]*FeedIssue, len(list))
	for n := range list {
		ids[n], at[list[n].ID] = list[n].ID, &list[n]
	}
	err := eachTie(t, "issue_assignees", "assignee_id", ids, func(issue, id string) { at[issue].AssigneeIDs = append(at[issue].AssigneeIDs, id) })
	if err != nil {
		return err
	}
	return eachTie(t, "issue_labels", "label_id", ids, func(issue, id string) { at[issue].LabelIDs = append(at[issue].LabelIDs, id) })
}

func eachTie(t *Tx, table, column string, issues []string, do func(issue, id string)) error {
	in, arg := t.In("issue_id", issues)
	rows, err := t.Rows("SELECT issue_id, "+column+" FROM "+table+" WHERE deleted_at IS NULL AND "+in+" ORDER BY "+column, arg)
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
