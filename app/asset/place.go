package asset

import (
	"context"
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

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

// Begin begins a picture of the call's workspace, or of its project when it has one, and returns the form that it comes
// with.
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
	if inProject {
		a.ProjectID = &c.ProjectID
	}
	if unnamed := in.EntityID == nil && (inProject || in.kind() == draftDescription); !unnamed {
		if err := attachTo(c, c.Read(), a, in.EntityID); err != nil {
			return nil, nil, err
		}
	}
	form, err := begin(c, a)
	return a, form, err
}

// Find returns a file of the call's workspace, of its project when it has one, that the caller may see. The reference
// gives those of all projects to everybody in the workspace.
func Find(t *store.Tx, c *app.Call, id string) (*store.FileAsset, error) { return find(t, c, id, sees) }

// Get is Find outside a transaction.
func Get(c *app.Call, id string) (*store.FileAsset, error) { return Find(c.Read(), c, id) }

// findToChange is Find for a file that the caller is about to change.
func findToChange(t *store.Tx, c *app.Call, id string) (*store.FileAsset, error) {
	return find(t, c, id, mayChange)
}

func find(t *store.Tx, c *app.Call, id string,
	may func(*app.Call, *store.Tx, *store.FileAsset) (bool, error)) (*store.FileAsset, error) {
	where := dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID}
	if c.ProjectID != "" {
		where["project_id"] = c.ProjectID
	}
	a, err := store.FileAssets.Get(t, where)
	if err != nil {
		return nil, err
	}
	ok, err := may(c, t, a)
	if err == nil && !ok {
		err = store.ErrNotFound
	}
	if err == nil {
		err = isVisible(t, c, a)
	}
	return a, err
}

// maySetPicture says whether the caller may change the picture of a workspace or a project; a cover may be for one that
// is yet to come.
func maySetPicture(c *app.Call, a *store.FileAsset) error {
	ok := true
	switch kindOf(a) {
	case WorkspaceLogo:
		ok = c.Access.InWorkspace(app.Admin)
	case ProjectCover:
		ok = a.ProjectID == nil || c.Access.InProject(*a.ProjectID, app.Member, app.Admin)
	}
	if !ok {
		return app.ErrForbidden
	}
	return nil
}

// Confirm notes that a file has arrived. A logo or cover is its owner's from then on, and the one before is gone.
func Confirm(c *app.Call, id string, attributes app.Opt[store.JSON]) error {
	return c.Write(func(t *store.Tx) error {
		a, err := findToChange(t, c, id)
		if err != nil {
			return err
		}
		if err := arrive(t, a, attributes); err != nil || c.ProjectID != "" || !Static(kindOf(a)) {
			return err
		}
		if err := maySetPicture(c, a); err != nil {
			return err
		}
		return setPicture(t, a, &a.ID)
	})
}

func arrive(t *store.Tx, a *store.FileAsset, attributes app.Opt[store.JSON]) error {
	cols := confirm(a)
	app.Change(&cols, "attributes", attributes, &a.Attributes)
	return store.FileAssets.Set(t, a, cols...)
}

// setPicture gives the owner of a logo, cover or avatar that picture, or none. The one before is deleted, as far as it
// is a picture of the same kind and of the same owner.
func setPicture(t *store.Tx, a *store.FileAsset, picture *string) error {
	var before *string
	var err error
	switch kindOf(a) {
	case WorkspaceLogo:
		before, err = setWorkspaceLogo(t, *a.WorkspaceID, picture)
	case ProjectCover:
		if a.ProjectID == nil {
			return nil
		}
		before, err = setProjectCover(t, *a.ProjectID, picture)
	case UserAvatar, UserCover:
		if a.UserID == nil {
			return nil
		}
		before, err = setUserPicture(t, a, picture)
	}
	if err != nil || before == nil || picture == nil || *before == *picture {
		return err
	}
	old, err := store.FileAssets.Find(t, *before)
	if errors.Is(err, store.ErrNotFound) || err == nil && !sameOwner(a, old) {
		return nil
	}
	if err != nil {
		return err
	}
	return remove(t, old)
}

// sameOwner says whether two files are pictures of one kind of the same person, project or workspace.
func sameOwner(a, b *store.FileAsset) bool {
	if kindOf(a) != kindOf(b) {
		return false
	}
	switch kindOf(a) {
	case UserAvatar, UserCover:
		return same(a.UserID, b.UserID)
	case ProjectCover:
		return same(a.ProjectID, b.ProjectID)
	}
	return same(a.WorkspaceID, b.WorkspaceID)
}

