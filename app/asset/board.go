package asset

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/store"
)

// Files on a published board. Everybody may see the pictures in what the board shows; who is signed in may send some,
// and does with them what they like. The reference lets them do that with every file of the project.

// BeginOnBoard begins a picture on the call's board, in a comment if the request names one, and returns the form that
// it comes with.
func BeginOnBoard(c *app.Call, in Input) (*store.FileAsset, *Form, error) {
	fileType, err := in.picture(kinds)
	if err != nil {
		return nil, nil, err
	}
	a, err := in.draft(c, in.kind(), fileType, c.Workspace.ID)
	if err != nil {
		return nil, nil, err
	}
	a.ProjectID = &c.ProjectID
	if in.EntityID != nil && in.EntityID != "" { // the frontend has no id yet for a comment that is being written
		comment := asText(in.EntityID)
		if !store.IsID(comment) {
			return nil, nil, app.ErrValue
		}
		if err := ownOnBoard(c, c.Read(), comment); err != nil {
			return nil, nil, app.Unknown(err)
		}
		a.CommentID = &comment
	}
	form, err := begin(c, a)
	return a, form, err
}

// ownOnBoard says whether the call's board shows that comment and the caller has written it; store.ErrNotFound if not.
func ownOnBoard(c *app.Call, t *store.Tx, comment string) error {
	if err := board.FindComment(c, t, comment); err != nil {
		return err
	}
	_, err := store.IssueComments.Get(t, dbx.HashExp{"id": comment, "created_by_id": c.UserID()})
	return err
}

// FindOnBoard returns a picture in what the call's board shows, or one that is in nothing yet; store.ErrNotFound
// without one.
func FindOnBoard(c *app.Call, id string) (*store.FileAsset, error) {
	t := c.Read()
	a, err := store.FileAssets.Get(t,
		dbx.And(dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID},
			dbx.In("entity_type", issueDescription, commentDescription)))
	if err == nil && kindOf(a) == commentDescription && !board.Allows(c, board.Comments) {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if a.IssueID != nil {
		_, err = board.TakeIssue(c, t, *a.IssueID)
	}
	if err == nil && a.CommentID != nil {
		err = board.FindComment(c, t, *a.CommentID)
	}
	if err == nil && !a.IsUploaded {
		err = errNotSent
	}
	return a, err
}

// findSent returns a file that the caller has sent to the call's board.
func findSent(t *store.Tx, c *app.Call, id string) (*store.FileAsset, error) {
	return store.FileAssets.Get(t, sent(c, dbx.HashExp{"id": id}))
}

func sent(c *app.Call, which dbx.Expression) dbx.Expression {
	return dbx.And(which, dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID,
		"created_by_id": c.UserID()})
}

// ConfirmOnBoard notes that a file of the caller's has arrived.
func ConfirmOnBoard(c *app.Call, id string, attributes app.Opt[store.JSON]) error {
	return c.Write(func(t *store.Tx) error {
		a, err := findSent(t, c, id)
		if err != nil {
			return err
		}
		return arrive(t, a, attributes)
	})
}

// DeleteOnBoard deletes a file of the caller's.
func DeleteOnBoard(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := findSent(t, c, id)
		if err != nil {
			return err
		}
		return remove(t, a)
	})
}

// RestoreOnBoard brings a deleted file of the caller's back.
func RestoreOnBoard(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := store.FileAssetOf(t, id, c.Workspace.ID)
		if err != nil {
			return err
		}
		if a.ProjectID == nil || *a.ProjectID != c.ProjectID || a.CreatedByID == nil || *a.CreatedByID != c.UserID() {
			return store.ErrNotFound
		}
		return restore(t, a)
	})
}

// ClaimBoardUploads gives files of the caller's to the comment that they were sent for. The kind of the newest decides:
// what is for no comment stays as it is.
func ClaimBoardUploads(c *app.Call, comment string, ids []string) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		found, err := store.FileAssets.List(t, sent(c, store.In("id", ids)), "created_at DESC")
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNotSent
		}
		if kindOf(&found[0]) != commentDescription {
			return nil
		}
		if err := ownOnBoard(c, t, comment); err != nil {
			return app.Unknown(err)
		}
		for i := range found {
			if kindOf(&found[i]) != commentDescription {
				continue
			}
			found[i].CommentID = &comment
			if err := store.FileAssets.Set(t, &found[i], "comment_id"); err != nil {
				return err
			}
		}
		return nil
	})
}
