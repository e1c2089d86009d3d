package asset

import (
	"context"
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// belong says whose file it is. A thing that is not in the call's workspace, or in a project that the caller is not in, is
// refused as one that does not exist: the reference takes any id.
func belong(c *app.Call, a *store.FileAsset, id any) error {
	kind, named := *a.EntityType, asText(id)
	if kind == WorkspaceLogo || kind == draftAttachment {
		return nil
	}
	if named != "" && !store.IsID(named) {
		return app.ErrValue
	}
	ok, err := false, error(nil)
	switch kind {
	case UserAvatar, UserCover:
		a.UserID, ok = &named, named == c.UserID()
	case ProjectCover:
		a.ProjectID, ok = &named, c.Access.Projects[named] != 0
	case IssueAttachment, issueDescription:
		a.IssueID = &named
		ok, err = store.Issues.Exists(c.Read(), dbx.HashExp{"id": named, "workspace_id": c.Workspace.ID})
	case commentDescription:
		a.CommentID = &named
		ok, err = store.IssueComments.Exists(c.Read(), dbx.HashExp{"id": named, "workspace_id": c.Workspace.ID})
	case pageDescription:
		a.PageID = &named
		ok, err = store.Pages.Exists(c.Read(), dbx.HashExp{"id": named, "workspace_id": c.Workspace.ID})
	case draftDescription:
		a.DraftIssueID = &named
		ok, err = store.DraftIssues.Exists(c.Read(), dbx.HashExp{"id": named, "workspace_id": c.Workspace.ID, "created_by_id": c.UserID()})
	}
	if err == nil && !ok {
		err = app.ErrPayload
	}
	return err
}

// picture checks what every file but an attachment is: a picture, of a kind that is allowed there.
func (in *Input) picture(allowed []string) (string, error) {
	if !slices.Contains(allowed, in.kind()) {
		return "", errKind
	}
	fileType := "image/jpeg"
	if in.Type != nil {
		fileType = asText(in.Type)
	}
	if !slices.Contains(pictures, fileType) {
		return "", errPicture
	}
	return fileType, nil
}

// Begin begins a picture of the call's workspace, or of its project when it has one, and answers the form that it comes with.
func Begin(c *app.Call, in Input) (*store.FileAsset, *Form, error) {
	fileType, err := in.picture(kinds)
	if err != nil {
		return nil, nil, err
	}
	a, err := in.draft(c, in.kind(), fileType, c.Workspace.ID)
	if err != nil {
		return nil, nil, err
	}
	inProject := c.ProjectID != ""
	if inProject && in.kind() == ProjectCover {
		return nil, nil, errKind // covers go through the workspace: the reference fails here
	}
	unnamed := in.EntityID == nil && (inProject || in.kind() == draftDescription)
	if !unnamed {
		if err := belong(c, a, in.EntityID); err != nil {
			return nil, nil, err
		}
	}
	if inProject {
		a.ProjectID = &c.ProjectID
	}
	form, err := begin(c, a)
	return a, form, err
}

// Find answers a file of the call's workspace, of its project when it has one. Files of projects that the caller is not in
// are not found: the reference gives them to everybody in the workspace.
func Find(t *store.Tx, c *app.Call, id string) (*store.FileAsset, error) {
	where := dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID}
	if c.ProjectID != "" {
		where["project_id"] = c.ProjectID
	}
	a, err := store.FileAssets.Get(t, where)
	if err == nil && !mayTouch(c, a) {
		err = store.ErrNotFound
	}
	return a, err
}

func mayTouch(c *app.Call, a *store.FileAsset) bool {
	return a.ProjectID == nil || c.Access.Projects[*a.ProjectID] != 0
}

// mayDress says whether the caller may change the picture of a workspace or a project.
func mayDress(c *app.Call, a *store.FileAsset) error {
	ok := true
	switch *a.EntityType {
	case WorkspaceLogo:
		ok = c.Access.InWorkspace(app.Admin)
	case ProjectCover:
		ok = a.ProjectID != nil && c.Access.InProject(*a.ProjectID, app.Member, app.Admin)
	}
	if !ok {
		return app.ErrForbidden
	}
	return nil
}

// Confirm notes that a file has arrived. A logo or cover is its owner's from then on, and the one before is gone.
func Confirm(c *app.Call, id string, attributes app.Opt[store.JSON]) error {
	return c.Write(func(t *store.Tx) error {
		a, err := Find(t, c, id)
		if err != nil {
			return err
		}
		if err := arrive(t, a, attributes); err != nil || c.ProjectID != "" || !Static(*a.EntityType) {
			return err
		}
		if err := mayDress(c, a); err != nil {
			return err
		}
		return dress(t, a, &a.ID)
	})
}

func arrive(t *store.Tx, a *store.FileAsset, attributes app.Opt[store.JSON]) error {
	cols := confirm(a)
	app.Change(&cols, "attributes", attributes, &a.Attributes)
	return store.FileAssets.Set(t, a, cols...)
}

// dress gives the owner of a logo, cover or avatar that picture, or none; the one before is deleted.
func dress(t *store.Tx, a *store.FileAsset, picture *string) error {
	var before *string
	var err error
	switch *a.EntityType {
	case WorkspaceLogo:
		before, err = dressWorkspace(t, *a.WorkspaceID, picture)
	case ProjectCover:
		if a.ProjectID == nil {
			return nil
		}
		before, err = dressProject(t, *a.ProjectID, picture)
	case UserAvatar, UserCover:
		before, err = dressUser(t, a, picture)
	}
	if err != nil || before == nil || picture == nil || *before == *picture {
		return err
	}
	old, err := store.FileAssets.Find(t, *before)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return remove(t, old)
}

