package space

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

const files = root + "assets/v2/anchor/{anchor}/"

var sends = writes(errNotPublished)

var assets = []web.Op{
	web.Do("POST", files, sends, 200, "Begin a picture on a board", createAsset),
	web.Do("GET", files+"{pk:uuid}/", reads(errNoResource), 302, "Show a picture on a board", showAsset),
	web.Do("PATCH", files+"{pk:uuid}/", sends, 204, "Say that one's picture was sent", confirmAsset),
	web.Do("DELETE", files+"{pk:uuid}/", sends, 204, "Delete one's picture", deleteAsset),
	web.Do("POST", files+"restore/{pk:uuid}/", sends, 204, "Bring one's deleted picture back", restoreAsset),
	web.Do("POST", files+"{entity_id:uuid}/bulk/", sends, 204, "Give one's pictures to a comment", settleAssets),
}

type assetPath struct {
	ID string `path:"pk"`
}

func createAsset(c *app.Call, in asset.Input) (*api.Upload, error) {
	a, form, err := asset.BeginOnBoard(c, in)
	if err != nil {
		return nil, err
	}
	return &api.Upload{UploadData: form, AssetID: a.ID, AssetURL: asset.URL(a, c.Workspace.Slug)}, nil
}

func showAsset(c *app.Call, in assetPath) (web.Reply, error) {
	a, err := asset.FindOnBoard(c, in.ID)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Redirect: asset.Shown(c, a)}, nil
}

func confirmAsset(c *app.Call, in struct {
	assetPath
	Attributes app.Opt[store.JSON] `json:"attributes"`
}) (web.Nothing, error) {
	return web.Nothing{}, asset.ConfirmOnBoard(c, in.ID, in.Attributes)
}

func deleteAsset(c *app.Call, in assetPath) (web.Nothing, error) {
	return web.Nothing{}, asset.DeleteOnBoard(c, in.ID)
}

func restoreAsset(c *app.Call, in assetPath) (web.Nothing, error) {
	return web.Nothing{}, asset.RestoreOnBoard(c, in.ID)
}

func settleAssets(c *app.Call, in struct {
	Comment string   `path:"entity_id"`
	IDs     []string `json:"asset_ids"`
}) (web.Nothing, error) {
	return web.Nothing{}, asset.ClaimBoardUploads(c, in.Comment, in.IDs)
}
