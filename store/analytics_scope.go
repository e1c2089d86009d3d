package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// Span is the time from a moment on, and before another one. Zero: all time.
type Span struct{ From, Before time.Time }

// AnalyticsScope is what analytics look at: what projects hold that was made in a span of time.
type AnalyticsScope struct {
	Projects []string
	Span     Span
	Cycle    string  // only work items in it
	Module   string  // only work items in it
	OwnOnly  OwnOnly // of work items, only what the reader may see
}

// condition narrows a table, by its alias, to the portion; it has the arguments that belong to it.
func (p AnalyticsScope) condition(t *Tx, alias string) (string, []any) {
	in, ids := t.In(alias+".project_id", p.Projects)
	sql, args := in, []any{ids}
	if !p.Span.From.IsZero() {
		sql += " AND " + alias + ".created_at >= ? AND " + alias + ".created_at < ?"
		args = append(args, p.Span.From, p.Span.Before)
	}
	return sql, args
}

// The words of the indexes of lists, so that counts read nothing else.
const shownIssue = "i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft"

// issues is condition for the issues items of the portion, as i; those that wait in the intake are left in.
func (p AnalyticsScope) issues(t *Tx) (string, []any) {
	sql, args := p.condition(t, "i")
	sql = shownIssue + " AND " + sql
	if p.Cycle != "" {
		sql += " AND EXISTS (SELECT 1 FROM cycle_issues pc WHERE pc.issue_id = i.id AND pc.deleted_at IS NULL AND pc.cycle_id = ?)"
		args = append(args, p.Cycle)
	}
	if p.Module != "" {
		sql += " AND EXISTS (SELECT 1 FROM module_issues pm WHERE pm.issue_id = i.id AND pm.deleted_at IS NULL AND pm.module_id = ?)"
		args = append(args, p.Module)
	}
	own, more := p.OwnOnly.and(t, "i")
	return sql + own, append(args, more...)
}

// What a portion can be counted by, beside work items. Intake is what has come in there, whatever became of it.
const (
	TheCycles  = "cycles x WHERE x.deleted_at IS NULL"
	TheModules = "modules x WHERE x.deleted_at IS NULL"
	ThePages   = "project_pages x WHERE x.deleted_at IS NULL"
	TheViews   = "issue_views x WHERE x.deleted_at IS NULL"
	TheIntake  = "issues x JOIN intake_issues n ON n.issue_id = x.id AND n.deleted_at IS NULL WHERE x.deleted_at IS NULL"
)

// Count counts one of TheCycles and so on.
func (p AnalyticsScope) Count(t *Tx, what string) (n int, err error) {
	sql, args := p.condition(t, "x")
	if what == TheIntake { // there is less in it than beside it
		in, ids := t.In("n.project_id", p.Projects)
		own, more := p.OwnOnly.and(t, "x")
		sql, args = sql+" AND "+in+own, append(append(args, ids), more...)
	}
	if err = t.One("SELECT COUNT(*) FROM "+what+" AND "+sql, args, &n); err != nil {
		return 0, fmt.Errorf("count %s: %w", what[:strings.IndexByte(what, ' ')], err)
	}
	return n, nil
}

// CountWork counts the work items that the intake does not hold back: all, less the few that it does, so that no state
// is looked up.
func (p AnalyticsScope) CountWork(t *Tx) (int, error) {
	sql, args := p.issues(t)
	var all, waiting int
	if err := t.One("SELECT COUNT(*) FROM issues i WHERE "+sql, args, &all); err != nil {
		return 0, fmt.Errorf("count work items: %w", err)
	}
	in, ids := t.In("project_id", p.Projects)
	held := append([]any{ids}, args...)
	err := t.One(`SELECT COUNT(*) FROM issues i WHERE i.state_id IN (SELECT id FROM states WHERE "group" = 'triage' AND `+
		in+") AND "+sql, held, &waiting)
	if err != nil {
		return 0, fmt.Errorf("count what waits: %w", err)
	}
	return all - waiting, nil
}

// GroupCount counts work items of one project whose states are in one group.
type GroupCount struct {
	ProjectID, Group string
	Count            int
}

// ByGroup counts the work items of each project by the group of their state.
func (p AnalyticsScope) ByGroup(t *Tx) ([]GroupCount, error) {
	sql, args := p.issues(t)
	return scanned(t, "count by state",
		`SELECT c.project_id, s."group", SUM(c.n) FROM (SELECT i.project_id, i.state_id, COUNT(*) AS n FROM issues i WHERE `+
			sql+
			` GROUP BY i.project_id, i.state_id) c JOIN states s ON s.id = c.state_id WHERE s."group" <> 'triage'
		GROUP BY c.project_id, s."group" ORDER BY c.project_id, s."group"`, args,
		func(g *GroupCount) []any { return []any{&g.ProjectID, &g.Group, &g.Count} })
}