func dressWorkspace(t *store.Tx, id string, picture *string) (*string, error) {
	w, err := store.Workspaces.Find(t, id)
	if err != nil {
		return nil, err
	}
	before, cols := w.LogoAssetID, []string{"logo_asset_id"}
	if w.LogoAssetID = picture; picture != nil {
		w.Logo, cols = new(""), append(cols, "logo")
	}
	return before, store.Workspaces.Update(t, w, cols...)
}

func dressProject(t *store.Tx, id string, picture *string) (*string, error) {
	p, err := store.Projects.Find(t, id)
	if err != nil {
		return nil, err
	}
	before, cols := p.CoverImageAssetID, []string{"cover_image_asset_id"}
	if p.CoverImageAssetID = picture; picture != nil {
		p.CoverImage, cols = new(""), append(cols, "cover_image")
	}
	return before, store.Projects.Update(t, p, cols...)
}

func dressUser(t *store.Tx, a *store.FileAsset, picture *string) (*string, error) {
	u, err := store.Users.Find(t, *a.UserID)
	if err != nil {
		return nil, err
	}
	slot, cols := &u.AvatarAssetID, []string{"avatar_asset_id"}
	if *a.EntityType == UserCover {
		slot, cols = &u.CoverImageAssetID, []string{"cover_image_asset_id"}
	}
	before := *slot
	if *slot = picture; picture != nil && *a.EntityType == UserAvatar {
		u.Avatar, cols = "", append(cols, "avatar")
	} else if picture != nil {
		u.CoverImage, cols = nil, append(cols, "cover_image")
	}
	return before, store.Users.Update(t, u, cols...)
}

// Delete deletes a file; a logo or cover leaves its owner without one.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := Find(t, c, id)
		if err != nil {
			return err
		}
		if err := t.Take("file_assets", a.ID); err != nil {
			return err
		}
		if c.ProjectID == "" && (*a.EntityType == WorkspaceLogo || *a.EntityType == ProjectCover) {
			if err := mayDress(c, a); err != nil {
				return err
			}
			if err := dress(t, a, nil); err != nil {
				return err
			}
		}
		return remove(t, a)
	})
}

// Exists says whether there is such a file.
func Exists(c *app.Call, id string) (bool, error) {
	_, err := Find(c.Read(), c, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Restore brings a deleted file back, but no picture to its owner.
func Restore(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := store.FileAssetOf(t, id, c.Workspace.ID)
		if err != nil {
			return err
		}
		if !mayTouch(c, a) {
			return store.ErrNotFound
		}
		return restore(t, a)
	})
}

func restore(t *store.Tx, a *store.FileAsset) error {
	a.IsDeleted, a.DeletedAt = false, nil
	return store.FileAssets.Set(t, a, "is_deleted", "deleted_at")
}

var (
	errNoAsset   = app.Refuse(404, "Asset not found")
	errNoProject = app.Refuse(404, "Project not found")
)

// Duplicate copies a file of any workspace that the caller is in into the call's one.
func Duplicate(c *app.Call, id, kind, project string, entity any) (string, error) {
	if !slices.Contains(kinds, kind) {
		return "", app.Invalid("Invalid entity type or entity id")
	}
	if project != "" && c.Access.Projects[project] == 0 {
		return "", errNoProject
	}
	a, err := source(c, id)
	if err != nil {
		return "", err
	}
	at := Attrs(a)
	twin := &store.FileAsset{Meta: store.Meta{ID: store.NewID()}, Attributes: a.Attributes, Asset: c.Workspace.ID + "/" + newKey(FileName(at.Name)), Size: a.Size, WorkspaceID: &c.Workspace.ID,
		EntityType: &kind, StorageMetadata: a.StorageMetadata, IsUploaded: true}
	if entity != nil {
		if err := belong(c, twin, entity); err != nil {
			return "", err
		}
	}
	if project != "" {
		twin.ProjectID = &project
	}
	if err := copyFile(c, c.App, a.Asset, twin.Asset); err != nil {
		return "", err
	}
	return twin.ID, c.Write(func(t *store.Tx) error { return store.FileAssets.Insert(t, twin) })
}

func copyFile(ctx context.Context, a *app.App, from, to string) error {
	r, size, err := a.Blob.Open(ctx, from)
	if err != nil {
		return err
	}
	defer r.Close()
	return a.Blob.Put(ctx, to, r, size)
}

func source(c *app.Call, id string) (*store.FileAsset, error) {
	a, err := store.FileAssets.Get(c.Read(), dbx.HashExp{"id": id, "is_uploaded": true})
	if errors.Is(err, store.ErrNotFound) || err == nil && a.WorkspaceID == nil {
		return nil, errNoAsset
	}
	if err != nil {
		return nil, err
	}
	access, err := c.AccessOf(c, *a.WorkspaceID, c.UserID())
	if err != nil {
		return nil, err
	}
	if access.Workspace == 0 || a.ProjectID != nil && access.Projects[*a.ProjectID] == 0 {
		return nil, errNoAsset
	}
	return a, nil
}
