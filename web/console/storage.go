package console

import (
	"path/filepath"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/app/health"
	"github.com/sailplane/sailplane/web"
)

// storage is the page of the uploaded files.
var storage = []web.Op{page("files/", admin, showFiles)}

type filesPage struct {
	Bucket, Endpoint, Folder string // where they are kept: in a bucket or in a folder
	Count                    int
	Bytes, Limit             int64
	Free                     int64 // on the disk of the data folder; -1: unknown
	Fault                    string
}

func showFiles(c *app.Call, _ web.Nothing) (screen, error) {
	count, bytes, err := asset.Totals(c)
	p := filesPage{Bucket: c.Config.Storage.S3Bucket, Endpoint: c.Config.Storage.S3Endpoint, Count: count, Bytes: bytes,
		Limit: c.Config.Limits.FileSize, Free: health.FreeSpace(c.Dir)}
	if p.Bucket == "" {
		p.Folder = filepath.Join(c.Dir, "files")
	}
	if fault := c.FilesFault(c); fault != nil {
		p.Fault = fault.Error()
	}
	return screen{Page: "files", Body: p.body}, err
}
