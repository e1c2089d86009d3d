package issue

import (
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Move says where the dates of a work item go; nil stays.
type Move struct {
	ID            string
	Start, Target *store.Date
}

// MoveDates changes the dates of several work items of the call's project, all or none. Unknown ids are passed over.
func MoveDates(c *app.Call, moves []Move) error {
	ids := make([]string, len(moves))
	for n, m := range moves {
		ids[n] = m.ID
	}
	return c.Write(func(t *store.Tx) error {
		taken, err := store.LockIssues(t, c.Workspace.ID, c.ProjectID, ids)
		if err != nil {
			return err
		}
		var changed []*store.Issue
		var records []store.IssueRecord
		for _, m := range moves {
			h := taken[m.ID]
			if h == nil {
				continue
			}
			r, err := m.apply(h)
			if err != nil {
				return err
			}
			if len(r.rows) > 0 {
				changed = append(changed, &h.Issue)
				records = append(records,
					store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "issue.activity.updated", IssueID: h.ID,
						ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID, Fields: r.fields, Origin: c.Base}, Rows: r.rows})
			}
		}
		slices.SortFunc(changed, func(a, b *store.Issue) int { return strings.Compare(a.ID, b.ID) })
		if err := store.MoveIssueDates(t, slices.Compact(changed)); err != nil {
			return err
		}
		return store.RecordIssues(t, records)
	})
}

// apply moves the dates of a work item and returns what its history says of that.
func (m *Move) apply(h *store.IssueForUpdate) (r record, err error) {
	from := h.Issue
	if m.Start != nil {
		h.StartDate = m.Start
	}
	if m.Target != nil {
		h.TargetDate = m.Target
	}
	if h.StartDate != nil && h.TargetDate != nil && *h.StartDate > *h.TargetDate {
		return r, &app.Error{Kind: app.Invalid, Code: "DATES_CROSS", Text: "Start date cannot exceed target date"}
	}
	r.date("start_date", "updated the start date to ", from.StartDate, h.StartDate)
	r.date("target_date", "updated the target date to", from.TargetDate, h.TargetDate)
	return r, nil
}
