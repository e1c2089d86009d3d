package v1

import (
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/web"
)

const (
	allAssets = inWorkspace + "assets/"
	oneAsset  = allAssets + "{pk:uuid}/"
)

// assets are files of a workspace, for its people; the reference lets every key read and mark them.
var assets = []web.Op{
	web.Do("POST", allAssets, everybody.NoWorkspace(errNowhere), 200, "Begin a file", createAsset).Refuses(http.StatusConflict),
	web.Do("GET", oneAsset, everybody.NoWorkspace(app.Refuse(app.NotFound, "Workspace not found")), 200, "Find a file", getAsset),
	web.Do("PATCH", oneAsset, everybody.NoWorkspace(asset.ErrNoAsset).AndThen(web.Workspace(app.Admin).OrCreator("file_assets").Answering(asset.ErrNoAsset)), 204, "Say that a file was sent", confirmAsset),
}

func createAsset(c *app.Call, in struct {
	asset.Input
	app.ExternalRef
	Project *string `json:"project_id" check:"raw"`
}) (*Picture, error) {
	a, form, err := asset.BeginV1(c, in.Input, in.Project, in.ExternalRef)
	if err != nil {
		return nil, err
	}
	return &Picture{form, a.ID, asset.URL(a, c.Workspace.Slug)}, nil
}

// Asset is a file that has arrived, and where to fetch it.
type Asset struct {
	AssetID   string `json:"asset_id"`
	AssetURL  string `json:"asset_url"`
	AssetName string `json:"asset_name"`
	AssetType string `json:"asset_type"`
}

func getAsset(c *app.Call, in byID) (*Asset, error) {
	a, err := asset.FindV1(c, in.PK)
	if err != nil {
		return nil, err
	}
	at := asset.Attrs(a)
	return &Asset{a.ID, asset.Attached(c, a), at.Name, at.Type}, nil
}

func confirmAsset(c *app.Call, in struct {
	byID
	Uploaded app.Opt[bool] `json:"is_uploaded"`
}) (web.Nothing, error) {
	return web.Nothing{}, asset.ConfirmV1(c, in.PK, in.Uploaded)
}
