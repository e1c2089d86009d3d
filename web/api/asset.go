package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	ownAssets     = "/api/assets/v2/user-assets/"
	projectAssets = assetsIn + "projects/{project_id:uuid}/"
)

var assets = []web.Op{
	web.Do("GET", "/api/assets/v2/static/{asset_id:uuid}/", web.Public(), 302, "Show a picture of a person, workspace or project", showAsset),
	web.Do("POST", ownAssets, web.SignedIn(), 200, "Begin a picture of one's own", createOwnAsset),
	web.Do("PATCH", ownAssets+"{asset_id:uuid}/", web.SignedIn(), 204, "Say that a picture of one's own was sent", confirmOwnAsset),
	web.Do("DELETE", ownAssets+"{asset_id:uuid}/", web.SignedIn(), 204, "Delete a picture of one's own", deleteOwnAsset),
	web.Do("POST", assetsIn, web.Workspace(), 200, "Begin a workspace's file", createAsset),
	web.Do("GET", assetsIn+"{asset_id:uuid}/", web.Workspace(), 302, "Fetch a workspace's file", getAsset),
	web.Do("PATCH", assetsIn+"{asset_id:uuid}/", web.Workspace(), 204, "Say that a workspace's file was sent", confirmAsset),
	web.Do("DELETE", assetsIn+"{asset_id:uuid}/", web.Workspace(), 204, "Delete a workspace's file", deleteAsset),
	web.Do("GET", assetsIn+"check/{asset_id:uuid}/", web.Workspace(), 200, "Say whether a file is there", checkAsset),
	web.Do("GET", assetsIn+"download/{asset_id:uuid}/", web.Workspace(), 302, "Download a workspace's file", downloadAsset),
	web.Do("POST", assetsIn+"restore/{asset_id:uuid}/", web.Workspace(), 204, "Bring a deleted file back", restoreAsset),
	web.Do("POST", assetsIn+"duplicate-assets/{asset_id:uuid}/", web.Workspace(), 200, "Copy a file", duplicateAsset),
	web.Do("POST", projectAssets, web.Project(), 200, "Begin a project's file", createAsset),
	web.Do("GET", projectAssets+"{asset_id:uuid}/", web.Project(), 302, "Fetch a project's file", getAsset),
	web.Do("PATCH", projectAssets+"{asset_id:uuid}/", web.Project(), 204, "Say that a project's file was sent", confirmAsset),
	web.Do("DELETE", projectAssets+"{asset_id:uuid}/", web.Project(), 204, "Delete a project's file", deleteAsset),
	web.Do("GET", projectAssets+"download/{asset_id:uuid}/", web.Project(), 302, "Download a project's file", downloadAsset),
	web.Do("POST", projectAssets+"{entity_id:uuid}/bulk/", web.Project(), 204, "Give files to what they belong to", settleAssets),
}

type assetPath struct {
	ID string `path:"asset_id"`
}

type assetChange struct {
	assetPath
	Attributes app.Opt[store.JSON] `json:"attributes"`
}

func showAsset(c *app.Call, in assetPath) (web.Reply, error) {
	a, err := asset.FindStatic(c, in.ID)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Redirect: asset.Shown(c, a)}, nil
}

func createOwnAsset(c *app.Call, in asset.Input) (*Upload, error) {
	a, form, err := asset.BeginOwn(c, in)
	if err != nil {
		return nil, err
	}
	return &Upload{form, a.ID, asset.URL(a, "")}, nil
}

func confirmOwnAsset(c *app.Call, in assetChange) (web.Nothing, error) {
	return web.Nothing{}, asset.ConfirmOwn(c, in.ID, in.Attributes)
}

func deleteOwnAsset(c *app.Call, in assetPath) (web.Nothing, error) {
	return web.Nothing{}, asset.DeleteOwn(c, in.ID)
}

func createAsset(c *app.Call, in asset.Input) (*Upload, error) {
	a, form, err := asset.Begin(c, in)
	if err != nil {
		return nil, err
	}
	return &Upload{form, a.ID, asset.URL(a, c.Workspace.Slug)}, nil
}

var errNoAsset = app.Refuse(app.NotFound, "The requested asset could not be found.")

func getAsset(c *app.Call, in assetPath) (web.Reply, error) {
	a, err := asset.Get(c, in.ID)
	if err != nil {
		return web.Reply{}, err
	}
	if !a.IsUploaded {
		return web.Reply{}, errNoAsset
	}
	return web.Reply{Redirect: asset.Attached(c, a)}, nil
}

func downloadAsset(c *app.Call, in assetPath) (web.Reply, error) {
	reply, err := getAsset(c, in)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoAsset
	}
	return reply, err
}

func confirmAsset(c *app.Call, in assetChange) (web.Nothing, error) {
	return web.Nothing{}, asset.Confirm(c, in.ID, in.Attributes)
}

func deleteAsset(c *app.Call, in assetPath) (web.Nothing, error) {
	return web.Nothing{}, asset.Delete(c, in.ID)
}

func checkAsset(c *app.Call, in assetPath) (map[string]bool, error) {
	yes, err := asset.Exists(c, in.ID)
	return map[string]bool{"exists": yes}, err
}

func restoreAsset(c *app.Call, in assetPath) (web.Nothing, error) {
	return web.Nothing{}, asset.Restore(c, in.ID)
}

func duplicateAsset(c *app.Call, in struct {
	assetPath
	Kind    *string `json:"entity_type" check:"blank"`
	Project *string `json:"project_id" check:"blank"`
	Entity  any     `json:"entity_id"`
}) (map[string]string, error) {
	kind, project := "", ""
	if in.Kind != nil {
		kind = *in.Kind
	}
	if in.Project != nil {
		project = *in.Project
	}
	id, err := asset.Duplicate(c, in.ID, kind, project, in.Entity)
	return map[string]string{"asset_id": id}, err
}

func settleAssets(c *app.Call, in struct {
	Entity string   `path:"entity_id"`
	IDs    []string `json:"asset_ids"`
}) (web.Nothing, error) {
	return web.Nothing{}, asset.ClaimUploads(c, in.Entity, in.IDs)
}
