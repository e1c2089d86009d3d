package user

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const avatarTimeout = 10 * time.Second

// avatarTypes are the types of pictures that are kept, and how their files' names end.
var avatarTypes = map[string]string{"image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/gif": "gif",
	"image/webp": "webp"}

// setAvatar keeps a copy of the picture that a new person has at the provider: its address may be for the provider's
// own people only. Without a copy the person has the picture's address. Plane: authentication/adapter/base.py
func (s session) setAvatar(c *app.Call, u *store.User, address string) error {
	content, kind, err := s.fetchAvatar(c, address)
	if err != nil {
		return err
	}
	// always encodes
	attributes, _ := json.Marshal(map[string]any{"name": s.p.Name + "-avatar." + avatarTypes[kind], "type": kind,
		"size": len(content)})
	sent, _ := json.Marshal(map[string]any{"ContentType": kind, "ContentLength": len(content)})
	a := &store.FileAsset{AuditFields: store.AuditFields{CreatedByID: &u.ID}, UserID: &u.ID,
		EntityType: new("USER_AVATAR"), Size: float64(len(content)),
		Asset: app.RandomHex(32) + "-user-avatar." + avatarTypes[kind], Attributes: attributes, StorageMetadata: sent}
	// The row is there before the bytes, unconfirmed, so that the sweep finds what a crash leaves.
	if err := c.Write(func(t *store.Tx) error { return store.FileAssets.Insert(t, a) }); err != nil {
		return err
	}
	if err := c.Blob.Put(c, a.Asset, bytes.NewReader(content), int64(len(content))); err != nil {
		return err
	}
	settings, err := c.Settings(c)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		a.IsUploaded, u.AvatarAssetID = true, &a.ID
		if settings.On("ENABLE_" + s.p.key + "_SYNC") {
			u.Avatar = "" // as in the reference, which follows the provider once more then
		}
		if err := store.FileAssets.Set(t, a, "is_uploaded"); err != nil {
			return err
		}
		return store.Users.Update(t, u, "avatar_asset_id", "avatar")
	})
}

// fetchAvatar returns a picture and its type.
func (s session) fetchAvatar(c *app.Call, address string) (content []byte, kind string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", err
	}
	client, err := s.avatarClient(c.App, u)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(c, avatarTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	kind, _, _ = mime.ParseMediaType(res.Header.Get("Content-Type")) // nonsense is no type
	if kind == "" {
		kind = "image/jpeg"
	}
	if res.StatusCode >= http.StatusBadRequest || avatarTypes[kind] == "" {
		return nil, "", fmt.Errorf("%s answers %s of type %s", u.Host, res.Status, kind)
	}
	limit := c.Config.Limits.FileSize
	content, err = io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = errors.New("the picture is larger than limits.file_size")
	}
	return content, kind, err
}

// avatarClient asks the provider itself, which an administrator has named, wherever it is, and others as addresses that
// people typed: what a picture's address leads to is for the provider's people to say.
func (s session) avatarClient(a *app.App, u *url.URL) (*http.Client, error) {
	home, err := url.Parse(s.host)
	if err != nil || s.host == "" || u.Host != home.Host {
		return a.SafeHTTPClient()
	}
	return &http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Host != home.Host || len(via) > 5 {
			return errors.New("the picture is somewhere else")
		}
		return nil
	}}, nil
}
