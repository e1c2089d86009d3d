package store

import (
	"fmt"
	"strconv"
	"time"
)

// Share is what somebody, or a label, has of the work items of a plan: how many, how many of them are completed, and
// their points. Sums of points are nil where no work item has any.
type Share struct {
	Total, Completed                            int
	TotalPoints, CompletedPoints, PendingPoints *float64
}

func (s *Share) add(completed bool, value *string, n int) {
	s.Total += n
	if completed {
		s.Completed += n
	}
	points, ok := pointsOf(value)
	if !ok {
		return
	}
	sums := [...]**float64{&s.TotalPoints, &s.PendingPoints}
	if completed {
		sums[1] = &s.CompletedPoints
	}
	for _, sum := range sums {
		if *sum == nil {
			*sum = new(float64)
		}
		**sum += points * float64(n)
	}
}

// pointsOf reads the value of an estimate's point; what is no number has no points.
func pointsOf(value *string) (float64, bool) {
	if value == nil {
		return 0, false
	}
	points, err := strconv.ParseFloat(*value, 64)
	return points, err == nil
}

// PeopleShares returns what each assignee has of a plan's work items, by the person's id; the empty id is nobody.
func (p Plan) PeopleShares(t *Tx, plan string, seen OwnOnly) (map[string]*Share, error) {
	return p.shares(t, plan, seen, `LEFT JOIN issue_assignees x ON x.issue_id = i.id AND x.deleted_at IS NULL
		LEFT JOIN users w ON w.id = x.assignee_id`)
}

// LabelShares returns what each label has of a plan's work items, by the label's id; the empty id is no label.
func (p Plan) LabelShares(t *Tx, plan string, seen OwnOnly) (map[string]*Share, error) {
	return p.shares(t, plan, seen, `LEFT JOIN issue_labels x ON x.issue_id = i.id AND x.deleted_at IS NULL
		LEFT JOIN labels w ON w.id = x.label_id AND w.deleted_at IS NULL`)
}

func (p Plan) shares(t *Tx, plan string, seen OwnOnly, whose string) (map[string]*Share, error) {
	own, args := seen.and(t, "i")
	rows, err := t.Rows(`SELECT w.id, i.completed_at IS NOT NULL, v.value, COUNT(*) FROM `+p.links+` l JOIN issues i ON i.id = l.issue_id
		LEFT JOIN states s ON s.id = i.state_id LEFT JOIN estimate_points v ON v.id = i.estimate_point_id `+whose+`
		WHERE l.`+p.column+` = ? AND `+livingLink+own+` GROUP BY w.id, i.completed_at IS NOT NULL, v.value`, append([]any{plan}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("shares of a plan: %w", err)
	}
	defer rows.Close()
	all := map[string]*Share{}
	for rows.Next() {
		var who, value *string
		var completed bool
		var n int
		if err := rows.Scan(&who, &completed, &value, &n); err != nil {
			return nil, fmt.Errorf("shares of a plan: %w", err)
		}
		id := ""
		if who != nil {
			id = *who
		}
		if all[id] == nil {
			all[id] = &Share{}
		}
		all[id].add(completed, value, n)
	}
	return all, rows.Err()
}

// Planned is a work item of a plan: its points, and when it was completed.
type Planned struct {
	Points      float64
	CompletedAt *time.Time
}

// Planned returns the work items of a plan.
func (p Plan) Planned(t *Tx, plan string, seen OwnOnly) ([]Planned, error) {
	own, args := seen.and(t, "i")
	rows, err := t.Rows(`SELECT i.completed_at, v.value FROM `+p.links+` l JOIN issues i ON i.id = l.issue_id
		LEFT JOIN states s ON s.id = i.state_id LEFT JOIN estimate_points v ON v.id = i.estimate_point_id
		WHERE l.`+p.column+` = ? AND `+livingLink+own, append([]any{plan}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("work items of a plan: %w", err)
	}
	defer rows.Close()
	all := []Planned{}
	for rows.Next() {
		var one Planned
		var value *string
		if err := rows.Scan(&one.CompletedAt, &value); err != nil {
			return nil, fmt.Errorf("work items of a plan: %w", err)
		}
		one.Points, _ = pointsOf(value)
		all = append(all, one)
	}
	return all, rows.Err()
}
