package store

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// ProjectWithCounts is a project with how much is in it, and what one person is to it.
type ProjectWithCounts struct {
	Project
	TotalMembers int      `db:"total_members"`
	TotalCycles  int      `db:"total_cycles"`
	TotalModules int      `db:"total_modules"`
	Place        *float64 `db:"place"`       // the sort order of the person's membership; nil outside the project
	MemberRole   *int     `db:"member_role"` // nil outside the project
	IsDeployed   bool     `db:"is_deployed"` // as a public board
}

// KnownProjects holds for the public projects of a workspace and those that the person is in.
func KnownProjects(workspace, user string) dbx.Expression {
	return dbx.And(dbx.HashExp{"projects.workspace_id": workspace}, dbx.Or(dbx.HashExp{"projects.network": 2},
		dbx.NewExp(`EXISTS (SELECT 1 FROM project_members k WHERE k.project_id = projects.id AND k.member_id = {:known} AND k.is_active AND k.deleted_at IS NULL)`,
			dbx.Params{"known": user})))
}

// ListProjectsWithCounts returns a part of the projects that fit, as the person sees them, and how many fit in all.
// order may name place, the person's own sort order.
func ListProjectsWithCounts(t *Tx, user string, where dbx.Expression, s ListPart, order ...string) ([]ProjectWithCounts,
	int, error) {
	ps := []ProjectWithCounts{}
	mine := " FROM project_members m WHERE m.project_id = projects.id AND m.member_id = {:user} AND m.is_active AND m.deleted_at IS NULL)"
	q := Projects.Query(t).AndWhere(where).Bind(dbx.Params{"user": user}).AndSelect(
		`(SELECT COUNT(*) FROM project_members m JOIN users u ON u.id = m.member_id WHERE m.project_id = projects.id AND m.is_active AND m.deleted_at IS NULL AND NOT u.is_bot) AS total_members`,
		`(SELECT COUNT(*) FROM cycles n WHERE n.project_id = projects.id AND n.deleted_at IS NULL) AS total_cycles`,
		`(SELECT COUNT(*) FROM modules n WHERE n.project_id = projects.id AND n.deleted_at IS NULL) AS total_modules`,
		`(SELECT m.sort_order`+mine+` AS place`, `(SELECT m.role`+mine+` AS member_role`,
		`EXISTS (SELECT 1 FROM deploy_boards b WHERE b.project_id = projects.id AND b.deleted_at IS NULL) AS is_deployed`,
	).OrderBy(order...).Offset(int64(s.Offset)).Limit(int64(s.Limit))
	if err := q.All(&ps); err != nil {
		return nil, 0, fmt.Errorf("list projects: %w", db.Mark(err))
	}
	total, err := Projects.Count(t, where)
	return ps, total, err
}

// projectCounts are what can be counted of a project, by name.
var projectCounts = map[string]string{
	"members": "project_members x WHERE x.is_active",
	"states":  `states x WHERE x."group" <> 'triage'`,
	"labels":  "labels x WHERE TRUE",
	"cycles":  "cycles x WHERE TRUE",
	"modules": "modules x WHERE TRUE",
	"issues":  countedIssues + "x.archived_at IS NULL AND NOT x.is_draft",
	"intakes": "intake_issues x WHERE TRUE",
	"pages":   "project_pages x WHERE TRUE",
}

const countedIssues = `issues x WHERE NOT EXISTS (SELECT 1 FROM states s WHERE s.id = x.state_id AND s."group" = 'triage') AND `

// moreCounts are counted too: the parts of the project's work items that the indexes of lists leave out.
var moreCounts = map[string][]string{"issues": {
	countedIssues + "(x.archived_at IS NOT NULL OR x.deleted_at IS NOT NULL) AND x.archived_at IS NOT NULL",
	countedIssues + "x.is_draft AND x.archived_at IS NULL",
}}

// CountInProject says how many of the named things a project has: members, states, labels, cycles, modules, issues,
// intakes, pages. Other names are left out; when none is left, all are counted. Of work items only those that the
// reader may see count.
func CountInProject(t *Tx, project string, names []string, seen OwnOnly) (map[string]int, error) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return projectCounts[name] == "" })
	if len(names) == 0 {
		names = slices.Collect(maps.Keys(projectCounts))
	}
	counts := map[string]int{}
	for _, name := range names {
		for _, from := range append([]string{projectCounts[name]}, moreCounts[name]...) {
			var n int
			own, args := "", []any(nil)
			if name == "issues" || name == "intakes" {
				own, args = seen.and(t, "x")
			}
			if err := t.One("SELECT COUNT(*) FROM "+from+" AND x.deleted_at IS NULL AND x.project_id = ?"+own,
				append([]any{project}, args...), &n); err != nil {
				return nil, fmt.Errorf("count %s: %w", name, err)
			}
			counts[name] += n
		}
	}
	return counts, nil
}
