package store

import "time"

// GroupTotal counts the work items whose states are in one group (nil: that have no state).
type GroupTotal struct {
	Group *string
	Count int
	Point *int // the sum of what an import called their points
}

// Groups counts by the group of the state.
func (w Work) Groups(t *Tx) ([]GroupTotal, error) {
	return scanned(t, "count by group", `SELECT fs."group", COUNT(*), SUM(i.point) FROM issues i LEFT JOIN states fs ON fs.id = i.state_id WHERE `+w.Where+` GROUP BY fs."group" ORDER BY 1`,
		w.Args, func(g *GroupTotal) []any { return []any{&g.Group, &g.Count, &g.Point} })
}

// MonthCount counts what was completed in a month.
type MonthCount struct {
	Month Date // its first day
	Count int
}

// CompletedIn counts what was completed from a moment on and before another one, by month.
func (w Work) CompletedIn(t *Tx, from, before time.Time) ([]MonthCount, error) {
	return scanned(t, "count by month", "SELECT "+t.Month("i.completed_at")+", COUNT(*) FROM issues i WHERE "+w.Where+" AND i.completed_at >= ? AND i.completed_at < ? GROUP BY 1 ORDER BY 1",
		append(append([]any{}, w.Args...), from, before), func(c *MonthCount) []any { return []any{&c.Month, &c.Count} })
}

// HandCount counts the work items of one person; nil: of nobody.
type HandCount struct {
	UserID *string
	Count  int
}

func (w Work) hands(t *Tx, doing, who, from, where string) ([]HandCount, error) {
	return scanned(t, doing, "SELECT "+who+", COUNT(DISTINCT i.id) AS n FROM issues i"+from+" WHERE "+w.Where+where, w.Args,
		func(c *HandCount) []any { return []any{&c.UserID, &c.Count} })
}

// Makers counts by who made the work items: those few with the most.
func (w Work) Makers(t *Tx) ([]HandCount, error) {
	return w.hands(t, "count by maker", "i.created_by_id", "", " AND i.created_by_id IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 5")
}

// Closers counts what is completed by who had it to do: those few with the most.
func (w Work) Closers(t *Tx) ([]HandCount, error) {
	return w.hands(t, "count by closer", "fa.assignee_id", " JOIN issue_assignees fa ON fa.issue_id = i.id AND fa.deleted_at IS NULL",
		" AND i.completed_at IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 5")
}

// Pending counts what is not completed by who has it to do.
func (w Work) Pending(t *Tx) ([]HandCount, error) {
	return w.hands(t, "count what is pending", "fa.assignee_id", " LEFT JOIN issue_assignees fa ON fa.issue_id = i.id AND fa.deleted_at IS NULL",
		" AND i.completed_at IS NULL GROUP BY 1 ORDER BY n DESC, 1")
}
