package asset

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Settle gives files that were sent before the thing they belong to was made to that thing. The kind of the newest
// decides what it is. A work item or comment that is gone by then is passed over, an unknown page is not.
func Settle(c *app.Call, entity string, ids []string) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		found, err := store.FileAssets.List(t, dbx.And(store.In("id", ids), dbx.HashExp{"workspace_id": c.Workspace.ID}), "created_at DESC")
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(a store.FileAsset) bool { return !mayTouch(c, &a) })
		if len(found) == 0 {
			return errNotSent
		}
		kind := *found[0].EntityType
		if kind == ProjectCover {
			return settleCover(c, t, found)
		}
		probe := &store.FileAsset{EntityType: &kind}
		if err := belong(c, probe, entity); err != nil {
			if errors.Is(err, app.ErrPayload) && kind != pageDescription {
				return nil
			}
			return err
		}
		for i := range found {
			a := &found[i]
			a.IssueID, a.CommentID = first(probe.IssueID, a.IssueID), first(probe.CommentID, a.CommentID)
			a.PageID, a.DraftIssueID = first(probe.PageID, a.PageID), first(probe.DraftIssueID, a.DraftIssueID)
			if kind == issueDescription {
				a.ProjectID = &c.ProjectID
			}
			if err := store.FileAssets.Set(t, a, "issue_id", "comment_id", "page_id", "draft_issue_id", "project_id"); err != nil {
				return err
			}
		}
		return nil
	})
}

func first(a, b *string) *string {
	if a != nil {
		return a
	}
	return b
}

func settleCover(c *app.Call, t *store.Tx, found []store.FileAsset) error {
	if !c.Access.InProject(c.ProjectID, app.Member, app.Admin) {
		return app.ErrForbidden
	}
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return err
	}
	for i := range found {
		found[i].ProjectID = &c.ProjectID
		if err := store.FileAssets.Set(t, &found[i], "project_id"); err != nil {
			return err
		}
	}
	p.CoverImageAssetID = &found[len(found)-1].ID
	return store.Projects.Update(t, p, "cover_image_asset_id")
}

func checkIDs(ids []string) error {
	if len(ids) == 0 {
		return app.Invalid("No asset ids provided.")
	}
	for _, id := range ids {
		if !store.IsID(id) {
			return app.ErrValue
		}
	}
	return nil
}

// errNotSent says that a file is not there, or not yet.
var errNotSent = app.Refuse(404, "The requested asset could not be found.")
