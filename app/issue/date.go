package issue

import (
	"errors"
	"net/http"

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
	return c.Write(func(t *store.Tx) error {
		for _, m := range moves {
			h, err := store.TakeIssue(t, c.Workspace.ID, c.ProjectID, m.ID)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if err := m.apply(c, t, h); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *Move) apply(c *app.Call, t *store.Tx, h *store.IssueInHand) error {
	from := h.Issue
	if m.Start != nil {
		h.StartDate = m.Start
	}
	if m.Target != nil {
		h.TargetDate = m.Target
	}
	if h.StartDate != nil && h.TargetDate != nil && *h.StartDate > *h.TargetDate {
		return &app.Error{Status: http.StatusBadRequest, Body: map[string]string{"message": "Start date cannot exceed target date"}}
	}
	var r record
	r.date("start_date", "updated the start date to ", from.StartDate, h.StartDate)
	r.date("target_date", "updated the target date to", from.TargetDate, h.TargetDate)
	if len(r.rows) == 0 {
		return nil
	}
	if err := store.Issues.Update(t, &h.Issue, "start_date", "target_date"); err != nil {
		return err
	}
	return store.RecordIssue(t, store.IssueChanged{Kind: "issue.activity.updated", IssueID: h.ID, ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID,
		Fields: r.fields, Origin: c.Base, Quiet: true}, r.rows...)
}
