package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// ActivityFilter selects entries of history by who did them, and where.
type ActivityFilter struct {
	Actor     string
	Workspace string   // empty: wherever the actor, who reads, still is
	Projects  []string // the only ones that count
	Since     time.Time
	Before    time.Time // zero: until now
	Archived  bool      // projects that are archived count too
	NoTalk    bool      // comments, votes, reactions and drafts do not
	OwnOnly   OwnOnly   // only what the reader may see
}

func (d ActivityFilter) where() dbx.Expression {
	all := []dbx.Expression{dbx.HashExp{"issue_activities.actor_id": d.Actor}}
	if d.Workspace != "" {
		all = append(all, dbx.HashExp{"issue_activities.workspace_id": d.Workspace},
			In("issue_activities.project_id", d.Projects), OfOwnProject)
		if !d.Archived {
			all = append(all, dbx.NewExp("EXISTS (SELECT 1 FROM projects p WHERE p.id = issue_activities.project_id AND p.archived_at IS NULL)"))
		}
	} else {
		all = append(all, dbx.NewExp(stillThere, dbx.Params{"reader": d.Actor}))
	}
	if d.NoTalk {
		all = append(all, dbx.NewExp("([[field]] IS NULL OR [[field]] NOT IN ('comment', 'vote', 'reaction', 'draft'))"))
	}
	if !d.Since.IsZero() {
		all = append(all, dbx.NewExp("[[issue_activities.created_at]] >= {:since}", dbx.Params{"since": d.Since}))
	}
	if !d.Before.IsZero() {
		all = append(all, dbx.NewExp("[[issue_activities.created_at]] < {:before}", dbx.Params{"before": d.Before}))
	}
	return dbx.And(append(all, d.OwnOnly.Around("issue_activities.project_id", "issue_activities.issue_id"))...)
}

// stillThere holds for entries of projects whose work items the reader may see today, in whatever workspace: entries
// show what their work items are called now.
const stillThere = `EXISTS (SELECT 1 FROM project_members am JOIN projects ap ON ap.id = am.project_id AND ap.deleted_at IS NULL
	JOIN workspaces av ON av.id = am.workspace_id AND av.deleted_at IS NULL
	JOIN workspace_members aw ON aw.workspace_id = am.workspace_id AND aw.member_id = am.member_id AND aw.is_active AND aw.deleted_at IS NULL
	WHERE am.project_id = issue_activities.project_id AND am.member_id = {:reader} AND am.is_active AND am.deleted_at IS NULL
		AND (am.role > 5 OR ap.guest_view_all_features
			OR EXISTS (SELECT 1 FROM issues ai WHERE ai.id = issue_activities.issue_id AND ai.created_by_id = {:reader})))`

// Count says how many entries there are.
func (d ActivityFilter) Count(t *Tx) (int, error) { return IssueActivities.Count(t, d.where()) }

// List returns a part of them; order is a column, perhaps with DESC.
func (d ActivityFilter) List(t *Tx, order string, offset, limit int) ([]IssueActivity, error) {
	rows := []IssueActivity{}
	err := IssueActivities.Query(t).AndWhere(d.where()).OrderBy(order,
		"id DESC").Offset(int64(offset)).Limit(int64(limit)).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list history: %w", db.Mark(err))
	}
	return rows, nil
}

// DayCount counts what was done on one day.
type DayCount struct {
	Day   Date
	Count int
}

// ByDay counts a person's entries in a workspace since then, by UTC day. Comments and archived projects count too, as
// in the reference.
func ByDay(t *Tx, actor, workspace string, since time.Time) ([]DayCount, error) {
	rows, err := t.Rows(`SELECT created_at FROM issue_activities
		WHERE actor_id = ? AND workspace_id = ? AND created_at >= ? AND deleted_at IS NULL ORDER BY created_at`, actor, workspace, since)
	if err != nil {
		return nil, fmt.Errorf("count history: %w", err)
	}
	defer rows.Close()
	days := []DayCount{}
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			return nil, fmt.Errorf("count history: %w", err)
		}
		day := Date(at.UTC().Format(time.DateOnly))
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, DayCount{Day: day})
		}
		days[len(days)-1].Count++
	}
	return days, db.Mark(rows.Err())
}