func same(a, b *string) bool { return a != nil && b != nil && *a == *b }

func setWorkspaceLogo(t *store.Tx, id string, picture *string) (*string, error) {
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

func setProjectCover(t *store.Tx, id string, picture *string) (*string, error) {
	p, err := store.Projects.Find(t, id)
	if err != nil {
		return nil, err
	}
	before, cols := p.CoverImageAssetID, []string{"cover_image_asset_id"}
	if p.CoverImageAssetID = picture; picture != nil {
		p.CoverImage, cols = new(""), append(cols, "cover_image")
	}
	store.NoteEvent(t, p.WorkspaceID, store.EventProject, store.ActionUpdated, p.ID)
	return before, store.Projects.Update(t, p, cols...)
}

func setUserPicture(t *store.Tx, a *store.FileAsset, picture *string) (*string, error) {
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
		a, err := findToChange(t, c, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("file_assets", a.ID); err != nil {
			return err
		}
		if kind := kindOf(a); c.ProjectID == "" && (kind == WorkspaceLogo || kind == ProjectCover) {
			if err := maySetPicture(c, a); err != nil {
				return err
			}
			if err := setPicture(t, a, nil); err != nil {
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
		ok, err := mayChange(c, t, a)
		if err == nil && !ok {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		return restore(t, a)
	})
}

func restore(t *store.Tx, a *store.FileAsset) error {
	a.IsDeleted, a.DeletedAt = false, nil
	return store.FileAssets.Set(t, a, "is_deleted", "deleted_at")
}

var (
	errNoAsset   = app.Refuse(app.NotFound, "Asset not found")
	errNoProject = app.Refuse(app.NotFound, "Project not found")
)

// Duplicate copies a file that the caller may see, of any workspace that they are in, into the call's one.
func Duplicate(c *app.Call, id, kind, project string, entity any) (string, error) {
	if !slices.Contains(kinds, kind) {
		return "", app.Refuse(app.Invalid, "Invalid entity type or entity id")
	}
	if project != "" && c.Access.Projects[project] == 0 {
		return "", errNoProject
	}
	a, err := source(c, id)
	if err != nil {
		return "", err
	}
	twin := &store.FileAsset{AuditFields: store.AuditFields{ID: store.NewID()}, EntityType: &kind,
		WorkspaceID: &c.Workspace.ID, Attributes: a.Attributes, StorageMetadata: a.StorageMetadata, Size: a.Size,
		IsUploaded: true, Asset: c.Workspace.ID + "/" + newKey(FileName(Attrs(a).Name))}
	into := *c
	if into.ProjectID = project; project != "" {
		twin.ProjectID = &project
	}
	if entity != nil {
		if err := attachTo(&into, c.Read(), twin, entity); err != nil {
			return "", err
		}
	}
	if err := maySetPicture(c, twin); err != nil {
		return "", err
	}
	if err := copyFile(c, c.App, a.Asset, twin.Asset); errors.Is(err, blob.ErrNotFound) {
		return "", errNoAsset // said to have arrived, and never sent
	} else if err != nil {
		return "", err
	}
	err = c.Write(func(t *store.Tx) error { return store.FileAssets.Insert(t, twin) })
	return twin.ID, err
}

func copyFile(ctx context.Context, a *app.App, from, to string) error {
	r, size, err := a.Blob.Open(ctx, from)
	if err != nil {
		return err
	}
	defer r.Close()
	return a.Blob.Put(ctx, to, r, size)
}

// source returns a file that has arrived, of any workspace, if the caller may see it there.
func source(c *app.Call, id string) (*store.FileAsset, error) {
	t := c.Read()
	a, err := store.FileAssets.Get(t, dbx.HashExp{"id": id, "is_uploaded": true})
	if errors.Is(err, store.ErrNotFound) || err == nil && a.WorkspaceID == nil {
		return nil, errNoAsset
	}
	if err != nil {
		return nil, err
	}
	from := *c
	from.ProjectID = ""
	if from.Workspace, err = store.Workspaces.Find(t, *a.WorkspaceID); err != nil {
		return nil, err
	}
	if from.Access, err = c.AccessOf(c, *a.WorkspaceID, c.UserID()); err != nil {
		return nil, err
	}
	ok, err := sees(&from, t, a)
	if err == nil && (!ok || from.Access.Workspace == app.Nobody) {
		err = errNoAsset
	}
	return a, err
}
