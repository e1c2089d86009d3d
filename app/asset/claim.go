package asset

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ClaimUploads gives files that the caller has sent before the thing they belong to was made to that thing. Files of
// others count only where they are that thing's already. The kind of the newest decides which; those of other kinds
// stay as they are. A work item or comment that is gone by then is passed over, an unknown page is not.
func ClaimUploads(c *app.Call, entity string, ids []string) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		found, err := store.FileAssets.List(t, dbx.And(store.In("id", ids), dbx.HashExp{"workspace_id": c.Workspace.ID}),
			"created_at DESC")
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found,
			func(a store.FileAsset) bool { return !reaches(c, &a) || !isSender(c, &a) && !belongsTo(&a, entity) })
		if len(found) == 0 {
			return errNotSent
		}
		kind := kindOf(&found[0])
		found = slices.DeleteFunc(found, func(a store.FileAsset) bool { return kindOf(&a) != kind })
		if kind == ProjectCover {
			return claimCover(c, t, found)
		}
		for i := range found {
			if err := claimUploads(c, t, &found[i], entity); err != nil {
				return err
			}
		}
		return nil
	})
}

// belongsTo says whether a file is that thing's already.
func belongsTo(a *store.FileAsset, thing string) bool {
	owners := []*string{a.IssueID, a.CommentID, a.PageID, a.DraftIssueID}
	if kindOf(a) == ProjectCover {
		owners = []*string{a.ProjectID}
	}
	return slices.ContainsFunc(owners, func(owner *string) bool { return same(owner, &thing) })
}

// claimUploads gives one file to the thing, and to the call's project.
func claimUploads(c *app.Call, t *store.Tx, a *store.FileAsset, entity string) error {
	if kind := kindOf(a); kind == "" || Static(kind) || a.ProjectID != nil && *a.ProjectID != c.ProjectID {
		return nil
	}
	err := attachTo(c, t, a, entity)
	if errors.Is(err, app.ErrPayload) && kindOf(a) != pageDescription {
		return nil
	}
	if err != nil {
		return err
	}
	a.ProjectID = &c.ProjectID
	return store.FileAssets.Set(t, a, "issue_id", "comment_id", "page_id", "draft_issue_id", "project_id")
}

func claimCover(c *app.Call, t *store.Tx, found []store.FileAsset) error {
	if !c.Access.InProject(c.ProjectID, app.Member, app.Admin) {
		return app.ErrForbidden
	}
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return err
	}
	for i := range found {
		if a := &found[i]; a.ProjectID != nil && *a.ProjectID != c.ProjectID {
			return errNotSent // it is another project's
		}
		found[i].ProjectID = &c.ProjectID
		if err := store.FileAssets.Set(t, &found[i], "project_id"); err != nil {
			return err
		}
	}
	p.CoverImageAssetID = &found[len(found)-1].ID
	store.NoteEvent(t, p.WorkspaceID, store.EventProject, store.ActionUpdated, p.ID)
	return store.Projects.Update(t, p, "cover_image_asset_id")
}

func checkIDs(ids []string) error {
	if len(ids) == 0 {
		return app.Refuse(app.Invalid, "No asset ids provided.")
	}
	for _, id := range ids {
		if !store.IsID(id) {
			return app.ErrValue
		}
	}
	return nil
}

// errNotSent says that a file is not there, or not yet.
var errNotSent = app.Refuse(app.NotFound, "The requested asset could not be found.")
