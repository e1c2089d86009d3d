package jobs

import (
	"context"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/upload"
	"github.com/sailplane/sailplane/app/project"
)

// importUpload previews, imports or takes back a file that was sent, with projects made as everywhere.
func importUpload(ctx context.Context, a *app.App, w upload.Work) error {
	return upload.Do(ctx, a, w, upload.Hands{Begin: project.Lay, Join: project.Enrol})
}
