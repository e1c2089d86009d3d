package asset

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// isVisible returns store.ErrNotFound where a file hangs on what the caller may not see: another's work item, for
// guests who see only their own; another's private page; another's draft.
func isVisible(t *store.Tx, c *app.Call, a *store.FileAsset) error {
	if a.CreatedByID != nil && *a.CreatedByID == c.UserID() {
		return nil
	}
	hidden, err := store.IsOthers(t, c.OwnOnly(), given(a.IssueID), given(a.CommentID))
	if err != nil {
		return err
	}
	if a.PageID != nil {
		p, err := store.Pages.Find(t, *a.PageID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		hidden = hidden || err == nil && p.Access != 0 && p.OwnedByID != c.UserID()
	}
	if a.DraftIssueID != nil {
		theirs, err := store.DraftIssues.Exists(t,
			dbx.And(dbx.HashExp{"id": *a.DraftIssueID}, dbx.Not(dbx.HashExp{"created_by_id": c.UserID()})))
		if err != nil {
			return err
		}
		hidden = hidden || theirs
	}
	if hidden {
		return store.ErrNotFound
	}
	return nil
}

func given(id *string) string {
	if id == nil {
		return ""
	}
	return *id
}
