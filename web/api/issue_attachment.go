package api

import (
	"errors"
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	assetsIn    = "/api/assets/v2/workspaces/{slug}/"
	attachments = assetsIn + "projects/{project_id:uuid}/issues/{issue_id:uuid}/attachments/"
)

var changesAttachment = web.Project(app.Admin).OrCreator("file_assets")

var issueAttachments = []web.Op{
	web.Do("GET", attachments, web.Project(), 200, "List the files on a work item", listAttachments),
	web.Do("POST", attachments, web.Project(), 200, "Begin a file on a work item", createAttachment),
	web.Do("GET", attachments+"{pk:uuid}/", web.Project(), 302, "Fetch a file on a work item", getAttachment),
	web.Do("PATCH", attachments+"{pk:uuid}/", changesAttachment, 204, "Say that a file on a work item was sent", confirmAttachment),
	web.Do("DELETE", attachments+"{pk:uuid}/", changesAttachment, 204, "Delete a file on a work item", deleteAttachment),
	web.Do("GET", oneIssue+"issue-attachments/", web.Project(), 200, "List the files on a work item, those not sent too", listAllAttachments),
	web.Do("DELETE", oneIssue+"issue-attachments/{pk:uuid}/", changesAttachment, 204, "Delete a file on a work item", deleteOldAttachment),
}

// FileAsset is an uploaded file.
type FileAsset struct {
	ID               string         `json:"id"`
	AssetURL         *string        `json:"asset_url"`
	Attributes       store.JSON     `json:"attributes"`
	Asset            string         `json:"asset"`
	EntityType       *string        `json:"entity_type"`
	EntityIdentifier *string        `json:"entity_identifier"`
	IsDeleted        bool           `json:"is_deleted"`
	IsArchived       bool           `json:"is_archived"`
	ExternalID       *string        `json:"external_id"`
	ExternalSource   *string        `json:"external_source"`
	Size             float64        `json:"size"`
	IsUploaded       bool           `json:"is_uploaded"`
	StorageMetadata  store.NullJSON `json:"storage_metadata"`
	User             *string        `json:"user"`
	Workspace        *string        `json:"workspace"`
	DraftIssue       *string        `json:"draft_issue"`
	Project          *string        `json:"project"`
	Issue            *string        `json:"issue"`
	Comment          *string        `json:"comment"`
	Page             *string        `json:"page"`
	Made
}

func fileAsset(c *app.Call) func(store.FileAsset) FileAsset {
	return func(a store.FileAsset) FileAsset {
		slug := ""
		if c.Workspace != nil {
			slug = c.Workspace.Slug
		}
		return FileAsset{ID: a.ID, AssetURL: asset.URL(&a, slug), Attributes: a.Attributes, Asset: a.Asset,
			EntityType: a.EntityType, EntityIdentifier: a.EntityIdentifier, IsDeleted: a.IsDeleted, IsArchived: a.IsArchived,
			ExternalID: a.ExternalID, ExternalSource: a.ExternalSource, Size: a.Size, IsUploaded: a.IsUploaded,
			StorageMetadata: a.StorageMetadata, User: a.UserID, Workspace: a.WorkspaceID, DraftIssue: a.DraftIssueID,
			Project: a.ProjectID, Issue: a.IssueID, Comment: a.CommentID, Page: a.PageID, Made: made(c, a.AuditFields)}
	}
}

// Upload is a file that was begun: what to send it with, and where it will be.
type Upload struct {
	UploadData *asset.Form `json:"upload_data"`
	AssetID    string      `json:"asset_id"`
	AssetURL   *string     `json:"asset_url"`
}

// AttachmentUpload is an Upload of a file on a work item.
type AttachmentUpload struct {
	Upload
	Attachment FileAsset `json:"attachment"`
}

func listAttachments(c *app.Call, in issuePath) ([]FileAsset, error) {
	as, err := asset.ListAttachments(c, in.Issue, false)
	return web.Map(as, fileAsset(c)), err
}

func listAllAttachments(c *app.Call, in issuePath) ([]FileAsset, error) {
	as, err := asset.ListAttachments(c, in.Issue, true)
	return web.Map(as, fileAsset(c)), err
}

func createAttachment(c *app.Call, in struct {
	issuePath
	asset.Input
}) (*AttachmentUpload, error) {
	a, form, err := asset.Attach(c, in.Issue, in.Input)
	if err != nil {
		return nil, err
	}
	return &AttachmentUpload{Upload{form, a.ID, asset.URL(a, c.Workspace.Slug)}, fileAsset(c)(*a)}, nil
}

type attachmentPath struct {
	issuePath
	ID string `path:"pk"`
}

func getAttachment(c *app.Call, in attachmentPath) (web.Reply, error) {
	a, err := asset.GetAttachment(c, in.Issue, in.ID)
	if err != nil {
		return web.Reply{}, err
	}
	if !a.IsUploaded {
		return web.Reply{}, &web.Refusal{Status: http.StatusBadRequest,
			Body: map[string]any{"error": "The asset is not uploaded.", "status": false}}
	}
	return web.Reply{Redirect: asset.Attached(c, a)}, nil
}

func confirmAttachment(c *app.Call, in attachmentPath) (web.Nothing, error) {
	return web.Nothing{}, asset.ConfirmAttachment(c, in.Issue, in.ID)
}

func deleteAttachment(c *app.Call, in attachmentPath) (web.Nothing, error) {
	return web.Nothing{}, asset.DeleteAttachment(c, in.Issue, in.ID)
}

func deleteOldAttachment(c *app.Call, in attachmentPath) (web.Nothing, error) {
	err := asset.DeleteAttachment(c, in.Issue, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = app.Refuse(app.NotFound, "Issue attachment not found.")
	}
	return web.Nothing{}, err
}
