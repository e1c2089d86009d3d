package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allUserAssets = root + "assets/user-assets/"
	oneUserAsset  = allUserAssets + "{pk:uuid}/"
)

// userAssets are the caller's own pictures. What is for servers in the reference, which signs for another host there,
// is the same here.
var userAssets = slices.Concat(userAssetOps(""), userAssetOps("server/"))

func userAssetOps(suffix string) []web.Op {
	return []web.Op{
		do("POST", allUserAssets+suffix, web.SignedIn(), 200, "Begin a picture of oneself", createUserAsset),
		do("PATCH", oneUserAsset+suffix, web.SignedIn(), 204, "Say that a picture was sent", confirmUserAsset),
		do("DELETE", oneUserAsset+suffix, web.SignedIn(), 204, "Delete a picture of oneself", deleteUserAsset),
	}
}

// Picture is a picture that was begun: what to send it with, and where it will be.
type Picture struct {
	UploadData *asset.Form `json:"upload_data"`
	AssetID    string      `json:"asset_id"`
	AssetURL   *string     `json:"asset_url"`
}

func createUserAsset(c *app.Call, in asset.Input) (*Picture, error) {
	a, form, err := asset.BeginOwnV1(c, in)
	if err != nil {
		return nil, err
	}
	return &Picture{form, a.ID, asset.URL(a, "")}, nil
}

func confirmUserAsset(c *app.Call, in struct {
	byID
	Attributes app.Opt[store.JSON] `json:"attributes"`
}) (web.Nothing, error) {
	return web.Nothing{}, asset.ConfirmOwnV1(c, in.PK, in.Attributes)
}

func deleteUserAsset(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, asset.DeleteOwn(c, in.PK)
}
