package asset

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// BeginOwn begins a picture of the caller's and returns the form that it comes with.
func BeginOwn(c *app.Call, in Input) (*store.FileAsset, *Form, error) {
	fileType, err := in.picture([]string{UserAvatar, UserCover})
	if err != nil {
		return nil, nil, err
	}
	a, err := in.draft(c, in.kind(), fileType, "")
	if err != nil {
		return nil, nil, err
	}
	a.UserID = new(c.UserID())
	form, err := begin(c, a)
	return a, form, err
}

func findOwn(t *store.Tx, c *app.Call, id string) (*store.FileAsset, error) {
	return store.FileAssets.Get(t, dbx.HashExp{"id": id, "user_id": c.UserID()})
}

// ConfirmOwn notes that a picture of the caller's has arrived: it is theirs from then on, and the one before is gone.
func ConfirmOwn(c *app.Call, id string, attributes app.Opt[store.JSON]) error {
	return c.Write(func(t *store.Tx) error {
		a, err := findOwn(t, c, id)
		if err != nil {
			return err
		}
		if err := arrive(t, a, attributes); err != nil {
			return err
		}
		return setPicture(t, a, &a.ID)
	})
}

// DeleteOwn deletes a picture of the caller's, who is then without one.
func DeleteOwn(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := findOwn(t, c, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("file_assets", a.ID); err != nil {
			return err
		}
		if err := setPicture(t, a, nil); err != nil {
			return err
		}
		return remove(t, a)
	})
}

// FindStatic returns a picture that everybody may see, or store.ErrNotFound.
func FindStatic(c *app.Call, id string) (*store.FileAsset, error) {
	a, err := store.FileAssets.Find(c.Read(), id)
	switch {
	case err != nil:
		return nil, err
	case !a.IsUploaded:
		return nil, errNotSent
	case a.EntityType == nil || !Static(*a.EntityType):
		return nil, errKind
	}
	return a, nil
}
