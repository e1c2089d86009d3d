package issue

import (
	"fmt"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Delete marks a work item of the call's project as deleted, and its sub-items with it, but for those of an epic, which
// are free then; store.ErrNotFound without one. Its history, which stays, says how many went along.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := freeBelow(c, t, id); err != nil {
			return err
		}
		h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
		if err != nil {
			return err
		}
		gone, err := store.DeleteIssue(t, id)
		if err != nil {
			return err
		}
		if err := store.EnqueueDeleted(t, store.EventIssue, h.WorkspaceID, gone...); err != nil {
			return err
		}
		field, what := "issue", "deleted the issue"
		if below := len(gone) - 1; below > 0 {
			what += fmt.Sprintf(" and the %d below it", below)
		}
		return store.RecordIssue(t,
			store.IssueChanged{Kind: "issue.activity.deleted", IssueID: h.ID, ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID,
				Origin: c.Base}, &store.IssueActivity{Verb: "deleted", Field: &field, Comment: what})
	})
}

// freeBelow takes the work items below an epic away from it; below others they stay.
func freeBelow(c *app.Call, t *store.Tx, id string) error {
	epic, err := store.IsEpic(t, c.ProjectID, id)
	if err != nil || !epic {
		return err
	}
	if err := store.LockLineages(t, c.Workspace.ID); err != nil { // nothing comes below it meanwhile
		return err
	}
	above, err := store.FindIssueRef(t, id)
	if err != nil {
		return err
	}
	below, err := store.Orphan(t, id)
	if err != nil {
		return err
	}
	records := make([]store.IssueRecord, len(below))
	for i := range below {
		var r record
		r.parent(above, nil)
		records[i] = store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "issue.activity.updated",
			IssueID: below[i].ID, ProjectID: below[i].ProjectID, WorkspaceID: below[i].WorkspaceID, Origin: c.Base,
			Fields: r.fields, Quiet: c.Quiet()}, Rows: r.rows}
	}
	return store.RecordIssues(t, records)
}

// DeleteMany deletes the visible ones of several work items and says how many there were; their sub-items stay.
func DeleteMany(c *app.Call, ids []string) (n int, err error) {
	err = c.Write(func(t *store.Tx) error {
		gone, err := store.DeleteIssuesAlone(t, c.Workspace.ID, c.ProjectID, ids)
		if err != nil {
			return fmt.Errorf("delete work items: %w", err)
		}
		n = len(gone)
		return store.EnqueueDeleted(t, store.EventIssue, c.Workspace.ID, gone...)
	})
	return n, err
}
