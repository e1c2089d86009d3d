package store

import (
	"fmt"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Plan is a kind of collection of work items: the table that links them, and its column.
type Plan struct{ links, column string }

// The kinds.
var (
	InCycle  = Plan{"cycle_issues", "cycle_id"}
	InModule = Plan{"module_issues", "module_id"}
)

// Progress is how far the work items of a cycle or module are: their number and their points, by group of their state.
// Archived ones, drafts and undecided intake don't count.
type Progress struct {
	Total       int
	TotalPoints float64
	Issues      map[string]int
	Points      map[string]float64
}

// Progress counts the work items of the plans that fit; where speaks of the linking table as l. Plans without any are
// absent. Points are summed here and not in SQL: a value is a text, and what is no number counts 0.
func (p Plan) Progress(t *Tx, where dbx.Expression) (map[string]Progress, error) {
	rows, err := t.Select("l."+p.column, "COALESCE([[s.group]], '')",
		"COALESCE(CASE WHEN e.type = 'points' THEN v.value END, '')", "COUNT(*)").
		From(p.links+" l").InnerJoin("issues i", dbx.NewExp("i.id = l.issue_id")).
		LeftJoin("states s", dbx.NewExp("s.id = i.state_id")).
		LeftJoin("estimate_points v", dbx.NewExp("v.id = i.estimate_point_id")).
		LeftJoin("estimates e", dbx.NewExp("e.id = v.estimate_id")).
		Where(where).AndWhere(dbx.NewExp(livingLink)).
		GroupBy("l."+p.column, "s.group", "COALESCE(CASE WHEN e.type = 'points' THEN v.value END, '')").Rows()
	if err != nil {
		return nil, fmt.Errorf("progress: %w", db.Mark(err))
	}
	defer rows.Close()
	all := map[string]Progress{}
	for rows.Next() {
		var plan, group, value string
		var n int
		if err := rows.Scan(&plan, &group, &value, &n); err != nil {
			return nil, fmt.Errorf("progress: %w", err)
		}
		one, ok := all[plan]
		if !ok {
			one = Progress{Issues: map[string]int{}, Points: map[string]float64{}}
		}
		points, _ := strconv.ParseFloat(value, 64) // what is no number has no points
		one.Total += n
		one.Issues[group] += n
		one.TotalPoints += points * float64(n)
		one.Points[group] += points * float64(n)
		all[plan] = one
	}
	return all, db.Mark(rows.Err())
}

// livingLink holds for links (l) of work items (i) in a state (s) that are to be seen.
const livingLink = `l.deleted_at IS NULL AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft AND (s."group" IS NULL OR s."group" <> 'triage')`

// Assignees returns, for each plan that fits, everybody who has a work item in it.
func (p Plan) Assignees(t *Tx, where dbx.Expression) (map[string][]string, error) {
	rows, err := t.Select("l."+p.column, "a.assignee_id").Distinct(true).From(p.links+" l").
		InnerJoin("issue_assignees a", dbx.NewExp("a.issue_id = l.issue_id AND a.deleted_at IS NULL")).
		InnerJoin("issues i", dbx.NewExp("i.id = l.issue_id AND i.deleted_at IS NULL")).
		Where(where).AndWhere(dbx.NewExp("l.deleted_at IS NULL")).OrderBy("a.assignee_id").Rows()
	if err != nil {
		return nil, fmt.Errorf("assignees of plans: %w", db.Mark(err))
	}
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var plan, user string
		if err := rows.Scan(&plan, &user); err != nil {
			return nil, fmt.Errorf("assignees of plans: %w", err)
		}
		all[plan] = append(all[plan], user)
	}
	return all, db.Mark(rows.Err())
}

// FavoritesOf returns which things of a kind are a person's favourites in a workspace.
func FavoritesOf(t *Tx, workspace, user, kind string) (map[string]bool, error) {
	var ids []string
	err := t.Select("entity_identifier").From("user_favorites").Where(dbx.HashExp{"workspace_id": workspace,
		"user_id": user, "entity_type": kind,
		"deleted_at": nil}).AndWhere(dbx.NewExp("entity_identifier IS NOT NULL")).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("favourites: %w", db.Mark(err))
	}
	all := map[string]bool{}
	for _, id := range ids {
		all[id] = true
	}
	return all, nil
}

// SubIssues counts the work items of a plan that have a parent.
func (p Plan) SubIssues(t *Tx, id string, seen OwnOnly) (int, error) {
	var n int
	own, args := seen.and(t, "i")
	err := t.One("SELECT COUNT(*) FROM "+p.links+" l JOIN issues i ON i.id = l.issue_id WHERE l."+p.column+
		" = ? AND l.deleted_at IS NULL AND i.parent_id IS NOT NULL AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft"+own, append([]any{id}, args...), &n)
	return n, err
}
