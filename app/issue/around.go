package issue

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// trace writes the history of something done beside a work item. Unless the call is quiet, who did it follows the work
// item from now on, and the job that tells others is left.
func trace(c *app.Call, t *store.Tx, at store.IssueKey, kind string, rows ...*store.IssueActivity) error {
	if !c.Quiet() {
		if err := store.Subscribe(t, at, t.Actor); err != nil {
			return err
		}
	}
	return store.RecordIssue(t,
		store.IssueChanged{Kind: kind, IssueID: at.IssueID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID,
			Origin: c.Base, Quiet: c.Quiet()}, rows...)
}
