package jobs_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/upload"
	"github.com/sailplane/sailplane/store"
)

// bring leaves the job of an import of a file that was sent.
func bring(t *testing.T, a *app.App, c *app.Call) {
	t.Helper()
	const file = "Summary,Issue key,Issue id,Status\nfirst,OLD-1,1,Done\nsecond,OLD-2,2,To Do\n"
	u := &store.ImportUpload{Kind: "jira", Name: "jira.csv", Size: int64(len(file)), File: c.Workspace.ID + "/import-twice",
		Options: store.JSON(`{"project":"OLD"}`), Status: store.UploadRunning, InitiatedByID: &c.User.ID,
		WorkspaceID: c.Workspace.ID}
	must(t, a.Blob.Put(t.Context(), u.File, strings.NewReader(file), u.Size))
	must(t, c.Write(func(tx *store.Tx) error {
		must(t, store.ImportUploads.Insert(tx, u))
		return store.Enqueue(tx, store.JobImport, upload.Work{ID: u.ID})
	}))
}
