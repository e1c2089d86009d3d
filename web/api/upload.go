package api

import (
	"errors"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/web"
)

// Files come and go here; the signature in the form or in the address says what is allowed.
var uploads = []web.Op{
	web.Do("POST", asset.Path, web.Public(), 204, "Send a file with the form that was given out", receiveFile).UpTo(uploadLimit),
	web.Do("GET", asset.Path+"{name}", web.Public(), 200, "Fetch a file by a signed address", sendFile).Sends("*/*").Refuses(403),
	web.Do("GET", asset.Path+"{folder}/{name}", web.Public(), 200, "Fetch a workspace's file by a signed address", sendFile).Sends("*/*").Refuses(403),
}

func uploadLimit(cfg *app.Config) int64 { return cfg.Limits.FileSize + asset.FormSize }

func receiveFile(c *app.Call, in struct {
	Parts *multipart.Reader `body:"parts"`
}) (web.Nothing, error) {
	return web.Nothing{}, asset.Receive(c, c.App, in.Parts)
}

type filePath struct {
	Folder      string `path:"folder"`
	Name        string `path:"name"`
	Type        string `query:"type"`
	Disposition string `query:"disposition"`
	Expires     string `query:"expires" type:"integer"`
	Signature   string `query:"signature"`
}

// sendFile gives a file out so that nothing in it can run here, whatever it is.
func sendFile(c *app.Call, in filePath) (web.Reply, error) {
	d := asset.Download{Key: in.Name, Type: in.Type, Disposition: in.Disposition}
	if in.Folder != "" {
		d.Key = in.Folder + "/" + in.Name
	}
	if err := d.Check(c, in.Expires, in.Signature); err != nil {
		return web.Reply{}, err
	}
	file, _, err := c.Blob.Open(c, d.Key)
	if errors.Is(err, blob.ErrNotFound) {
		return web.Reply{}, app.ErrMissing
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Stream: func(w http.ResponseWriter, r *http.Request) error {
		defer file.Close()
		h := w.Header()
		h.Set("Content-Type", asset.SafeType(d.Type))
		h.Set("Content-Disposition", d.Disposition)
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "private, max-age=3600")
		http.ServeContent(w, r, "", time.Time{}, file)
		return nil
	}}, nil
}
