package store

import (
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/store/db"
)

// ProjectTotals are the names of what ProjectsCounted counts.
var ProjectTotals = []string{"total_issues", "completed_issues", "total_members", "total_cycles", "total_modules"}

const workInProject = `(SELECT COUNT(*) FROM issues i LEFT JOIN states s ON s.id = i.state_id WHERE ` + shownIssue +
	` AND i.project_id = p.id AND p.archived_at IS NULL`

// Which work items of a project count, by the name of the total.
var workTotals = map[string]string{
	"total_issues":     ` AND (s."group" IS NULL OR s."group" <> 'triage'))`,
	"completed_issues": ` AND s."group" IN ('completed', 'cancelled'))`,
}

var projectTotals = map[string]string{
	"total_members": `(SELECT COUNT(*) FROM project_members m JOIN users u ON u.id = m.member_id
		WHERE m.project_id = p.id AND m.is_active AND m.deleted_at IS NULL AND NOT u.is_bot)`,
	"total_cycles":  "(SELECT COUNT(*) FROM cycles x WHERE x.project_id = p.id AND x.deleted_at IS NULL)",
	"total_modules": "(SELECT COUNT(*) FROM modules x WHERE x.project_id = p.id AND x.deleted_at IS NULL)",
}

// CountedTotals are totals of a project, by name.
type CountedTotals struct {
	ID     string
	Secret bool // for its members only
	Totals map[string]int
}

// ProjectsCounted counts the named things in the projects of a workspace, or in those of ids if that is not nil, newest
// first; of work items only those that the reader may see.
func ProjectsCounted(t *Tx, workspace string, ids, names []string, seen OwnOnly) ([]CountedTotals, error) {
	sql, args := "SELECT p.id, p.network = 0", []any{}
	own, more := seen.and(t, "i")
	for _, name := range names {
		if !slices.Contains(ProjectTotals, name) {
			return nil, fmt.Errorf("no such total: %s", name)
		}
		if work := workTotals[name]; work != "" {
			sql, args = sql+", "+workInProject+own+work, append(args, more...)
			continue
		}
		sql += ", " + projectTotals[name]
	}
	args = append(args, workspace)
	sql += " FROM projects p WHERE p.workspace_id = ? AND p.deleted_at IS NULL"
	if ids != nil {
		in, list := t.In("p.id", ids)
		sql, args = sql+" AND "+in, append(args, list)
	}
	rows, err := t.Rows(sql+" ORDER BY p.created_at DESC, p.id DESC", args...)
	if err != nil {
		return nil, fmt.Errorf("count in projects: %w", err)
	}
	defer rows.Close()
	all := []CountedTotals{}
	for rows.Next() {
		p := CountedTotals{Totals: map[string]int{}}
		numbers := make([]int, len(names))
		into := []any{&p.ID, &p.Secret}
		for i := range numbers {
			into = append(into, &numbers[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("count in projects: %w", err)
		}
		for i, name := range names {
			p.Totals[name] = numbers[i]
		}
		all = append(all, p)
	}
	return all, db.Mark(rows.Err())
}
