package store

import "time"

// GroupTotal counts the work items whose states are in one group (nil: that have no state).
type GroupTotal struct {
	Group *string
	Count int
	Point *int // the sum of what an import called their points
}

// Groups counts by the group of the state.
func (w IssueSelection) Groups(t *Tx) ([]GroupTotal, error) {
	return scanned(t, "count by group",
		`SELECT fs."group", COUNT(*), SUM(i.point) FROM issues i LEFT JOIN states fs ON fs.id = i.state_id WHERE `+w.Where+
			` GROUP BY fs."group" ORDER BY 1`, w.Args, func(g *GroupTotal) []any { return []any{&g.Group, &g.Count, &g.Point} })
}

// MonthCount counts what was completed in a month.
type MonthCount struct {
	Month Date // its first day
	Count int
}

// CompletedIn counts what was completed from a moment on and before another one, by month.
func (w IssueSelection) CompletedIn(t *Tx, from, before time.Time) ([]MonthCount, error) {
	return scanned(t, "count by month",
		"SELECT "+t.Month("i.completed_at")+", COUNT(*) FROM issues i WHERE "+w.Where+
			" AND i.completed_at >= ? AND i.completed_at < ? GROUP BY 1 ORDER BY 1",
		append(append([]any{}, w.Args...), from, before), func(c *MonthCount) []any { return []any{&c.Month, &c.Count} })
}

// PersonIssueCount counts the work items of one person; nil: of nobody.
type PersonIssueCount struct {
	UserID *string
	Count  int
}

func (w IssueSelection) byPerson(t *Tx, doing, who, from, where string) ([]PersonIssueCount, error) {
	return scanned(t, doing, "SELECT "+who+", COUNT(DISTINCT i.id) AS n FROM issues i"+from+" WHERE "+w.Where+where,
		w.Args, func(c *PersonIssueCount) []any { return []any{&c.UserID, &c.Count} })
}

// Creators counts by who made the work items: those few with the most.
func (w IssueSelection) Creators(t *Tx) ([]PersonIssueCount, error) {
	return w.byPerson(t, "count by maker", "i.created_by_id", "",
		" AND i.created_by_id IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 5")
}

// Completers counts what is completed by who had it to do: those few with the most.
func (w IssueSelection) Completers(t *Tx) ([]PersonIssueCount, error) {
	return w.byPerson(t, "count by closer", "fa.assignee_id",
		" JOIN issue_assignees fa ON fa.issue_id = i.id AND fa.deleted_at IS NULL",
		" AND i.completed_at IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 5")
}

// Pending counts what is not completed by who has it to do.
func (w IssueSelection) Pending(t *Tx) ([]PersonIssueCount, error) {
	return w.byPerson(t, "count what is pending", "fa.assignee_id",
		" LEFT JOIN issue_assignees fa ON fa.issue_id = i.id AND fa.deleted_at IS NULL",
		" AND i.completed_at IS NULL GROUP BY 1 ORDER BY n DESC, 1")
}
