package main

import (
	"context"
	"path/filepath"

	"github.com/sailplane/sailplane/app"
)

// introduce logs what is going to be served: which version, from where, from which database and which schema. The
// address follows when somebody listens at it.
func (c *command) introduce(ctx context.Context, a *app.App) error {
	done, err := a.DB.Applied(ctx)
	if err != nil {
		return err
	}
	schema := 0
	for _, m := range done {
		schema = max(schema, m.Version)
	}
	dir := c.dir
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	files := "in the folder"
	if bucket := a.Config.Storage.S3Bucket; bucket != "" {
		files = "in the bucket " + bucket
	}
	a.Log.Info("sailplane", "version", version, "folder", dir, "database", a.DB.Name(), "schema", schema, "files", files)
	return nil
}
