package asset

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"path"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// The older way: the file comes in the form that makes its row. (It fails in the reference's release, once its input
// was checked.) The row is there before the bytes, unconfirmed, so that the sweep finds what a crash leaves.

// Accept keeps the file of a form for whom its row says; parts may be nil: no form, no file.
func Accept(c *app.Call, parts *multipart.Reader, a *store.FileAsset, folder string) error {
	faults := app.Fields{}
	attributes := json.RawMessage("{}")
	err := error(nil)
	for parts != nil && err == nil {
		part, broken := parts.NextPart()
		if errors.Is(broken, io.EOF) {
			break
		}
		if err = uploadError(broken); err != nil {
			break
		}
		switch part.FormName() {
		case "attributes":
			attributes, broken = io.ReadAll(io.LimitReader(part, fieldSize))
			if err = uploadError(broken); err == nil && !json.Valid(attributes) {
				faults.Add("attributes", "Value must be valid JSON.")
			}
		case "asset":
			if part.FileName() != "" && a.Asset == "" {
				err = take(c, part, a, folder)
			}
		}
	}
	switch {
	case a.Asset == "":
		faults.Add("asset", "No file was submitted.")
	case a.Size == 0:
		faults.Add("asset", "The submitted file is empty.")
	}
	if err = errors.Join(err, faults.Err()); err != nil {
		return errors.Join(err, drop(c, a))
	}
	a.IsUploaded, a.Attributes = true, store.JSON(attributes)
	return nil
}

func take(c *app.Call, part *multipart.Part, a *store.FileAsset, folder string) error {
	name := FileName(part.FileName())
	kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")) // nonsense is no type
	a.Asset = path.Join(folder, newKey(name))
	if err := c.Write(func(t *store.Tx) error { return store.FileAssets.Insert(t, a) }); err != nil {
		return err
	}
	limit := c.Config.Limits.FileSize
	body := &blob.Arriving{From: part, Left: limit, Over: errTooLarge}
	err := writeFile(c, c.App, a.Asset, body)
	a.Size = float64(limit - body.Left)
	a.StorageMetadata, _ = json.Marshal(map[string]any{"ContentType": kind, "ContentLength": a.Size}) // always encodes
	return err
}

// drop removes what an upload that was refused has left.
func drop(c *app.Call, a *store.FileAsset) error {
	if a.ID == "" {
		return nil
	}
	if err := c.Blob.Delete(c, a.Asset); err != nil { // the row goes last: it is what finds the file again
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.FileAssets.Purge(t, a) })
}

var formColumns = []string{"is_uploaded", "attributes", "size", "storage_metadata"}

// AcceptFor is Accept for a file of the call's workspace, or of the caller's when there is none.
func AcceptFor(c *app.Call, parts *multipart.Reader) (*store.FileAsset, error) {
	a, folder := &store.FileAsset{}, ""
	if c.Workspace != nil {
		a.WorkspaceID, folder = &c.Workspace.ID, c.Workspace.ID
	}
	if err := Accept(c, parts, a, folder); err != nil {
		return nil, err
	}
	return a, c.Write(func(t *store.Tx) error { return store.FileAssets.Set(t, a, formColumns...) })
}

// AcceptAttachment is Accept for a file on a work item of the call's project.
func AcceptAttachment(c *app.Call, issue string, parts *multipart.Reader) (*store.FileAsset, error) {
	at, err := store.FindIssueKey(c.Read(), c.ProjectID, issue)
	if err != nil {
		return nil, err
	}
	a := &store.FileAsset{EntityType: new(IssueAttachment), WorkspaceID: &at.WorkspaceID, ProjectID: &at.ProjectID,
		IssueID: &at.IssueID}
	if err := Accept(c, parts, a, at.WorkspaceID); err != nil {
		return nil, err
	}
	return a, c.Write(func(t *store.Tx) error {
		if err := store.FileAssets.Set(t, a, formColumns...); err != nil {
			return err
		}
		return trace(c, t, a, "created",
			&store.IssueActivity{Comment: "created an attachment", NewValue: &a.Asset, NewIdentifier: &a.ID})
	})
}

// ByKey returns the files under a key that the caller may see, newest first: the workspace's with that id, if they are
// in it, else their own.
func ByKey(c *app.Call, workspace, name string) ([]store.FileAsset, error) {
	if workspace == "" {
		return store.FileAssets.List(c.Read(), dbx.HashExp{"asset": name, "created_by_id": c.UserID()}, "created_at DESC")
	}
	access, err := c.AccessOf(c, workspace, c.UserID())
	if err != nil || access.Workspace == 0 {
		return nil, err
	}
	found, err := store.FileAssets.List(c.Read(), dbx.HashExp{"asset": workspace + "/" + name, "workspace_id": workspace},
		"created_at DESC")
	seen := []store.FileAsset{}
	for _, a := range found {
		if a.ProjectID == nil || access.Projects[*a.ProjectID] != 0 {
			seen = append(seen, a)
		}
	}
	return seen, err
}

// Mark marks the file under a key as deleted, or not; it stays where it is.
func Mark(c *app.Call, workspace, name string, deleted bool) error {
	found, err := ByKey(c, workspace, name)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return store.ErrNotFound
	}
	found[0].IsDeleted = deleted
	return c.Write(func(t *store.Tx) error { return store.FileAssets.Set(t, &found[0], "is_deleted") })
}
