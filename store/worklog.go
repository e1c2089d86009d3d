package store

// Worklog is a row of issue_worklogs: time that somebody has worked on a work item.
type Worklog struct {
	AuditFields
	Description string `db:"description"`
	Duration    int    `db:"duration"` // minutes
	LoggedByID  string `db:"logged_by_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// Worklogs is the table of Worklog rows.
var Worklogs = NewTable[Worklog]("issue_worklogs")

// WorkedTime is the time that was worked on a work item in all.
type WorkedTime struct {
	IssueID string
	Minutes int
}

// WorkedIn sums the time of every work item of a project that has some and that the reader may see, archived ones too.
func WorkedIn(t *Tx, project string, seen OwnOnly) ([]WorkedTime, error) {
	own, args := seen.and(t, "i")
	return scanned(t, "sum worked time", `SELECT w.issue_id, SUM(w.duration) FROM issue_worklogs w
		JOIN issues i ON i.id = w.issue_id AND i.deleted_at IS NULL
		WHERE w.project_id = ? AND w.deleted_at IS NULL`+own+` GROUP BY w.issue_id ORDER BY w.issue_id`,
		append([]any{project}, args...), func(r *WorkedTime) []any { return []any{&r.IssueID, &r.Minutes} })
}
