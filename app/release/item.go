package release

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Items returns a part of the work items that a release brings and that the caller may see, the newest first, and how
// many there are in all.
func Items(c *app.Call, release string, s store.ListPart) ([]store.TiedIssue, int, error) {
	if _, err := find(c, c.Read(), release); err != nil {
		return nil, 0, err
	}
	return c.TiedItems(store.Tied{Table: "release_issues", Column: "release_id", ID: release}, s, "")
}

// AddItems says that a release brings work items, and returns them. Those that it brings already stay.
func AddItems(c *app.Call, release string, ids []string) ([]store.IssueWithState, error) {
	var items []store.IssueWithState
	err := c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, release)
		if err != nil {
			return err
		}
		if items, err = c.ItemsToTie(t, "work_item_ids", ids); err != nil {
			return err
		}
		old, err := store.ReleaseIssues.List(t, dbx.And(dbx.HashExp{"release_id": r.ID}, store.In("issue_id", ids)))
		if err != nil {
			return err
		}
		known := make(map[string]bool, len(old))
		for i := range old {
			known[old[i].IssueID] = true
		}
		var fresh []*store.ReleaseIssue
		var history []store.IssueKey
		for i := range items {
			if at := &items[i]; !known[at.ID] {
				fresh = append(fresh, &store.ReleaseIssue{ReleaseID: r.ID, IssueID: at.ID, ProjectID: at.ProjectID,
					WorkspaceID: at.WorkspaceID})
				history = append(history, store.IssueKey{IssueID: at.ID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID})
			}
		}
		if err := store.ReleaseIssues.Insert(t, fresh...); err != nil {
			return err
		}
		return c.NoteTies(t, history, "created", "release", r.ID)
	})
	return items, err
}

// RemoveItems says that a release does not bring work items; those that it does not bring are passed over.
func RemoveItems(c *app.Call, release string, ids []string) error {
	return c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, release)
		if err != nil {
			return err
		}
		if _, err := c.ItemsToTie(t, "work_item_ids", ids); err != nil {
			return err
		}
		return untie(c, t, r.ID, dbx.And(dbx.HashExp{"release_id": r.ID}, store.In("issue_id", ids)))
	})
}

// untie removes ties to a release, and writes that into the histories of their work items.
func untie(c *app.Call, t *store.Tx, release string, of dbx.Expression) error {
	ties, err := store.ReleaseIssues.List(t, of, "issue_id")
	if err != nil || len(ties) == 0 {
		return err
	}
	history := make([]store.IssueKey, len(ties))
	for i := range ties {
		history[i] = store.IssueKey{IssueID: ties[i].IssueID, ProjectID: ties[i].ProjectID, WorkspaceID: ties[i].WorkspaceID}
	}
	if _, err := store.ReleaseIssues.DeleteWhere(t, of); err != nil {
		return err
	}
	return c.NoteTies(t, history, "deleted", "release", release)
}
