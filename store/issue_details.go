package store

import "fmt"

// DetailIssues reads those living work items with the ids of their people and labels, by their ids; the rest of what an
// IssueDetail may have is not read.
func DetailIssues(t *Tx, ids []string) (map[string]*IssueDetail, error) {
	rows, err := Issues.List(t, In("id", ids))
	if err != nil {
		return nil, fmt.Errorf("read work items: %w", err)
	}
	all := make(map[string]*IssueDetail, len(rows))
	for i := range rows {
		all[rows[i].ID] = &IssueDetail{Issue: rows[i], LabelIDs: []string{}, AssigneeIDs: []string{}}
	}
	labels, err := IssueLabels.List(t, In("issue_id", ids), "created_at", "id")
	if err != nil {
		return nil, fmt.Errorf("read labels of work items: %w", err)
	}
	for _, l := range labels {
		if d := all[l.IssueID]; d != nil {
			d.LabelIDs = append(d.LabelIDs, l.LabelID)
		}
	}
	people, err := IssueAssignees.List(t, In("issue_id", ids), "created_at", "id")
	if err != nil {
		return nil, fmt.Errorf("read people of work items: %w", err)
	}
	for _, a := range people {
		if d := all[a.IssueID]; d != nil {
			d.AssigneeIDs = append(d.AssigneeIDs, a.AssigneeID)
		}
	}
	return all, nil
}
