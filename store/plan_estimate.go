package store

import "fmt"

// EstimateSums are the places of estimate points in their estimates, summed over a cycle's work items; nil without any.
// They are not the points' values: the reference sums the keys.
type EstimateSums struct{ Total, Completed, Started *float64 }

// CycleEstimates sums up cycles; those without estimates are absent. Plane: api/views/cycle.py
func CycleEstimates(t *Tx, ids []string, seen OwnOnly) (map[string]EstimateSums, error) {
	in, arg := t.In("l.cycle_id", ids)
	own, args := seen.and(t, "i")
	rows, err := t.Rows(`SELECT l.cycle_id, COALESCE(s."group", ''), SUM(v."key") FROM cycle_issues l JOIN issues i ON i.id = l.issue_id `+
		`JOIN estimate_points v ON v.id = i.estimate_point_id LEFT JOIN states s ON s.id = i.state_id WHERE `+in+
		` AND `+livingLink+own+` GROUP BY l.cycle_id, s."group"`, append([]any{arg}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("sum estimates: %w", err)
	}
	defer rows.Close()
	all := map[string]EstimateSums{}
	for rows.Next() {
		var id, group string
		var sum float64
		if err := rows.Scan(&id, &group, &sum); err != nil {
			return nil, fmt.Errorf("sum estimates: %w", err)
		}
		s := all[id]
		total := sum
		if s.Total != nil {
			total += *s.Total
		}
		s.Total = &total
		switch group {
		case "completed":
			s.Completed = &sum
		case "started":
			s.Started = &sum
		}
		all[id] = s
	}
	return all, rows.Err()
}

// SubItemCounts says how many visible work items are below each of those; those without any are absent.
func SubItemCounts(t *Tx, ids []string) (map[string]int, error) {
	in, arg := t.In("i.parent_id", ids)
	rows, err := t.Rows(`SELECT i.parent_id, COUNT(*) FROM issues i JOIN issues above ON above.id = i.parent_id WHERE `+in+
		" AND "+CountedBelow("i", "above")+" GROUP BY i.parent_id", arg)
	if err != nil {
		return nil, fmt.Errorf("count sub-items: %w", err)
	}
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, fmt.Errorf("count sub-items: %w", err)
		}
		all[id] = n
	}
	return all, rows.Err()
}
