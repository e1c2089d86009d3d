package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var attachments = slices.Concat(
	attachmentOps(inProject+"work-items/{issue_id:uuid}/attachments/"),
	attachmentOps(inProject+"issues/{issue_id:uuid}/issue-attachments/"),
)

// attachmentOps are for the project's people, and what is changed is for whoever sent it and administrators; the
// reference lists the files of any work item to every key, and lets everybody delete them.
func attachmentOps(path string) []web.Op {
	may := func(what string) web.Rule {
		return readers.Refusing("You are not allowed to " + what + " this attachment")
	}
	authors := func(what string) web.Rule {
		return may(what).AndThen(web.Project(app.Admin).OrCreator("file_assets").Refusing("You are not allowed to " + what +
			" this attachment"))
	}
	one := path + "{pk:uuid}/"
	return []web.Op{
		do("GET", path, readers, 200, "List the files on a work item", listAttachments),
		do("POST", path, may("upload"), 200, "Begin a file on a work item", createAttachment),
		do("GET", one, may("download"), 302, "Fetch a file on a work item", getAttachment),
		do("PATCH", one, authors("upload"), 204, "Say that a file on a work item was sent", confirmAttachment),
		do("DELETE", one, authors("delete"), 204, "Delete a file on a work item", deleteAttachment),
	}
}

// Attachment is a file on a work item as this API shows it.
type Attachment struct {
	ID string `json:"id"`
	Made
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
}

func attachment(c *app.Call, a *store.FileAsset) Attachment {
	return Attachment{
		ID: a.ID, Made: made(c, &a.AuditFields), Attributes: a.Attributes, Asset: a.Asset, EntityType: a.EntityType,
		EntityIdentifier: a.EntityIdentifier, IsDeleted: a.IsDeleted, IsArchived: a.IsArchived,
		ExternalID: a.ExternalID, ExternalSource: a.ExternalSource, Size: a.Size, IsUploaded: a.IsUploaded,
		StorageMetadata: a.StorageMetadata, User: a.UserID, Workspace: a.WorkspaceID, DraftIssue: a.DraftIssueID,
		Project: a.ProjectID, Issue: a.IssueID, Comment: a.CommentID, Page: a.PageID,
	}
}

// Upload is a file that was begun: what to send it with, and where it will be.
type Upload struct {
	UploadData *asset.Form `json:"upload_data"`
	AssetID    string      `json:"asset_id"`
	Attachment Attachment  `json:"attachment"`
	AssetURL   *string     `json:"asset_url"`
}

func listAttachments(c *app.Call, in ofIssue) ([]Attachment, error) {
	as, err := asset.ListAttachments(c, in.Issue, false)
	return web.Map(as, func(a store.FileAsset) Attachment { return attachment(c, &a) }), err
}

func createAttachment(c *app.Call, in struct {
	ofIssue
	asset.Input
	app.ExternalRef
}) (*Upload, error) {
	a, form, err := asset.AttachV1(c, in.Issue, in.Input, in.ExternalRef)
	if err != nil {
		return nil, err
	}
	return &Upload{form, a.ID, attachment(c, a), asset.URL(a, c.Workspace.Slug)}, nil
}

var errNotUploaded = &web.Refusal{Status: 400,
	Body: map[string]any{"error": "The asset is not uploaded.", "status": false}}

func getAttachment(c *app.Call, in oneOfIssue) (web.Reply, error) {
	a, err := asset.GetAttachment(c, in.Issue, in.PK)
	if err == nil && !a.IsUploaded {
		err = errNotUploaded
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Redirect: asset.Attached(c, a)}, nil
}

func confirmAttachment(c *app.Call, in oneOfIssue) (web.Nothing, error) {
	return web.Nothing{}, asset.ConfirmAttachment(c, in.Issue, in.PK)
}

func deleteAttachment(c *app.Call, in oneOfIssue) (web.Nothing, error) {
	return web.Nothing{}, asset.DeleteAttachment(c, in.Issue, in.PK)
}
