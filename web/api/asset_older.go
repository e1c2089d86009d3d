package api

import (
	"mime/multipart"
	"net/url"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	oldAssets    = "/api/workspaces/file-assets/{workspace_id:uuid}/{asset_key}/"
	oldOwnAssets = "/api/users/file-assets/"
)

var olderAssets = []web.Op{
	web.Do("POST", inWorkspace+"file-assets/", web.Workspace(), 201, "Send a workspace's file with a form", sendWorkspaceFile).UpTo(uploadLimit),
	web.Do("GET", oldAssets, web.SignedIn(), 200, "Find a workspace's file by its key", findOldAsset),
	web.Do("DELETE", oldAssets, web.SignedIn(), 204, "Mark a workspace's file as deleted", markOldAsset),
	web.Do("POST", oldAssets+"restore/", web.SignedIn(), 204, "Mark a workspace's file as not deleted", unmarkOldAsset),
	web.Do("POST", oldOwnAssets, web.SignedIn(), 201, "Send a file of one's own with a form", sendOwnFile).UpTo(uploadLimit),
	web.Do("GET", oldOwnAssets+"{asset_key}/", web.SignedIn(), 200, "Find a file of one's own by its key", findOldAsset),
	web.Do("DELETE", oldOwnAssets+"{asset_key}/", web.SignedIn(), 204, "Mark a file of one's own as deleted", markOldAsset),
	web.Do("POST", oneIssue+"issue-attachments/", web.Project(), 201, "Send a file on a work item with a form", sendAttachment).UpTo(uploadLimit),
}

// OldAsset is a file by its older address; asset is, as the reference has it, its key below the address that was asked.
type OldAsset struct {
	FileAsset
	AssetURL *string `json:"asset_url,omitempty"` // these answers have none
}

// OldAssets are the files under a key, or why there are none.
type OldAssets struct {
	Data   []OldAsset `json:"data,omitempty"`
	Error  string     `json:"error,omitempty"`
	Status bool       `json:"status"`
}

type oldAssetPath struct {
	Workspace string `path:"workspace_id"`
	Key       string `path:"asset_key"`
}

func (in oldAssetPath) address(c *app.Call) string {
	key := (&url.URL{Path: in.Key}).EscapedPath()
	if in.Workspace == "" {
		return c.Base + oldOwnAssets + key + "/" + key
	}
	return c.Base + "/api/workspaces/file-assets/" + in.Workspace + "/" + key + "/" + in.Workspace + "/" + key
}

func findOldAsset(c *app.Call, in oldAssetPath) (OldAssets, error) {
	found, err := asset.ByKey(c, in.Workspace, in.Key)
	if err != nil {
		return OldAssets{}, err
	}
	if len(found) == 0 {
		return OldAssets{Error: "Asset key does not exist"}, nil
	}
	return OldAssets{Status: true, Data: web.Map(found, func(a store.FileAsset) OldAsset {
		out := OldAsset{FileAsset: fileAsset(c)(a)}
		out.Asset = in.address(c)
		return out
	})}, nil
}

func markOldAsset(c *app.Call, in oldAssetPath) (web.Nothing, error) {
	return web.Nothing{}, asset.Mark(c, in.Workspace, in.Key, true)
}

func unmarkOldAsset(c *app.Call, in oldAssetPath) (web.Nothing, error) {
	return web.Nothing{}, asset.Mark(c, in.Workspace, in.Key, false)
}

// sendWorkspaceFile takes what is no form for one without a file, as the reference does.
func sendWorkspaceFile(c *app.Call, in struct {
	Parts *multipart.Reader `body:"parts" check:"null"`
}) (*OldAsset, error) {
	return sent(c)(asset.AcceptFor(c, in.Parts))
}

type formInput struct {
	Parts *multipart.Reader `body:"parts"`
}

func sendOwnFile(c *app.Call, in formInput) (*OldAsset, error) {
	return sent(c)(asset.AcceptFor(c, in.Parts))
}

func sent(c *app.Call) func(a *store.FileAsset, err error) (*OldAsset, error) {
	return func(a *store.FileAsset, err error) (*OldAsset, error) {
		if err != nil {
			return nil, err
		}
		return &OldAsset{FileAsset: fileAsset(c)(*a)}, nil
	}
}

func sendAttachment(c *app.Call, in struct {
	issuePath
	formInput
}) (*FileAsset, error) {
	a, err := asset.AcceptAttachment(c, in.Issue, in.Parts)
	if err != nil {
		return nil, err
	}
	out := fileAsset(c)(*a)
	return &out, nil
}