// TimeCount counts what was made at a time, and how much of it is completed.
type TimeCount struct {
	At              Date // a day, or the first of a month
	Made, Completed int
}

// ByMonth counts work items by the month in which they were made.
func (p AnalyticsScope) ByMonth(t *Tx) ([]TimeCount, error) {
	sql, args := p.issues(t)
	return p.byTime(t, t.Month("i.created_at"),
		`issues i LEFT JOIN states s ON s.id = i.state_id WHERE (s."group" IS NULL OR s."group" <> 'triage') AND `+sql, args)
}

// ByDay counts what is in the cycle or the module by the day on which it came in.
func (p AnalyticsScope) ByDay(t *Tx) ([]TimeCount, error) {
	tie, holder, id := "cycle_issues", "cycle_id", p.Cycle
	if p.Module != "" {
		tie, holder, id = "module_issues", "module_id", p.Module
	}
	in, ids := t.In("x.project_id", p.Projects)
	own, more := p.OwnOnly.and(t, "i")
	return p.byTime(t, t.Day("x.created_at"), tie+` x JOIN issues i ON i.id = x.issue_id LEFT JOIN states s ON s.id = i.state_id
		WHERE x.deleted_at IS NULL AND x.`+holder+" = ? AND "+in+own, append([]any{id, ids}, more...))
}

func (p AnalyticsScope) byTime(t *Tx, at, from string, args []any) ([]TimeCount, error) {
	return scanned(t, "count by time",
		"SELECT "+at+` AS at, COUNT(*), COUNT(*) FILTER (WHERE s."group" = 'completed') FROM `+from+" GROUP BY "+at+
			" ORDER BY 1", args, func(c *TimeCount) []any { return []any{&c.At, &c.Made, &c.Completed} })
}

// PersonCount counts the work items of one assignee, or of nobody, whose states are in one group.
type PersonCount struct {
	UserID *string
	Group  string
	Count  int
}

// ByAssignee counts work items by who has them to do and by the group of their state.
func (p AnalyticsScope) ByAssignee(t *Tx) ([]PersonCount, error) {
	sql, args := p.issues(t)
	return scanned(t, "count by assignee", `SELECT a.assignee_id, s."group", COUNT(DISTINCT i.id) FROM issues i JOIN states s ON s.id = i.state_id AND s."group" <> 'triage'
		LEFT JOIN issue_assignees a ON a.issue_id = i.id AND a.deleted_at IS NULL WHERE `+sql+` GROUP BY a.assignee_id, s."group"`, args,
		func(c *PersonCount) []any { return []any{&c.UserID, &c.Group, &c.Count} })
}

// RoleCount counts people of one role.
type RoleCount struct{ Role, Count int }

// MembersByRole counts the memberships of a workspace or, with projects, those of the projects. Bots are people only to
// the chart of a workspace, as in the reference.
func MembersByRole(t *Tx, workspace string, projects []string, bots bool, s Span) ([]RoleCount, error) {
	from, args := "workspace_members m JOIN users u ON u.id = m.member_id WHERE m.workspace_id = ?", []any{workspace}
	if projects != nil {
		in, ids := t.In("m.project_id", projects)
		from, args = "project_members m JOIN users u ON u.id = m.member_id WHERE m.workspace_id = ? AND "+in,
			append(args, ids)
	}
	if !bots {
		from += " AND NOT u.is_bot"
	}
	if !s.From.IsZero() {
		from += " AND m.created_at >= ? AND m.created_at < ?"
		args = append(args, s.From, s.Before)
	}
	return scanned(t, "count members",
		"SELECT m.role, COUNT(*) FROM "+from+" AND m.is_active AND m.deleted_at IS NULL GROUP BY m.role", args,
		func(c *RoleCount) []any { return []any{&c.Role, &c.Count} })
}

// scanned returns the rows of a query with ? placeholders; into says where the columns of a row go.
func scanned[T any](t *Tx, doing, sql string, args []any, into func(*T) []any) ([]T, error) {
	rows, err := t.Rows(sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		var v T
		if err := rows.Scan(into(&v)...); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		all = append(all, v)
	}
	return all, db.Mark(rows.Err())
}
