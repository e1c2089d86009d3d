package asset

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

var pictureInText = regexp.MustCompile(`<image-component[^>]*\ssrc="([0-9a-f-]{36})"`)

// PageCopied gives the copy of a page pictures of its own, so that it keeps them when the first page goes: those that
// who has copied the page may see, whatever its text names. As in the reference, nobody counts as the copy's maker from
// then on. Plane: bgtasks/copy_s3_object.py
func PageCopied(ctx context.Context, a *app.App, job store.PageCopied) error {
	t := a.DB.Read(ctx)
	p, err := store.Pages.Find(t, job.PageID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	c, err := a.CallFor(ctx, p.WorkspaceID, job.UserID)
	if err != nil {
		return err
	}
	in, err := store.ProjectPages.First(t, dbx.HashExp{"page_id": p.ID}, "created_at")
	if errors.Is(err, store.ErrNotFound) || err == nil && c == nil {
		return nil // its project or its maker is gone
	}
	if err != nil {
		return err
	}
	var twins []*store.FileAsset
	var renamed []string // old and new ids in turn
	for _, found := range pictureInText.FindAllStringSubmatch(p.DescriptionHTML, -1) {
		old, err := store.FileAssets.Get(t, dbx.HashExp{"id": found[1], "workspace_id": p.WorkspaceID, "is_uploaded": true})
		if errors.Is(err, store.ErrNotFound) || err == nil && old.PageID != nil && *old.PageID == p.ID {
			continue // none of ours, or copied already
		}
		if err != nil {
			return err
		}
		if ok, err := sees(c, t, old); err != nil {
			return err
		} else if !ok {
			continue
		}
		twin := store.FileAsset{AuditFields: store.AuditFields{ID: store.NewID(), CreatedByID: &job.UserID},
			EntityType: new(pageDescription), Asset: p.WorkspaceID + "/" + newKey(FileName(Attrs(old).Name)),
			Attributes: old.Attributes, StorageMetadata: old.StorageMetadata, Size: old.Size, IsUploaded: true,
			WorkspaceID: &p.WorkspaceID, ProjectID: &in.ProjectID, PageID: &p.ID}
		if err := copyFile(ctx, a, old.Asset, twin.Asset); errors.Is(err, blob.ErrNotFound) {
			continue // said to have arrived, and never sent
		} else if err != nil {
			return fmt.Errorf("copy a picture of a page: %w", err)
		}
		twins, renamed = append(twins, &twin), append(renamed, old.ID, twin.ID)
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := store.FileAssets.Insert(t, twins...); err != nil {
			return err
		}
		return ownPictures(t, job.PageID, strings.NewReplacer(renamed...))
	})
}

// ownPictures has a copy show pictures of its own, also in what an editor that was quicker has written since.
func ownPictures(t *store.Tx, id string, rename *strings.Replacer) error {
	p, err := store.Pages.Find(t, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	p.DescriptionHTML = rename.Replace(p.DescriptionHTML)
	now, _, err := document.Page.Rewritten(document.Kept{Binary: p.DescriptionBinary, JSON: p.DescriptionJSON},
		p.DescriptionHTML)
	if err != nil {
		return fmt.Errorf("pictures of a copied page: %w", err)
	}
	p.DescriptionBinary, p.DescriptionJSON = now.Binary, now.JSON
	p.CreatedByID, p.UpdatedByID = nil, nil
	store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionUpdated, p.ID)
	return store.Pages.Set(t, p, "description_html", "description_binary", "description_json", "created_by_id",
		"updated_by_id")
}
