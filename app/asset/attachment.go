package asset

import (
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// attachable are the types that a file on a work item may have. Plane: settings/common.py
var attachable = []string{
	"application/gzip", "application/json", "application/msword", "application/octet-stream", "application/pdf",
	"application/rtf",
	"application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.oasis.opendocument.database",
	"application/vnd.oasis.opendocument.graphics", "application/vnd.oasis.opendocument.presentation",
	"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.text",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.visio",
	"application/x-7z-compressed", "application/x-compressed", "application/x-compressed-tar",
	"application/x-compressed-tar-7z",
	"application/x-compressed-tar-bz2", "application/x-compressed-tar-gz", "application/x-compressed-tar-rar",
	"application/x-compressed-tar-zip", "application/x-gzip", "application/x-rar", "application/x-rar-compressed",
	"application/x-sql", "application/x-tar", "application/x-zip", "application/x-zip-compressed", "application/xml",
	"application/zip", "audio/aac", "audio/flac", "audio/midi", "audio/mpeg", "audio/ogg", "audio/wav", "audio/x-m4a",
	"audio/x-midi", "font/otf", "font/ttf", "font/woff", "font/woff2", "image/bmp", "image/gif", "image/jpeg", "image/png",
	"image/svg+xml", "image/tiff", "image/webp", "image/x-portable-bitmap", "image/x-portable-graymap",
	"image/x-portable-pixmap",
	"model/gltf+json", "model/gltf-binary", "text/css", "text/csv", "text/javascript", "text/markdown", "text/plain",
	"text/xml",
	"video/mp4", "video/mpeg", "video/ogg", "video/quicktime", "video/webm", "video/x-ms-wmv", "video/x-msvideo",
}

// runs says whether a browser could run files of that type, or what is in them: they are given out as mere bytes.
func runs(fileType string) bool {
	return strings.HasPrefix(fileType, "text/html") || strings.Contains(fileType, "xml") &&
		!strings.Contains(fileType, "openxml") ||
		strings.Contains(fileType, "script") || fileType == "text/css"
}

// SafeType is as what a file may be given out in our own origin.
func SafeType(fileType string) string {
	if !slices.Contains(attachable, fileType) && !slices.Contains(pictures, fileType) || runs(fileType) {
		return "application/octet-stream"
	}
	return fileType
}

// Attach begins a file on a work item of the call's project and returns the form that it comes with.
func Attach(c *app.Call, issue string, in Input) (*store.FileAsset, *Form, error) {
	return attach(c, issue, in, app.ExternalRef{})
}

// AttachV1 is Attach for programs, which have to say the name and the size.
func AttachV1(c *app.Call, issue string, in Input, origin app.ExternalRef) (*store.FileAsset, *Form, error) {
	if asText(in.Name) == "" || in.Size == nil || in.Size == 0.0 {
		return nil, nil, refuse("Invalid request.")
	}
	return attach(c, issue, in, origin)
}

func attach(c *app.Call, issue string, in Input, origin app.ExternalRef) (*store.FileAsset, *Form, error) {
	kind := asText(in.Type)
	if !slices.Contains(attachable, kind) {
		return nil, nil, errType
	}
	at, err := store.FindIssueKey(c.Read(), c.ProjectID, issue)
	if err != nil {
		return nil, nil, err
	}
	a, err := in.draft(c, IssueAttachment, kind, c.Workspace.ID)
	if err != nil {
		return nil, nil, err
	}
	if err := origin.CheckNew(c.Read(), "file_assets", "Issue", at.ProjectID); err != nil {
		return nil, nil, err
	}
	a.ProjectID, a.IssueID = &at.ProjectID, &at.IssueID
	a.ExternalID, a.ExternalSource = origin.ExternalID.Ptr(), origin.ExternalSource.Ptr()
	form, err := begin(c, a)
	return a, form, err
}

// ListAttachments returns the files on a work item, newest first; with all those as well that have not arrived.
func ListAttachments(c *app.Call, issue string, all bool) ([]store.FileAsset, error) {
	where := dbx.HashExp{"issue_id": issue, "workspace_id": c.Workspace.ID, "project_id": c.ProjectID}
	if !all {
		where["entity_type"], where["is_uploaded"] = IssueAttachment, true
	}
	return store.FileAssets.List(c.Read(), where, "created_at DESC")
}

// FindAttachment returns a file on a work item, or store.ErrNotFound.
func FindAttachment(t *store.Tx, c *app.Call, issue, id string) (*store.FileAsset, error) {
	return store.FileAssets.Get(t,
		dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID, "project_id": c.ProjectID, "issue_id": issue})
}

// GetAttachment is FindAttachment outside a transaction.
func GetAttachment(c *app.Call, issue, id string) (*store.FileAsset, error) {
	return FindAttachment(c.Read(), c, issue, id)
}

// AttachedTo returns the files that have arrived on a work item that the caller has been shown, newest first.
func AttachedTo(c *app.Call, issue string) ([]store.FileAsset, error) {
	return store.FileAssets.List(c.Read(),
		dbx.HashExp{"issue_id": issue, "entity_type": IssueAttachment, "is_uploaded": true}, "created_at DESC")
}

// ConfirmAttachment notes that a file on a work item has arrived, as who has begun it says. Only then does history know
// of it. In the reference anybody says so first, and counts as its maker from then on.
func ConfirmAttachment(c *app.Call, issue, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := FindAttachment(t, c, issue, id)
		if err != nil {
			return err
		}
		first := !a.IsUploaded
		if first && !isSender(c, a) {
			return store.ErrNotFound
		}
		if err := store.FileAssets.Update(t, a, confirm(a)...); err != nil || !first {
			return err
		}
		return trace(c, t, a, "created",
			&store.IssueActivity{Comment: "created an attachment", NewValue: &a.Asset, NewIdentifier: &a.ID})
	})
}

// DeleteAttachment takes a file off a work item; it is gone for good when rows that were deleted are.
func DeleteAttachment(c *app.Call, issue, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := FindAttachment(t, c, issue, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("file_assets", a.ID); err != nil {
			return err
		}
		if err := remove(t, a); err != nil {
			return err
		}
		return trace(c, t, a, "deleted", &store.IssueActivity{Comment: "deleted the attachment"})
	})
}

func trace(c *app.Call, t *store.Tx, a *store.FileAsset, verb string, row *store.IssueActivity) error {
	at := store.IssueKey{IssueID: *a.IssueID, ProjectID: *a.ProjectID, WorkspaceID: *a.WorkspaceID}
	if !c.Quiet() {
		if err := store.Subscribe(t, at, t.Actor); err != nil {
			return err
		}
	}
	row.Verb, row.Field = verb, new("attachment")
	return store.RecordIssue(t,
		store.IssueChanged{Kind: "attachment.activity." + verb, IssueID: at.IssueID, ProjectID: at.ProjectID,
			WorkspaceID: at.WorkspaceID, Origin: c.Base, Quiet: c.Quiet()}, row)
}

func remove(t *store.Tx, a *store.FileAsset) error {
	a.IsDeleted, a.DeletedAt = true, &t.Now
	return store.FileAssets.Set(t, a, "is_deleted", "deleted_at")
}
