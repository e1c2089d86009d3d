package store

import (
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Workload counts the issues of one state group and priority.
type Workload struct {
	Group    string `db:"state_group"`
	Priority string `db:"priority"`
	Count    int    `db:"n"`
}

// Living issues of projects at work, as lists show them; the projects are those of {:projects}.
const shownIssues = ` FROM issues i JOIN projects p ON p.id = i.project_id AND p.archived_at IS NULL AND p.deleted_at IS NULL
	JOIN states s ON s.id = i.state_id AND s."group" <> 'triage'`

func shownIn(t *Tx, workspace string, projects []string, own OwnOnly, params dbx.Params) string {
	params["workspace"] = workspace
	return " WHERE i.workspace_id = {:workspace} AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft AND " +
		t.Build(In("i.project_id", projects), params) + own.named(t, "i", params)
}

// AssignedWork returns what is assigned to a person in those projects.
func AssignedWork(t *Tx, workspace, user string, projects []string, own OwnOnly) ([]Workload, error) {
	params := dbx.Params{"user": user}
	where := shownIn(t, workspace, projects, own, params)
	rows := []Workload{}
	err := t.NewQuery(`SELECT s."group" AS state_group, i.priority AS priority, COUNT(*) AS n` + shownIssues +
		" JOIN issue_assignees a ON a.issue_id = i.id AND a.assignee_id = {:user} AND a.deleted_at IS NULL" +
		where + ` GROUP BY s."group", i.priority`).Bind(params).All(&rows)
	return rows, db.Mark(err)
}

// CreatedWork counts the issues that a person made in those projects.
func CreatedWork(t *Tx, workspace, user string, projects []string, own OwnOnly) (n int, err error) {
	params := dbx.Params{"user": user}
	where := shownIn(t, workspace, projects, own, params)
	err = t.NewQuery("SELECT COUNT(*)" + shownIssues + where + " AND i.created_by_id = {:user}").Bind(params).Row(&n)
	return n, db.Mark(err)
}

// FollowedWork counts the issues that a person follows in those projects, archived ones too.
func FollowedWork(t *Tx, workspace, user string, projects []string, own OwnOnly) (n int, err error) {
	params := dbx.Params{"user": user, "workspace": workspace}
	in := t.Build(In("f.project_id", projects), params) + own.named(t, "i", params)
	err = t.NewQuery(`SELECT COUNT(*) FROM issue_subscribers f JOIN issues i ON i.id = f.issue_id AND i.deleted_at IS NULL
		JOIN projects p ON p.id = f.project_id AND p.archived_at IS NULL AND p.deleted_at IS NULL
		WHERE f.workspace_id = {:workspace} AND f.subscriber_id = {:user} AND f.deleted_at IS NULL AND ` + in).Bind(params).Row(&n)
	return n, db.Mark(err)
}

// CycleWork names the cycle of an issue.
type CycleWork struct {
	Name      string `db:"name"`
	ID        string `db:"id"`
	ProjectID string `db:"project_id"`
}

// AssignedCycles returns the cycles of a person's issues in those projects, once an issue: those under way, or those to
// come.
func AssignedCycles(t *Tx, workspace, user string, projects []string, own OwnOnly, now time.Time,
	underWay bool) ([]CycleWork, error) {
	params := dbx.Params{"user": user, "workspace": workspace, "now": now}
	when := "c.start_date > {:now}"
	if underWay {
		when = "c.start_date < {:now} AND c.end_date > {:now}"
	}
	in := t.Build(In("c.project_id", projects), params) + own.named(t, "i", params)
	rows := []CycleWork{}
	err := t.NewQuery(`SELECT c.name AS name, c.id AS id, c.project_id AS project_id FROM cycle_issues ci
		JOIN cycles c ON c.id = ci.cycle_id AND c.deleted_at IS NULL JOIN issues i ON i.id = ci.issue_id AND i.deleted_at IS NULL
		JOIN issue_assignees a ON a.issue_id = i.id AND a.assignee_id = {:user} AND a.deleted_at IS NULL
		WHERE ci.workspace_id = {:workspace} AND ci.deleted_at IS NULL AND ` + when + " AND " + in + " ORDER BY c.start_date").Bind(params).All(&rows)
	return rows, db.Mark(err)
}

// ProjectWork counts what a person has to do with a project.
type ProjectWork struct {
	ID        string `db:"id"`
	LogoProps JSON   `db:"logo_props"`
	Created   int    `db:"created_issues"`
	Assigned  int    `db:"assigned_issues"`
	Completed int    `db:"completed_issues"`
	Pending   int    `db:"pending_issues"`
}

// WorkByProject returns it for those of the projects that are not archived. As in the reference, an issue counts once
// for each of its assignees, and deleted ones count too. Plane: app/views/workspace/user.py
func WorkByProject(t *Tx, workspace, user string, projects []string, own OwnOnly) ([]ProjectWork, error) {
	params := dbx.Params{"user": user, "workspace": workspace}
	in, seen := t.Build(In("p.id", projects), params), own.named(t, "i", params)
	rows := []ProjectWork{}
	err := t.NewQuery(`SELECT p.id AS id, p.logo_props AS logo_props, COALESCE(made.n, 0) AS created_issues, COALESCE(mine.n, 0) AS assigned_issues,
			COALESCE(mine.completed, 0) AS completed_issues, COALESCE(mine.pending, 0) AS pending_issues
		FROM projects p
		LEFT JOIN (SELECT i.project_id, COUNT(*) AS n FROM issues i LEFT JOIN issue_assignees a ON a.issue_id = i.id
			WHERE i.created_by_id = {:user} AND i.workspace_id = {:workspace} AND i.archived_at IS NULL AND NOT i.is_draft` + seen + `
			GROUP BY i.project_id) made ON made.project_id = p.id
		LEFT JOIN (SELECT i.project_id, COUNT(*) AS n, COUNT(i.completed_at) AS completed,
				COUNT(*) FILTER (WHERE s."group" IN ('backlog', 'unstarted', 'started')) AS pending
			FROM issue_assignees a JOIN issues i ON i.id = a.issue_id LEFT JOIN states s ON s.id = i.state_id
			WHERE a.assignee_id = {:user} AND i.workspace_id = {:workspace} AND i.archived_at IS NULL AND NOT i.is_draft` + seen + `
			GROUP BY i.project_id) mine ON mine.project_id = p.id
		WHERE p.workspace_id = {:workspace} AND p.archived_at IS NULL AND p.deleted_at IS NULL AND ` + in +
		" ORDER BY p.created_at DESC").Bind(params).All(&rows)
	return rows, db.Mark(err)
}
