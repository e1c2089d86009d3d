package asset

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Files of a workspace as programs send them, before they know which work item they are for. Plane: api/views/asset.py

// ErrNoAsset is what programs are told of a file that is not there for them.
var ErrNoAsset = errNoAsset

var errNameAndSize = refuse("Name and size are required fields.")

// BeginV1 begins a file of the call's workspace, of a project of it when one is named, and returns the form that it
// comes with.
func BeginV1(c *app.Call, in Input, project *string, origin app.ExternalRef) (*store.FileAsset, *Form, error) {
	size, err := in.size(c.Config.Limits.FileSize)
	switch {
	case err != nil:
		return nil, nil, err
	case bareName(asText(in.Name)) == "" || size == 0:
		return nil, nil, errNameAndSize
	case !slices.Contains(attachable, asText(in.Type)):
		return nil, nil, errType
	}
	if err := unsent(c, origin); err != nil {
		return nil, nil, err
	}
	a, err := in.draft(c, IssueAttachment, asText(in.Type), c.Workspace.ID)
	if err != nil {
		return nil, nil, err
	}
	if project != nil {
		if !store.IsID(*project) {
			return nil, nil, app.ErrValue
		}
		if c.Access.Projects[*project] == 0 { // the reference takes any project that there is
			return nil, nil, app.ErrPayload
		}
		a.ProjectID = project
	}
	a.ExternalID, a.ExternalSource = origin.ExternalID.Ptr(), origin.ExternalSource.Ptr()
	form, err := begin(c, a)
	return a, form, err
}

// unsent refuses a file that was begun before under the same name of another system.
func unsent(c *app.Call, origin app.ExternalRef) error {
	if origin.ExternalID.V == "" || origin.ExternalSource.V == "" {
		return nil
	}
	twin, err := store.FileAssets.First(c.Read(),
		dbx.HashExp{"workspace_id": c.Workspace.ID, "external_id": origin.ExternalID.V,
			"external_source": origin.ExternalSource.V, "is_deleted": false}, "created_at DESC")
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return &app.Error{Kind: app.Conflict, Code: "ASSET_EXISTS",
		Text:    "Asset with same external id and source already exists",
		Details: []app.Detail{{Key: "asset_id", Value: twin.ID}, {Key: "asset_url", Value: URL(twin, c.Workspace.Slug)}}}
}

// FindV1 returns a file of the call's workspace that has arrived.
func FindV1(c *app.Call, id string) (*store.FileAsset, error) {
	a, err := Find(c.Read(), c, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, ErrNoAsset
	case err == nil && !a.IsUploaded:
		return nil, app.Refuse(app.Invalid, "Asset not yet uploaded")
	}
	return a, err
}

// ConfirmV1 notes that a file has arrived, or that it has not after all; without a word nothing changes.
func ConfirmV1(c *app.Call, id string, arrived app.Opt[bool]) error {
	return c.Write(func(t *store.Tx) error {
		a, err := findToChange(t, c, id)
		if errors.Is(err, store.ErrNotFound) {
			return ErrNoAsset
		}
		if err != nil || !arrived.Set {
			return err
		}
		if err := maySetPicture(c, a); err != nil {
			return err
		}
		if arrived.V {
			return store.FileAssets.Set(t, a, confirm(a)...)
		}
		a.IsUploaded = false
		return store.FileAssets.Set(t, a, "is_uploaded")
	})
}
